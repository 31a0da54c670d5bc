"""Writing people down, deleting them, and having them back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor, Role
from qrev.crm.marks import GRACE
from qrev.crm.reaching import DELETED, Reaching
from qrev.crm.store import (
    PEOPLE_INDEXES,
    MongoPeopleBook,
    MongoPeopleMarks,
    MongoSuppressions,
)
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.forgetting import Forgetting
from qrev.kit.mongo import Document, ensure_indexes
from tests.conftest import OTHER
from tests.contract.builders import a_person
from tests.contract.people_builders import a_deletion
from tests.crm.people_world import Office
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def office(clock: FakeClock) -> Office:
    return Office(clock)


async def test_someone_written_down_is_there_with_all_that_was_said(
    office: Office, alice: Actor, clock: FakeClock
) -> None:
    facts = {"name": " Ann  Lee ", "company_url": "oak.test", "fields.deal": "10"}

    person = await office.keeping.create(alice, " Ann@Oak.test ", facts)

    assert (person.email, person.name, person.fields) == ("ann@oak.test", "Ann Lee", {"deal": "10"})
    assert (person.company_id in office.companies.by_id, person.created_at) == (True, clock.now)
    [entry] = await office.editing.history(alice, person.id)
    assert (entry.by, entry.edits[0].field) == (alice.user_id, "created")


@pytest.mark.parametrize(
    ("email", "facts"),
    [
        ("no address", {}),
        ("a@b.test", {"email": "x@y.test"}),
        ("a@b.test", {"name": "x" * 301}),
        ("a@b.test", {"fields.note": "x" * 2001}),
        ("a@b.test", {"timezone": "Middle Earth"}),
    ],
)
async def test_what_cannot_be_is_refused_and_nobody_is_made(
    office: Office, alice: Actor, email: str, facts: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        await office.keeping.create(alice, email, facts)

    assert office.people.by_id == {}


async def test_an_address_is_of_one_person_however_many_write_it_down(
    office: Office, alice: Actor
) -> None:
    answers = await asyncio.gather(
        *(office.keeping.create(alice, "ann@oak.test", {"name": f"Ann {n}"}) for n in range(3)),
        return_exceptions=True,
    )

    assert len(office.people.by_id) == 1
    assert sum(isinstance(each, Conflict) for each in answers) == 2


async def test_whoever_was_deleted_comes_back_when_written_down_again(
    office: Office, alice: Actor
) -> None:
    first = await office.keeping.create(alice, "ann@oak.test", {"name": "Ann"})
    await office.keeping.delete(alice, [first.id])

    again = await office.keeping.create(alice, "ANN@oak.test", {"name": "A.", "job_title": "CEO"})

    assert (again.id, again.name, again.job_title) == (first.id, "Ann", "CEO")
    assert again.deleted_at is None


async def test_deleting_stops_what_has_not_left_and_restoring_does_not_begin_it_again(
    office: Office, alice: Actor
) -> None:
    await office.holds(a_person(), a_person("cy"))
    office.mails.open = {"bob@pine.test": 3, "cy@pine.test": 1}

    deletion = await office.keeping.delete(alice, ["bob", "bob"])

    assert (deletion.people, deletion.mails) == (1, 3)
    assert office.mails.open == {"cy@pine.test": 1}
    with pytest.raises(NotFound):
        await office.editing.get(alice, "bob")
    with pytest.raises(NotFound):
        await office.editing.change(alice, "bob", {"name": "x"})
    assert (await office.keeping.delete(alice, ["bob"])).people == 0

    assert await office.keeping.restore(alice, ["bob", "cy"]) == 1
    assert await office.editing.get(alice, "bob") == a_person()
    kinds = [entry.edits[0].field for entry in await office.editing.history(alice, "bob")]
    assert kinds == ["deleted", "deleted"]
    logged = [(entry.action, entry.after) for entry in office.log.entries]
    assert logged == [("people.deleted", {"count": 1}), ("people.restored", {"count": 1})]


async def test_a_selection_with_a_stranger_in_it_is_not_there(
    office: Office, alice: Actor, mallory: Actor
) -> None:
    await office.holds(a_person(), a_person("theirs", account_id=OTHER))

    for ids in (["bob", "theirs"], ["made-up"]):
        with pytest.raises(NotFound):
            await office.keeping.delete(alice, ids)
    with pytest.raises(InvalidInput, match="Choose somebody"):
        await office.keeping.delete(alice, [])
    with pytest.raises(InvalidInput, match="at most 500"):
        await office.keeping.delete(alice, [str(n) for n in range(501)])

    assert office.person("bob").deleted_at is None


async def test_who_may_only_look_keeps_nobody(office: Office, alice: Actor) -> None:
    await office.holds(a_person())
    victor = replace(alice, role=Role.VIEWER)

    for asked in (
        office.keeping.create(victor, "x@y.test", {}),
        office.keeping.delete(victor, ["bob"]),
        office.keeping.restore(victor, ["bob"]),
    ):
        with pytest.raises(NotAllowed):
            await asked


async def test_the_deleted_are_written_to_no_more_and_forgotten_after_their_days(
    mongo: AsyncDatabase[Document], alice: Actor, clock: FakeClock
) -> None:
    await ensure_indexes(mongo, [PEOPLE_INDEXES])
    marks = MongoPeopleMarks(mongo)
    listed = SuppressionList(suppressions=MongoSuppressions(mongo, Veil("house")), clock=clock)
    reaching = Reaching(suppressions=listed, people=marks)
    forgetting = Forgetting(mongo, [PEOPLE_INDEXES], clock=clock)
    office = Office(clock)
    person = await office.keeping.create(alice, "bob@pine.test", {})
    await MongoPeopleBook(mongo).upsert([person, a_person("cy")], upload_id=None)

    await marks.mark(alice.account_id, [a_deletion(person)])

    said = await reaching.unreachable(alice.account_id, ["bob@pine.test", "cy@pine.test"])
    assert said == {"bob@pine.test": DELETED}
    assert await forgetting.sweep() == 0
    clock.advance(seconds=(GRACE + timedelta(hours=1)).total_seconds())
    assert await forgetting.sweep() == 1
    assert await mongo.people.count_documents({}) == 1
