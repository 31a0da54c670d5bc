"""Stand-ins that behave. Each keeps the promises of the port it stands in for."""

from __future__ import annotations

from tests.fakes.accounts import FakeAccountBook
from tests.fakes.assistant import FakeAiServer, FakeConversations, FakeDropBox
from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCompanyBook, FakePeopleBook, FakeSuppressions, FakeUploads
from tests.fakes.drafts import FakeDraftBook
from tests.fakes.messages import FakeMessages
from tests.fakes.proposals import FakePlanningLease, FakeProposalBook
from tests.fakes.sending import FakeChannel, FakeMailboxes, FakeNotices, FakeReachability
from tests.fakes.sequences import FakeProspectBook, FakeSequenceBook

__all__ = [
    "FakeAccountBook",
    "FakeAiServer",
    "FakeChannel",
    "FakeClock",
    "FakeCompanyBook",
    "FakeConversations",
    "FakeDraftBook",
    "FakeDropBox",
    "FakeMailboxes",
    "FakeMessages",
    "FakeNotices",
    "FakePeopleBook",
    "FakePlanningLease",
    "FakeProposalBook",
    "FakeProspectBook",
    "FakeReachability",
    "FakeSequenceBook",
    "FakeSuppressions",
    "FakeUploads",
]
