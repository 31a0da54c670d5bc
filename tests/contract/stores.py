"""One of each port: all stand-ins, or all stores over one database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store as accounts_store
from qrev.accounts.connection import ConnectionAttempts, ConnectionBook
from qrev.accounts.models import AccountId
from qrev.accounts.ports import (
    AccountBook,
    ApiKeyBook,
    AuditBook,
    Belongings,
    ChangeBook,
    GrantBook,
    InvitationBook,
    MemberBook,
    Pictures,
    SessionBook,
    TeamBook,
    UserBook,
)
from qrev.assistant.contract import PROSPECTS_COLLECTION, SPENDING_COLLECTION, UPLOADS_COLLECTION
from qrev.assistant.knowledge.service import KnowledgeBook
from qrev.assistant.ports import Conversations, DropBox, SpendingBook
from qrev.assistant.store import (
    MongoConversations,
    MongoDropBox,
    MongoKnowledgeBook,
    MongoSpendingBook,
)
from qrev.campaigns.company_numbers import LastWritten
from qrev.campaigns.delivery import SentMails
from qrev.campaigns.doubt import Doubts
from qrev.campaigns.exporting import CampaignRows
from qrev.campaigns.hearing.ports import EventBook, Places, Sent
from qrev.campaigns.life.ports import ApprovalBook, OrderBook, PauseBook, Reach
from qrev.campaigns.logins import LoginBook
from qrev.campaigns.mailbox_ports import MailboxMails, MailboxRecords
from qrev.campaigns.ports import (
    DraftBook,
    DraftLocks,
    Lateness,
    Mailboxes,
    Messages,
    Notices,
    Outbox,
    PlanningLease,
    ProposalBook,
    ProspectBook,
    SequenceBook,
)
from qrev.campaigns.reading import DraftRemarks, Touches
from qrev.campaigns.receipting import Ledgers
from qrev.campaigns.rewriting.ports import RewriteBook, RewrittenRows
from qrev.campaigns.rulebook import Rulebooks
from qrev.campaigns.store.approvals import MongoApprovalBook
from qrev.campaigns.store.doubts import MongoDoubts
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.events import MongoEventBook, MongoPlaces, MongoSent
from qrev.campaigns.store.heard_since import MongoHeardSince
from qrev.campaigns.store.last_campaign import MongoLastCampaign
from qrev.campaigns.store.last_written import MongoLastWritten
from qrev.campaigns.store.ledgers import MongoLedgers
from qrev.campaigns.store.logins import MongoLoginBook
from qrev.campaigns.store.mailbox_care import MongoMailboxMails, MongoMailboxRecords
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.mails_that_left import MongoMailsThatLeft
from qrev.campaigns.store.messages import MongoMessages
from qrev.campaigns.store.notices import MongoNotices
from qrev.campaigns.store.orders import MongoOrderBook, MongoPauseBook
from qrev.campaigns.store.outreach import MongoOutreach
from qrev.campaigns.store.proposals import MongoPlanningLease, MongoProposalBook
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.rewrites import MongoRewriteBook, MongoRewrittenRows
from qrev.campaigns.store.rows import MongoCampaignRows
from qrev.campaigns.store.rulebooks import MongoRulebooks
from qrev.campaigns.store.sent_mails import MongoSentMails
from qrev.campaigns.store.sequences import MongoBelongings, MongoSequenceBook
from qrev.campaigns.store.stalls import MongoStallBook, MongoStillness
from qrev.campaigns.store.touches import MongoTouches
from qrev.campaigns.versions import DraftVersions
from qrev.campaigns.watchdog import StallBook, Stillness
from qrev.crm import store as crm_store
from qrev.crm.calls import VendorCallBook
from qrev.crm.company_ports import CompanyPeople, CompanyRegister, ListedCompanies
from qrev.crm.import_ports import (
    ImportBook,
    ImportedPeople,
    ImportLeases,
    ImportSettings,
    Outreach,
)
from qrev.crm.meetings import LastCampaign, MeetingBook
from qrev.crm.people_ports import GonePeople, MergeBook, PeopleMarks, SavedLists, TagBook
from qrev.crm.ports import CompanyBook, PeopleBook, PeopleFinder, PersonEdits, Suppressions, Uploads
from qrev.crm.veiling import Veil
from qrev.integrations.hubspot import store as hubspot_store
from qrev.integrations.hubspot.ports import HeardSince, LinkBook, MailsThatLeft, RowBook, SyncBook
from qrev.kit.mongo import Document
from tests import fakes


@dataclass(frozen=True, kw_only=True)
class Stores:
    """Every port that something is kept behind. The last two are the AI server's part."""

    accounts: AccountBook
    users: UserBook
    members: MemberBook
    sessions: SessionBook
    invitations: InvitationBook
    teams: TeamBook
    api_keys: ApiKeyBook
    audit: AuditBook
    changes: ChangeBook
    grants: GrantBook
    pictures: Pictures
    belongings: Belongings
    people: PeopleBook
    finder: PeopleFinder
    marks: PeopleMarks
    gone: GonePeople
    tags: TagBook
    lists: SavedLists
    merges: MergeBook
    edits: PersonEdits
    companies: CompanyBook
    register: CompanyRegister
    listed: ListedCompanies
    staff: CompanyPeople
    uploads: Uploads
    imports: ImportBook
    import_leases: ImportLeases
    import_settings: ImportSettings
    imported: ImportedPeople
    outreach: Outreach
    suppressions: Suppressions
    sequences: SequenceBook
    prospects: ProspectBook
    drafts: DraftBook
    remarks: DraftRemarks
    locks: DraftLocks
    versions: DraftVersions
    rewrites: RewriteBook
    rewritten: RewrittenRows
    notices: Notices
    mailboxes: Mailboxes
    proposals: ProposalBook
    rulebooks: Rulebooks
    lease: PlanningLease
    messages: Messages
    touches: Touches
    sent_mails: SentMails
    logins: LoginBook
    records: MailboxRecords
    mailbox_mails: MailboxMails
    doubts: Doubts
    ledgers: Ledgers
    outbox: Outbox
    lateness: Lateness
    last_written: LastWritten
    reach: Reach
    orders: OrderBook
    pauses: PauseBook
    approvals: ApprovalBook
    rows: CampaignRows
    stillness: Stillness
    stalls: StallBook
    events: EventBook
    sent: Sent
    places: Places
    conversations: Conversations
    dropbox: DropBox
    spending: SpendingBook
    knowledge: KnowledgeBook
    connections: ConnectionBook
    connecting: ConnectionAttempts
    calls: VendorCallBook
    meetings: MeetingBook
    last_campaign: LastCampaign
    heard_since: HeardSince
    syncs: SyncBook
    pulled: RowBook
    links: LinkBook
    mails_that_left: MailsThatLeft
    lay_prospects: Callable[[Collection[dict[str, Any]]], Awaitable[Any]]
    read_upload: Callable[[str], Awaitable[list[dict[str, str]]]]
    lay_spending: Callable[[dict[str, Any]], Awaitable[Any]]


