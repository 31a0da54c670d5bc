"""Campaigns, wired: from a sequence to its sent messages, and to what stops them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from qrev.accounts.audit import Audit
from qrev.accounts.ports import AccountBook, MemberBook
from qrev.bootstrap import life
from qrev.bootstrap.channels import Channels
from qrev.bootstrap.hearing import hearing_of, listening_of
from qrev.bootstrap.life import Before, CampaignStores
from qrev.campaigns.company_numbers import CompanyCounting
from qrev.campaigns.deciding import Deciding, Decision
from qrev.campaigns.enacting import Enacting
from qrev.campaigns.exporting import CampaignExport
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.hearing.hearing import Hearing
from qrev.campaigns.hearing.listening import Listening
from qrev.campaigns.hearing.ports import EventBook
from qrev.campaigns.inquiring import Inquiring
from qrev.campaigns.lettering import Lettering
from qrev.campaigns.life.adding import Adding
from qrev.campaigns.life.approving import Approving
from qrev.campaigns.life.orders import Orders
from qrev.campaigns.life.pausing import Pausing
from qrev.campaigns.life.proposals import Proposals
from qrev.campaigns.mail_links import MailLinks
from qrev.campaigns.models import Message
from qrev.campaigns.ports import Notices, Reachability
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.receipting import Receipts
from qrev.campaigns.reordering import Reordering
from qrev.campaigns.ruling import Ruling
from qrev.campaigns.sender import Sender
from qrev.campaigns.senders import Senders
from qrev.campaigns.sequences import Sequences
from qrev.campaigns.settling import Evidence
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.store import (
    drafts,
    last_written,
    logins,
    mailboxes,
    messages,
    notices,
    proposals,
    prospects,
    rulebooks,
    sequences,
)
from qrev.campaigns.sweeps import Sweeps
from qrev.campaigns.telling import Telling
from qrev.campaigns.watchdog import Watchdog
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.mongo import Indexes
from qrev.kit.pulse import Pulse
from qrev.kit.reporting import Reports
from qrev.kit.signing import Signer
from qrev.settings import Settings

UNSUBSCRIBE_PATH = "/api/u/"  # short: it stands in every mail

INDEXES: tuple[Indexes, ...] = (
    sequences.INDEXES,
    prospects.INDEXES,
    drafts.INDEXES,
    mailboxes.INDEXES,
    logins.INDEXES,
    messages.INDEXES,
    notices.INDEXES,
    proposals.INDEXES,
    last_written.INDEXES,
    *life.INDEXES,
    rulebooks.INDEXES,
)


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    gathering: Gathering
    sequences: Sequences
    proposing: Proposing
    inquiring: Inquiring
    ruling: Ruling
    senders: Senders
    enacting: Enacting
    stopping: Stopping
    notices: Notices
    telling: Telling
    sender: Sender
    sweeps: Sweeps
    evidence: Evidence
    receipts: Receipts
    deciding: Deciding
    decision_it_left: Decision
    decision_it_did_not: Decision
    company_numbers: CompanyCounting
    orders: Orders
    proposals: Proposals
    pausing: Pausing
    approving: Approving
    campaign_export: CampaignExport
    adding: Adding
    watchdog: Watchdog
    hearing: Hearing
    listening: Listening
    events: EventBook


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What campaigns are handed from the other rooms."""

    settings: Settings
    accounts: AccountBook
    members: MemberBook
    suppressions: SuppressionList
    reachability: Reachability
    audit: Audit
    channels: Channels
    pulse: Pulse
    reports: Reports
    clock: Clock


def wire(stores: CampaignStores, around: Around) -> Campaigns:
    """Wire the campaigns."""
    gathering = _gathering(stores, around)
    telling = Telling(notices=stores.notices, sequences=stores.sequences, clock=around.clock)
    threshold = around.settings.approval_threshold
    before = life.wire_before(
        stores, around.members, around.audit, threshold=threshold, clock=around.clock
    )
    enacting = _enacting(stores, around, gathering, telling, before)
    stopping = _stopping(stores, around)
    sweeps = _sweeps(stores, around, telling)
    proposing = _proposing(stores, around, gathering, enacting, before)
    orders = life.wire_orders(stores, before, around.accounts, sweeps, around.clock)
    kept = _sequences(stores, around.clock)
    hearing = hearing_of(stores, stopping=stopping, telling=telling, clock=around.clock)
    return Campaigns(
        gathering=gathering,
        sequences=kept,
        proposing=proposing,
        inquiring=_inquiring(stores, around, gathering, proposing),
        ruling=_ruling(stores, around),
        senders=Senders(mailboxes=stores.mailboxes, audit=around.audit, clock=around.clock),
        enacting=enacting,
        stopping=stopping,
        notices=stores.notices,
        telling=telling,
        sender=_sender(stores, around, stopping, telling),
        sweeps=sweeps,
        evidence=Evidence(
            doubts=stores.doubts,
            mailboxes=stores.mailboxes,
            witnesses=around.channels.settling,
            telling=telling,
            clock=around.clock,
        ),
        deciding=Deciding(doubts=stores.doubts, mailboxes=stores.mailboxes),
        decision_it_left=_decision(stores, around, has_left=True),
        decision_it_did_not=_decision(stores, around, has_left=False),
        receipts=Receipts(ledgers=stores.ledgers, audit=around.audit, clock=around.clock),
        company_numbers=stores.company_numbers,
        orders=orders,
        proposals=Proposals(proposing=proposing, orders=orders, clock=around.clock),
        pausing=before.pausing,
        approving=before.approving,
        hearing=hearing,
        listening=listening_of(
            stores,
            hearing,
            around.channels.letters,
            reports=around.reports,
            clock=around.clock,
        ),
        events=stores.events,
        watchdog=Watchdog(
            stillness=stores.stillness,
            stalls=stores.stalls,
            mailboxes=stores.mailboxes,
            telling=telling,
            worker_seen_at=around.pulse.seen_at,
            clock=around.clock,
        ),
        adding=life.wire_adding(stores, kept, around.clock),
        campaign_export=_campaign_export(stores, around.audit),
    )


