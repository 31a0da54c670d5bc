"""The stores of one database, for tests that put another one in the place of one of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.store import MongoAccountBook, MongoAuditBook, MongoMemberBook
from qrev.bootstrap.life import INDEXES as LIFE_INDEXES
from qrev.bootstrap.life import CampaignStores
from qrev.campaigns.store import drafts as drafts_store
from qrev.campaigns.store import mailboxes as mailboxes_store
from qrev.campaigns.store import messages as messages_store
from qrev.campaigns.store import notices as notices_store
from qrev.campaigns.store import proposals as proposals_store
from qrev.campaigns.store import prospects as prospects_store
from qrev.campaigns.store import rulebooks as rulebooks_store
from qrev.campaigns.store import sequences as sequences_store
from qrev.campaigns.store.approvals import MongoApprovalBook
from qrev.campaigns.store.doubts import MongoDoubts
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.messages import MongoMessages
from qrev.campaigns.store.notices import MongoNotices
from qrev.campaigns.store.orders import MongoOrderBook, MongoPauseBook
from qrev.campaigns.store.proposals import MongoPlanningLease, MongoProposalBook
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.rewrites import MongoRewriteBook, MongoRewrittenRows
from qrev.campaigns.store.rulebooks import MongoRulebooks
from qrev.campaigns.store.sent_mails import MongoSentMails
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.campaigns.store.touches import MongoTouches
from qrev.crm.store import SUPPRESSION_INDEXES, MongoSuppressions
from qrev.crm.veiling import Veil
from qrev.kit.mongo import Document

INDEXES = (
    sequences_store.INDEXES,
    prospects_store.INDEXES,
    drafts_store.INDEXES,
    mailboxes_store.INDEXES,
    messages_store.INDEXES,
    notices_store.INDEXES,
    proposals_store.INDEXES,
    rulebooks_store.INDEXES,
    SUPPRESSION_INDEXES,
    *LIFE_INDEXES,
)


@dataclass(kw_only=True)
class Stores:
    """The stores of one database; a test may put another one in its place."""

    accounts: MongoAccountBook
    sequences: MongoSequenceBook
    prospects: MongoProspectBook
    drafts: MongoDraftBook
    mailboxes: MongoMailboxes
    messages: MongoMessages
    proposals: MongoProposalBook
    lease: MongoPlanningLease
    notices: MongoNotices
    rulebooks: MongoRulebooks
    touches: MongoTouches
    sent_mails: MongoSentMails
    doubts: MongoDoubts
    suppressions: MongoSuppressions
    members: MongoMemberBook
    audit: MongoAuditBook
    orders: MongoOrderBook
    pauses: MongoPauseBook
    approvals: MongoApprovalBook
    rewrites: MongoRewriteBook
    rewritten: MongoRewrittenRows

    def campaigns(self) -> CampaignStores:
        """Return those of campaigns, as they are wired in production."""
        stores = CampaignStores.__new__(CampaignStores)
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        vars(stores).update(mine, planning_lease=self.lease)
        return stores


def stores_of(database: AsyncDatabase[Document]) -> Stores:
    return Stores(
        accounts=MongoAccountBook(database),
        sequences=MongoSequenceBook(database),
        prospects=MongoProspectBook(database),
        drafts=MongoDraftBook(database),
        mailboxes=MongoMailboxes(database),
        messages=MongoMessages(database),
        proposals=MongoProposalBook(database),
        lease=MongoPlanningLease(database),
        notices=MongoNotices(database),
        rulebooks=MongoRulebooks(database),
        touches=MongoTouches(database),
        sent_mails=MongoSentMails(database),
        doubts=MongoDoubts(database),
        suppressions=MongoSuppressions(database, Veil("house")),
        members=MongoMemberBook(database),
        audit=MongoAuditBook(database),
        orders=MongoOrderBook(database),
        pauses=MongoPauseBook(database),
        approvals=MongoApprovalBook(database),
        rewrites=MongoRewriteBook(database),
        rewritten=MongoRewrittenRows(database),
    )