Ask = Callable[[Stores, AccountId], Awaitable[Any]]


@dataclass(frozen=True)
class Call:
    """One question put to a port. `reads` says that it changes nothing."""

    port: str
    method: str
    ask: Ask
    reads: bool = False

    @property
    def name(self) -> str:
        return f"{self.port}.{self.method}"


def fake_stores() -> Stores:
    register, sequences = fakes.Register(), fakes.FakeSequenceBook()
    imports = fakes.FakeImports()
    people, companies = fakes.FakePeopleBook(), fakes.FakeCompanyBook()
    companies_register = fakes.FakeCompanyRegister(companies)
    edits = fakes.FakePersonEdits(people)
    marks = fakes.FakePeopleMarks(people, edits)
    prospects, mailboxes = fakes.FakeProspectBook(), fakes.FakeMailboxes()
    syncs, events = fakes.FakeSyncBook(), fakes.FakeEventBook()
    drafts, messages, dropbox = fakes.FakeDraftBook(), fakes.FakeMessages(), fakes.FakeDropBox()
    return Stores(
        accounts=fakes.FakeAccountBook(register),
        users=fakes.FakeUserBook(register),
        members=fakes.FakeMemberBook(register),
        sessions=fakes.FakeSessionBook(register),
        invitations=fakes.FakeInvitationBook(),
        teams=fakes.FakeTeamBook(),
        api_keys=fakes.FakeApiKeyBook(register),
        audit=fakes.FakeAuditBook(),
        changes=fakes.FakeChangeBook(),
        grants=fakes.FakeGrantBook(),
        pictures=fakes.FakePictures(),
        belongings=fakes.FakeBelongings(sequences),
        people=people,
        finder=fakes.FakePeopleFinder(people),
        marks=marks,
        gone=marks,
        tags=fakes.FakeTagBook(),
        lists=fakes.FakeSavedLists(),
        merges=fakes.FakeMergeBook(),
        edits=edits,
        companies=companies,
        register=companies_register,
        listed=companies_register,
        staff=fakes.FakeCompanyPeople(people),
        uploads=fakes.FakeUploads(),
        imports=imports,
        import_leases=imports,
        import_settings=fakes.FakeImportSettings(),
        imported=fakes.FakeImportedPeople(people),
        outreach=fakes.FakeOutreach(prospects, sequences),
        suppressions=fakes.FakeSuppressions(),
        sequences=sequences,
        prospects=prospects,
        drafts=drafts,
        remarks=drafts,
        locks=drafts,
        versions=drafts,
        rewrites=fakes.FakeRewriteBook(),
        rewritten=fakes.FakeRewrittenRows(),
        notices=fakes.FakeNotices(),
        mailboxes=mailboxes,
        proposals=fakes.FakeProposalBook(),
        rulebooks=fakes.FakeRulebooks(),
        lease=fakes.FakePlanningLease(),
        messages=messages,
        touches=fakes.FakeTouches(messages),
        sent_mails=fakes.FakeSentMails(messages),
        logins=fakes.FakeLoginBook(),
        records=fakes.FakeMailboxRecords(mailboxes),
        mailbox_mails=fakes.FakeMailboxMails(messages, mailboxes),
        doubts=fakes.FakeDoubts(messages),
        ledgers=fakes.FakeLedgers(messages),
        outbox=messages,
        lateness=messages,
        last_written=messages,
        reach=messages,
        orders=fakes.FakeOrderBook(),
        pauses=fakes.FakePauseBook(),
        approvals=fakes.FakeApprovalBook(),
        rows=fakes.FakeCampaignRows(prospects, messages),
        stillness=fakes.FakeStillness(messages),
        stalls=fakes.FakeStallBook(),
        events=events,
        sent=fakes.FakeSent(messages),
        places=fakes.FakePlaces(mailboxes),
        conversations=fakes.FakeConversations(),
        dropbox=dropbox,
        spending=dropbox.spending,
        knowledge=fakes.FakeKnowledgeBook(),
        connections=fakes.FakeConnectionBook(),
        connecting=fakes.FakeConnectionAttempts(),
        calls=fakes.FakeVendorCalls(),
        meetings=fakes.FakeMeetings(),
        last_campaign=fakes.FakeLastCampaign(messages),
        heard_since=fakes.FakeHeardSince(events),
        syncs=syncs,
        pulled=fakes.FakeRowBook(),
        links=fakes.FakeLinkBook(syncs),
        mails_that_left=fakes.FakeMailsThatLeft(messages),
        lay_prospects=dropbox.lay_prospects,
        read_upload=dropbox.read_upload,
        lay_spending=dropbox.spending.lay,
    )