def _decision(stores: CampaignStores, around: Around, *, has_left: bool) -> Decision:
    return Decision(has_left=has_left, doubts=stores.doubts, audit=around.audit, clock=around.clock)


def _gathering(stores: CampaignStores, around: Around) -> Gathering:
    return Gathering(
        accounts=around.accounts,
        prospects=stores.prospects,
        drafts=stores.drafts,
        remarks=stores.drafts,
        mailboxes=stores.mailboxes,
        messages=stores.messages,
        rulebooks=stores.rulebooks,
        reachability=around.reachability,
    )


def _sequences(stores: CampaignStores, clock: Clock) -> Sequences:
    return Sequences(
        sequences=stores.sequences,
        prospects=stores.prospects,
        drafts=stores.drafts,
        messages=stores.messages,
        meetings=stores.meetings,
        clock=clock,
    )


def _campaign_export(stores: CampaignStores, audit: Audit) -> CampaignExport:
    return CampaignExport(
        sequences=stores.sequences,
        rows=stores.rows,
        messages=stores.messages,
        mailboxes=stores.mailboxes,
        audit=audit,
    )


def _enacting(
    stores: CampaignStores,
    around: Around,
    gathering: Gathering,
    telling: Telling,
    before: Before,
) -> Enacting:
    return Enacting(
        gathering=gathering,
        sequences=stores.sequences,
        prospects=stores.prospects,
        locks=stores.drafts,
        messages=stores.messages,
        reach=stores.messages,
        pausing=before.pausing,
        proposals=stores.proposals,
        lease=stores.planning_lease,
        telling=telling,
        hold=around.settings.hold,
        clock=around.clock,
    )


def _proposing(
    stores: CampaignStores,
    around: Around,
    gathering: Gathering,
    enacting: Enacting,
    before: Before,
) -> Proposing:
    return Proposing(
        gathering=gathering,
        sequences=stores.sequences,
        prospects=stores.prospects,
        proposals=stores.proposals,
        locks=stores.drafts,
        lease=stores.planning_lease,
        enacting=enacting,
        approving=before.approving,
        audit=around.audit,
        hold=around.settings.hold,
        clock=around.clock,
    )


def _inquiring(
    stores: CampaignStores, around: Around, gathering: Gathering, proposing: Proposing
) -> Inquiring:
    return Inquiring(
        proposing=proposing,
        gathering=gathering,
        sequences=stores.sequences,
        proposals=stores.proposals,
        messages=stores.messages,
        touches=stores.touches,
        clock=around.clock,
    )


def _ruling(stores: CampaignStores, around: Around) -> Ruling:
    reordering = Reordering(
        accounts=around.accounts,
        rulebooks=stores.rulebooks,
        mailboxes=stores.mailboxes,
        messages=stores.messages,
        touches=stores.touches,
        lateness=stores.messages,
        lease=stores.planning_lease,
        clock=around.clock,
    )
    return Ruling(
        accounts=around.accounts,
        rulebooks=stores.rulebooks,
        sequences=stores.sequences,
        mailboxes=stores.mailboxes,
        touches=stores.touches,
        reordering=reordering,
        audit=around.audit,
        clock=around.clock,
    )


def _stopping(stores: CampaignStores, around: Around) -> Stopping:
    return Stopping(
        suppressions=around.suppressions,
        messages=stores.messages,
        accounts=around.accounts,
        links=MailLinks(
            mails=stores.sent_mails,
            signer=Signer(around.settings.link_secret.get_secret_value(), "opt-out"),
        ),
        clock=around.clock,
    )


def _sender(stores: CampaignStores, around: Around, stopping: Stopping, telling: Telling) -> Sender:
    return Sender(
        outbox=stores.messages,
        accounts=around.accounts,
        mailboxes=stores.mailboxes,
        reachability=around.reachability,
        rulebooks=stores.rulebooks,
        stopping=stopping,
        telling=telling,
        channels=around.channels.every,
        lettering=Lettering(
            mails=stores.sent_mails,
            meetings=stores.meetings,
            unsubscribe_url=lambda message: _unsubscribe_url(around.settings, stopping, message),
        ),
        clock=around.clock,
    )


def _sweeps(stores: CampaignStores, around: Around, telling: Telling) -> Sweeps:
    return Sweeps(
        outbox=stores.messages,
        lateness=stores.messages,
        messages=stores.messages,
        sequences=stores.sequences,
        mailboxes=stores.mailboxes,
        accounts=around.accounts,
        rulebooks=stores.rulebooks,
        lease=stores.planning_lease,
        telling=telling,
        clock=around.clock,
    )


def _unsubscribe_url(settings: Settings, stopping: Stopping, message: Message) -> str:
    return f"{settings.base_url}{UNSUBSCRIBE_PATH}{quote(stopping.link_token(message))}"
