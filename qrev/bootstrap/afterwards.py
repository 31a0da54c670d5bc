"""What follows a mail, wired: what came back, what is in doubt, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.accounts.audit import Audit
from qrev.accounts.ports import AccountBook, MemberBook
from qrev.bootstrap.channels import Channels
from qrev.bootstrap.hearing import hearing_of, listening_of
from qrev.bootstrap.life import CampaignStores
from qrev.campaigns.deciding import Deciding, Decision
from qrev.campaigns.hearing.hearing import Hearing
from qrev.campaigns.hearing.listening import Listening
from qrev.campaigns.hearing.ports import EventBook
from qrev.campaigns.ports import Reachability
from qrev.campaigns.receipting import Receipts
from qrev.campaigns.settling import Evidence
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.telling import Telling
from qrev.campaigns.watchdog import Watchdog
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.pulse import Pulse
from qrev.kit.reporting import Reports
from qrev.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    evidence: Evidence
    receipts: Receipts
    deciding: Deciding
    decision_it_left: Decision
    decision_it_did_not: Decision
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


def afterwards(
    stores: CampaignStores, around: Around, stopping: Stopping, telling: Telling
) -> Afterwards:
    """Wire what follows a mail."""
    hearing = hearing_of(stores, stopping=stopping, telling=telling, clock=around.clock)
    return Afterwards(
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
    )


def _decision(stores: CampaignStores, around: Around, *, has_left: bool) -> Decision:
    return Decision(has_left=has_left, doubts=stores.doubts, audit=around.audit, clock=around.clock)
