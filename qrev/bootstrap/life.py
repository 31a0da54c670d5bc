"""The life of sequences, wired: pauses, stops, and who else has to agree."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.ports import AccountBook, MemberBook
from qrev.campaigns.company_numbers import CompanyCounting
from qrev.campaigns.life.adding import Adding
from qrev.campaigns.life.approving import Approving
from qrev.campaigns.life.desk import Around
from qrev.campaigns.life.editing import EditStepKind
from qrev.campaigns.life.models import OrderKind
from qrev.campaigns.life.orders import Kind, Orders
from qrev.campaigns.life.pauses import PauseKind, ResumeKind
from qrev.campaigns.life.pausing import Pausing
from qrev.campaigns.life.stops import StopKind, StopPersonKind
from qrev.campaigns.rewriting.kind import RewriteKind
from qrev.campaigns.sequences import Intake, Sequences
from qrev.campaigns.store import (
    approvals,
    doubts,
    drafts,
    events,
    last_written,
    ledgers,
    mailboxes,
    messages,
    notices,
    orders,
    proposals,
    prospects,
    rewrites,
    rows,
    rulebooks,
    sent_mails,
    sequences,
    stalls,
    touches,
)
from qrev.campaigns.sweeps import Sweeps
from qrev.crm.store import MongoCompanyPeople, MongoMeetings
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document, Indexes

INDEXES: tuple[Indexes, ...] = (
    *(orders.INDEXES, orders.PAUSE_INDEXES, approvals.INDEXES, stalls.INDEXES),
    *(events.INDEXES, events.PLACE_INDEXES),
    *(rewrites.INDEXES, rewrites.ROW_INDEXES),
)


class CampaignStores:
    """What is kept about campaigns."""

    def __init__(self, db: AsyncDatabase[Document]) -> None:
        self.sequences = sequences.MongoSequenceBook(db)
        self.prospects = prospects.MongoProspectBook(db)
        self.drafts = drafts.MongoDraftBook(db)
        self.proposals = proposals.MongoProposalBook(db)
        self.planning_lease = proposals.MongoPlanningLease(db)
        self.messages = messages.MongoMessages(db)
        self.rulebooks = rulebooks.MongoRulebooks(db)
        self.touches = touches.MongoTouches(db)
        self.sent_mails = sent_mails.MongoSentMails(db)
        self.doubts = doubts.MongoDoubts(db)
        self.ledgers = ledgers.MongoLedgers(db)
        self.mailboxes = mailboxes.MongoMailboxes(db)
        self.meetings = MongoMeetings(db)
        self.rows = rows.MongoCampaignRows(db)
        self.notices = notices.MongoNotices(db)
        self.orders = orders.MongoOrderBook(db)
        self.pauses = orders.MongoPauseBook(db)
        self.events = events.MongoEventBook(db)
        self.sent = events.MongoSent(db)
        self.places = events.MongoPlaces(db)
        self.rewrites = rewrites.MongoRewriteBook(db)
        self.rewritten = rewrites.MongoRewrittenRows(db)
        self.stillness = stalls.MongoStillness(db)
        self.stalls = stalls.MongoStallBook(db)
        self.approvals = approvals.MongoApprovalBook(db)
        self.company_numbers = CompanyCounting(
            staff=MongoCompanyPeople(db), written=last_written.MongoLastWritten(db)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What planning asks for first: is it paused, and has a second member agreed."""

    pausing: Pausing
    approving: Approving
    audit: Audit


def wire_before(
    stores: CampaignStores, members: MemberBook, audit: Audit, *, threshold: int, clock: Clock
) -> Before:
    """Wire what has no need of the plans themselves."""
    return Before(
        pausing=Pausing(
            pauses=stores.pauses, reach=stores.messages, sequences=stores.sequences, clock=clock
        ),
        approving=Approving(
            approvals=stores.approvals,
            members=members,
            audit=audit,
            usual=threshold,
            clock=clock,
        ),
        audit=audit,
    )


def wire_orders(
    stores: CampaignStores, before: Before, accounts: AccountBook, sweeps: Sweeps, clock: Clock
) -> Orders:
    """Wire every kind of order."""
    return Orders(
        orders=stores.orders,
        kinds=_kinds(stores, before, accounts, sweeps, clock),
        approving=before.approving,
        lease=stores.planning_lease,
        notices=stores.notices,
        audit=before.audit,
        clock=clock,
    )


def wire_adding(stores: CampaignStores, sequences: Sequences, clock: Clock) -> Adding:
    """Wire the adding of people."""
    return Adding(
        sequences=sequences,
        book=stores.sequences,
        prospects=stores.prospects,
        drafts=stores.drafts,
        intake=Intake(sequences=stores.sequences, prospects=stores.prospects, drafts=stores.drafts),
        clock=clock,
    )


def _kinds(
    stores: CampaignStores, before: Before, accounts: AccountBook, sweeps: Sweeps, clock: Clock
) -> dict[OrderKind, Kind]:
    around = Around(
        accounts=accounts,
        sequences=stores.sequences,
        mailboxes=stores.mailboxes,
        reach=stores.messages,
    )
    stop, archive = (
        StopKind(
            sequences=stores.sequences,
            messages=stores.messages,
            reach=stores.messages,
            around=around,
            clock=clock,
            puts_away=puts_away,
        )
        for puts_away in (False, True)
    )
    return {
        OrderKind.PAUSE: PauseKind(pausing=before.pausing, around=around, clock=clock),
        OrderKind.RESUME: ResumeKind(pausing=before.pausing, around=around, replanning=sweeps),
        OrderKind.STOP: stop,
        OrderKind.ARCHIVE: archive,
        **_kinds_of_words(stores, around, clock),
        OrderKind.STOP_PERSON: StopPersonKind(
            prospects=stores.prospects,
            sequences=stores.sequences,
            messages=stores.messages,
            reach=stores.messages,
            around=around,
            clock=clock,
        ),
    }


def _kinds_of_words(stores: CampaignStores, around: Around, clock: Clock) -> dict[OrderKind, Kind]:
    return {
        OrderKind.EDIT_STEP: EditStepKind(
            sequences=stores.sequences,
            prospects=stores.prospects,
            drafts=stores.drafts,
            reach=stores.messages,
            around=around,
            clock=clock,
        ),
        OrderKind.REWRITE: RewriteKind(
            rewrites=stores.rewrites,
            rows=stores.rewritten,
            prospects=stores.prospects,
            drafts=stores.drafts,
            reach=stores.messages,
            around=around,
            clock=clock,
        ),
    }