def mongo_stores(database: AsyncDatabase[Document]) -> Stores:
    async def read_upload(upload_id: str) -> list[dict[str, str]]:
        found = database[UPLOADS_COLLECTION].find({"upload_id": upload_id}).sort("_id")
        return [d["row"] async for d in found]

    drafts, messages = MongoDraftBook(database), MongoMessages(database)
    imports = crm_store.MongoImports(database)
    return Stores(
        accounts=accounts_store.MongoAccountBook(database),
        users=accounts_store.MongoUserBook(database),
        members=accounts_store.MongoMemberBook(database),
        sessions=accounts_store.MongoSessionBook(database),
        invitations=accounts_store.MongoInvitationBook(database),
        teams=accounts_store.MongoTeamBook(database),
        api_keys=accounts_store.MongoApiKeyBook(database),
        audit=accounts_store.MongoAuditBook(database),
        changes=accounts_store.MongoChangeBook(database),
        grants=accounts_store.MongoGrantBook(database),
        pictures=accounts_store.MongoPictures(database),
        belongings=MongoBelongings(database),
        people=crm_store.MongoPeopleBook(database),
        finder=crm_store.MongoPeopleFinder(database),
        marks=crm_store.MongoPeopleMarks(database),
        gone=crm_store.MongoPeopleMarks(database),
        tags=crm_store.MongoTagBook(database),
        lists=crm_store.MongoSavedLists(database),
        merges=crm_store.MongoMergeBook(database),
        edits=crm_store.MongoPersonEdits(database),
        companies=crm_store.MongoCompanyBook(database),
        register=crm_store.MongoCompanyRegister(database),
        listed=crm_store.MongoListedCompanies(database),
        staff=crm_store.MongoCompanyPeople(database),
        uploads=crm_store.MongoUploads(database),
        imports=imports,
        import_leases=imports,
        import_settings=crm_store.MongoImportSettings(database),
        imported=crm_store.MongoImportedPeople(database),
        outreach=MongoOutreach(database),
        suppressions=crm_store.MongoSuppressions(database, Veil("house")),
        sequences=MongoSequenceBook(database),
        prospects=MongoProspectBook(database),
        drafts=drafts,
        remarks=drafts,
        locks=drafts,
        versions=drafts,
        rewrites=MongoRewriteBook(database),
        rewritten=MongoRewrittenRows(database),
        notices=MongoNotices(database),
        mailboxes=MongoMailboxes(database),
        proposals=MongoProposalBook(database),
        rulebooks=MongoRulebooks(database),
        lease=MongoPlanningLease(database),
        messages=messages,
        touches=MongoTouches(database),
        sent_mails=MongoSentMails(database),
        logins=MongoLoginBook(database),
        records=MongoMailboxRecords(database),
        mailbox_mails=MongoMailboxMails(database),
        doubts=MongoDoubts(database),
        ledgers=MongoLedgers(database),
        outbox=messages,
        lateness=messages,
        last_written=MongoLastWritten(database),
        reach=messages,
        orders=MongoOrderBook(database),
        pauses=MongoPauseBook(database),
        approvals=MongoApprovalBook(database),
        rows=MongoCampaignRows(database),
        stillness=MongoStillness(database),
        stalls=MongoStallBook(database),
        events=MongoEventBook(database),
        sent=MongoSent(database),
        places=MongoPlaces(database),
        conversations=MongoConversations(database),
        dropbox=MongoDropBox(database),
        spending=MongoSpendingBook(database),
        knowledge=MongoKnowledgeBook(database),
        connections=accounts_store.MongoConnectionBook(database),
        connecting=accounts_store.MongoConnectionAttempts(database),
        calls=crm_store.MongoVendorCalls(database),
        meetings=crm_store.MongoMeetings(database),
        last_campaign=MongoLastCampaign(database),
        heard_since=MongoHeardSince(database),
        syncs=hubspot_store.MongoSyncBook(database),
        pulled=hubspot_store.MongoRowBook(database),
        links=hubspot_store.MongoLinkBook(database),
        mails_that_left=MongoMailsThatLeft(database),
        lay_prospects=lambda rows: database[PROSPECTS_COLLECTION].insert_many(list(rows)),
        read_upload=read_upload,
        lay_spending=database[SPENDING_COLLECTION].insert_one,
    )
