"""People and what is done to them, in memory."""

from __future__ import annotations

from datetime import datetime

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId
from qrev.crm.editing import Editing
from qrev.crm.grouping import Grouping, Lists, Named
from qrev.crm.keeping import Keeping
from qrev.crm.merging import Merging
from qrev.crm.models import Person
from tests.fakes import (
    FakeAuditBook,
    FakeClock,
    FakeCompanyBook,
    FakeMemberBook,
    FakeMergeBook,
    FakePeopleBook,
    FakePeopleMarks,
    FakePersonEdits,
    FakeSavedLists,
    FakeTagBook,
    FakeTeamBook,
)


class FakeOpenMails:
    """Fills OpenMails: knows how many have not left to whom."""

    def __init__(self) -> None:
        self.open: dict[str, int] = {}
        self.reasons: list[str] = []

    async def cancel(
        self, account_id: AccountId, *, reason: str, at: datetime, email: str | None = None
    ) -> int:
        self.reasons.append(reason)
        return self.open.pop(email or "", 0)


class Office:
    def __init__(self, clock: FakeClock) -> None:
        self.people = FakePeopleBook()
        self.edits = FakePersonEdits(self.people)
        self.marks = FakePeopleMarks(self.people, self.edits)
        self.companies = FakeCompanyBook()
        self.mails = FakeOpenMails()
        self.log = FakeAuditBook()
        self.audit = Audit(entries=self.log, clock=clock)
        self.members = FakeMemberBook()
        self.teams = FakeTeamBook()
        self.editing = Editing(
            people=self.people, edits=self.edits, companies=self.companies, clock=clock
        )
        self.keeping = Keeping(
            people=self.people,
            marks=self.marks,
            edits=self.edits,
            companies=self.companies,
            mails=self.mails,
            audit=self.audit,
            clock=clock,
        )
        named = Named(members=self.members, teams=self.teams, tags=FakeTagBook())
        self.grouping = Grouping(keeping=self.keeping, marks=self.marks, named=named, clock=clock)
        self.lists = Lists(lists=FakeSavedLists(), clock=clock)
        self.merging = Merging(
            editing=self.editing,
            marks=self.marks,
            merges=FakeMergeBook(),
            mails=self.mails,
            audit=self.audit,
            clock=clock,
        )

    async def holds(self, *people: Person, upload_id: str | None = None) -> None:
        """Have these people."""
        await self.people.upsert(people, upload_id=upload_id)

    def person(self, id_: str) -> Person:
        return self.people.by_id[id_]
