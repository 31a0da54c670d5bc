"""Stand-ins that behave. Each keeps the promises of the port it stands in for."""

from __future__ import annotations

from tests.fakes.accounts import (
    FakeAccountBook,
    FakeMemberBook,
    FakePictures,
    FakeUserBook,
    Register,
)
from tests.fakes.assistant import FakeAiServer, FakeConversations, FakeDropBox
from tests.fakes.campaign_rows import FakeCampaignRows
from tests.fakes.clock import FakeClock
from tests.fakes.companies import FakeCompanyPeople, FakeCompanyRegister
from tests.fakes.crm import (
    FakeCompanyBook,
    FakePeopleBook,
    FakePersonEdits,
    FakeSuppressions,
    FakeUploads,
)
from tests.fakes.doubts import FakeDoubts
from tests.fakes.drafts import FakeDraftBook
from tests.fakes.finding import FakePeopleFinder
from tests.fakes.hearing import FakeEventBook, FakePlaces, FakeSent
from tests.fakes.imports import (
    FakeImportedPeople,
    FakeImports,
    FakeImportSettings,
    FakeOutreach,
)
from tests.fakes.joining import (
    FakeAuditBook,
    FakeBelongings,
    FakeChangeBook,
    FakeGrantBook,
    FakeInvitationBook,
    FakeTeamBook,
)
from tests.fakes.knowledge import FakeKnowledgeBook
from tests.fakes.ledgers import FakeLedgers
from tests.fakes.life import FakeApprovalBook, FakeOrderBook, FakePauseBook
from tests.fakes.logins import FakeLoginBook
from tests.fakes.mailbox_care import FakeMailboxMails, FakeMailboxRecords
from tests.fakes.messages import FakeMessages
from tests.fakes.people import FakeMergeBook, FakePeopleMarks, FakeSavedLists, FakeTagBook
from tests.fakes.proposals import FakePlanningLease, FakeProposalBook
from tests.fakes.rewrites import FakeRewriteBook, FakeRewrittenRows
from tests.fakes.rulebooks import FakeRulebooks
from tests.fakes.sending import FakeChannel, FakeMailboxes, FakeNotices, FakeReachability
from tests.fakes.sent_mails import FakeSentMails
from tests.fakes.sequences import FakeProspectBook, FakeSequenceBook
from tests.fakes.sessions import FakeApiKeyBook, FakeSessionBook
from tests.fakes.touches import FakeTouches
from tests.fakes.vendors import (
    FakeConnectionAttempts,
    FakeConnectionBook,
    FakeHeardSince,
    FakeLastCampaign,
    FakeLinkBook,
    FakeMailsThatLeft,
    FakeMeetings,
    FakeRowBook,
    FakeSyncBook,
    FakeVendorCalls,
)
from tests.fakes.watching import FakeStallBook, FakeStillness

__all__ = [
    "FakeAccountBook",
    "FakeAiServer",
    "FakeApiKeyBook",
    "FakeApprovalBook",
    "FakeAuditBook",
    "FakeBelongings",
    "FakeCampaignRows",
    "FakeChangeBook",
    "FakeChannel",
    "FakeClock",
    "FakeCompanyBook",
    "FakeCompanyPeople",
    "FakeCompanyRegister",
    "FakeConnectionAttempts",
    "FakeConnectionBook",
    "FakeConversations",
    "FakeDoubts",
    "FakeDraftBook",
    "FakeDropBox",
    "FakeEventBook",
    "FakeGrantBook",
    "FakeHeardSince",
    "FakeImportSettings",
    "FakeImportedPeople",
    "FakeImports",
    "FakeInvitationBook",
    "FakeKnowledgeBook",
    "FakeLastCampaign",
    "FakeLedgers",
    "FakeLinkBook",
    "FakeLoginBook",
    "FakeMailboxMails",
    "FakeMailboxRecords",
    "FakeMailboxes",
    "FakeMailsThatLeft",
    "FakeMeetings",
    "FakeMemberBook",
    "FakeMergeBook",
    "FakeMessages",
    "FakeNotices",
    "FakeOrderBook",
    "FakeOutreach",
    "FakePauseBook",
    "FakePeopleBook",
    "FakePeopleFinder",
    "FakePeopleMarks",
    "FakePersonEdits",
    "FakePictures",
    "FakePlaces",
    "FakePlanningLease",
    "FakeProposalBook",
    "FakeProspectBook",
    "FakeReachability",
    "FakeRewriteBook",
    "FakeRewrittenRows",
    "FakeRowBook",
    "FakeRulebooks",
    "FakeSavedLists",
    "FakeSent",
    "FakeSentMails",
    "FakeSequenceBook",
    "FakeSessionBook",
    "FakeStallBook",
    "FakeStillness",
    "FakeSuppressions",
    "FakeSyncBook",
    "FakeTagBook",
    "FakeTeamBook",
    "FakeTouches",
    "FakeUploads",
    "FakeUserBook",
    "FakeVendorCalls",
    "Register",
]
