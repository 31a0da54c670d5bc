"""Campaigns, wired: from a sequence to its sent messages, and to what stops them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.ports import AccountBook
from qrev.bootstrap.channels import Channels
from qrev.campaigns.enacting import Enacting
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.models import Message
from qrev.campaigns.ports import Notices, Reachability
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.sender import Sender
from qrev.campaigns.sequences import Sequences
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.store import (
    drafts,
    mailboxes,
    messages,
    notices,
    proposals,
    prospects,
    sequences,
)
from qrev.campaigns.sweeps import Sweeps
from qrev.campaigns.telling import Telling
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document, Indexes
from qrev.kit.signing import Signer
from qrev.settings import Settings

UNSUBSCRIBE_PATH = "/api/campaign/unsubscribe"

INDEXES: tuple[Indexes, ...] = (
    sequences.INDEXES,
    prospects.INDEXES,
    drafts.INDEXES,
    mailboxes.INDEXES,
    messages.INDEXES,
    notices.INDEXES,
    proposals.INDEXES,
)


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    sequences: Sequences
    proposing: Proposing
    enacting: Enacting
    stopping: Stopping
    notices: Notices
    telling: Telling
    sender: Sender
    sweeps: Sweeps


class CampaignStores:
    """What is kept about campaigns."""

    def __init__(self, db: AsyncDatabase[Document]) -> None:
        self.sequences = sequences.MongoSequenceBook(db)
        self.prospects = prospects.MongoProspectBook(db)
        self.drafts = drafts.MongoDraftBook(db)
        self.proposals = proposals.MongoProposalBook(db)
        self.planning_lease = proposals.MongoPlanningLease(db)
        self.messages = messages.MongoMessages(db)
        self.mailboxes = mailboxes.MongoMailboxes(db)
        self.notices = notices.MongoNotices(db)


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What campaigns are handed from the other rooms."""

    settings: Settings
    accounts: AccountBook
    suppressions: SuppressionList
    reachability: Reachability
    channels: Channels
    clock: Clock


def wire(stores: CampaignStores, around: Around) -> Campaigns:
    """Wire the campaigns."""
    gathering = Gathering(
        accounts=around.accounts,
        prospects=stores.prospects,
        drafts=stores.drafts,
        mailboxes=stores.mailboxes,
        messages=stores.messages,
        reachability=around.reachability,
    )
    telling = Telling(notices=stores.notices, sequences=stores.sequences, clock=around.clock)
    enacting = _enacting(stores, around, gathering, telling)
    stopping = _stopping(stores, around)
    return Campaigns(
        sequences=Sequences(
            sequences=stores.sequences,
            prospects=stores.prospects,
            drafts=stores.drafts,
            messages=stores.messages,
            clock=around.clock,
        ),
        proposing=_proposing(stores, around, gathering, enacting),
        enacting=enacting,
        stopping=stopping,
        notices=stores.notices,
        telling=telling,
        sender=_sender(stores, around, stopping, telling),
        sweeps=_sweeps(stores, around, telling),
    )


def _enacting(
    stores: CampaignStores, around: Around, gathering: Gathering, telling: Telling
) -> Enacting:
    return Enacting(
        gathering=gathering,
        sequences=stores.sequences,
        prospects=stores.prospects,
        locks=stores.drafts,
        messages=stores.messages,
        proposals=stores.proposals,
        lease=stores.planning_lease,
        telling=telling,
        hold=around.settings.hold,
        clock=around.clock,
    )


def _proposing(
    stores: CampaignStores, around: Around, gathering: Gathering, enacting: Enacting
) -> Proposing:
    return Proposing(
        gathering=gathering,
        sequences=stores.sequences,
        proposals=stores.proposals,
        locks=stores.drafts,
        lease=stores.planning_lease,
        enacting=enacting,
        hold=around.settings.hold,
        clock=around.clock,
    )


def _stopping(stores: CampaignStores, around: Around) -> Stopping:
    return Stopping(
        suppressions=around.suppressions,
        messages=stores.messages,
        signer=Signer(around.settings.link_secret.get_secret_value(), "opt-out"),
        clock=around.clock,
    )


def _sender(stores: CampaignStores, around: Around, stopping: Stopping, telling: Telling) -> Sender:
    return Sender(
        outbox=stores.messages,
        accounts=around.accounts,
        mailboxes=stores.mailboxes,
        reachability=around.reachability,
        stopping=stopping,
        telling=telling,
        channels=around.channels.every,
        unsubscribe_url=lambda message: _unsubscribe_url(around.settings, stopping, message),
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
        lease=stores.planning_lease,
        telling=telling,
        clock=around.clock,
    )


def _unsubscribe_url(settings: Settings, stopping: Stopping, message: Message) -> str:
    return f"{settings.base_url}{UNSUBSCRIBE_PATH}?t={quote(stopping.link_token(message))}"
