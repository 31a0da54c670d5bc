"""Changing a person field by field."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.accounts.models import Actor, Role
from qrev.crm.editing import Editing
from qrev.crm.edits import CUSTOM, EDITABLE, edits_of
from qrev.crm.models import company_id
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.conftest import OTHER
from tests.contract.builders import a_person
from tests.fakes import FakeClock, FakeCompanyBook, FakePeopleBook, FakePersonEdits

pytestmark = pytest.mark.anyio


@pytest.fixture
def companies() -> FakeCompanyBook:
    return FakeCompanyBook()


@pytest.fixture
async def editing(alice: Actor, clock: FakeClock, companies: FakeCompanyBook) -> Editing:
    people = FakePeopleBook()
    bob = a_person(account_id=alice.account_id, fields={"deal": "10"})
    await people.upsert([bob], upload_id=None)
    return Editing(people=people, edits=FakePersonEdits(people), companies=companies, clock=clock)


async def test_only_the_fields_one_changes_become_something_else(
    editing: Editing, alice: Actor
) -> None:
    before = await editing.get(alice, "bob")

    after = await editing.change(
        alice, "bob", {"job_title": "  Chief \n Buyer ", "timezone": "cet"}
    )

    assert after == replace(before, job_title="Chief Buyer", timezone="Europe/Berlin")


async def test_two_who_change_different_fields_from_the_same_page_both_succeed(
    editing: Editing, alice: Actor
) -> None:
    seen = {"name": "Bob", "job_title": ""}

    await editing.change(alice, "bob", {"name": "Robert"}, seen=seen)
    after = await editing.change(alice, "bob", {"job_title": "CEO"}, seen=seen)

    assert (after.name, after.job_title) == ("Robert", "CEO")


async def test_the_second_change_of_one_field_is_told_what_it_became(
    editing: Editing, alice: Actor
) -> None:
    await editing.change(alice, "bob", {"name": "Robert"}, seen={"name": "Bob"})

    with pytest.raises(Conflict, match="“name” to “Robert”"):
        await editing.change(
            alice, "bob", {"name": "Bobby", "job_title": "CEO"}, seen={"name": "Bob"}
        )

    assert (await editing.get(alice, "bob")).job_title == ""


async def test_history_says_who_changed_what_and_when(
    editing: Editing, alice: Actor, clock: FakeClock
) -> None:
    await editing.change(alice, "bob", {"fields.deal": "12"})
    await editing.change(alice, "bob", {"fields.deal": "12", "name": "Bob"})

    (entry,) = await editing.history(alice, "bob")

    (edit,) = entry.edits
    assert (entry.by, entry.at) == (alice.user_id, clock.now)
    assert (edit.field, edit.before, edit.after) == ("fields.deal", "10", "12")


async def test_a_person_moves_to_a_company_that_is_there(
    editing: Editing, alice: Actor, companies: FakeCompanyBook
) -> None:
    after = await editing.change(alice, "bob", {"company_url": "oak.test"})

    assert after.company_url == "https://oak.test"
    assert after.company_id == company_id(alice.account_id, "", "https://oak.test")
    assert companies.by_id[after.company_id or ""].name == "Pine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x@y.test"),
        ("account_id", "other"),
        ("$set", "x"),
        ("fields.", "x"),
        ("fields.a.b", "x"),
        ("fields.$where", "x"),
        ("timezone", "Middle Earth"),
        ("company_url", "javascript:alert(1)"),
        ("linkedin_url", "https://[half"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    editing: Editing, alice: Actor, field: str, value: str
) -> None:
    before = await editing.get(alice, "bob")

    with pytest.raises(InvalidInput):
        await editing.change(alice, "bob", {"name": "Robert", field: value})

    assert await editing.get(alice, "bob") == before


async def test_a_foreign_person_is_answered_like_a_missing_one(
    editing: Editing, alice: Actor
) -> None:
    mallory = replace(alice, account_id=OTHER)

    for actor, person_id in ((mallory, "bob"), (alice, "made-up")):
        for asked in (
            editing.get(actor, person_id),
            editing.history(actor, person_id),
            editing.change(actor, person_id, {"name": "x"}),
        ):
            with pytest.raises(NotFound, match="could not find that person"):
                await asked


async def test_who_may_only_look_changes_nothing(editing: Editing, alice: Actor) -> None:
    with pytest.raises(NotAllowed):
        await editing.change(replace(alice, role=Role.VIEWER), "bob", {"name": "x"})


async def test_changes_at_once_lose_nobodys_words(editing: Editing, alice: Actor) -> None:
    await asyncio.gather(
        *(editing.change(alice, "bob", {f"fields.f{n}": str(n)}) for n in range(10))
    )

    fields = (await editing.get(alice, "bob")).fields
    assert fields == {"deal": "10"} | {f"f{n}": str(n) for n in range(10)}


NAMES = st.sampled_from(sorted(EDITABLE)) | st.text(max_size=70).map(lambda text: CUSTOM + text)


@given(st.dictionaries(NAMES | st.text(max_size=20), st.text(max_size=400), max_size=5))
def test_any_change_is_understood_or_refused_in_words(changes: dict[str, str]) -> None:
    person = a_person()

    try:
        edits = edits_of(person, changes, {})
    except InvalidInput:
        return

    assert {edit.field for edit in edits} <= changes.keys()
    assert all(edit.before != edit.after for edit in edits)
