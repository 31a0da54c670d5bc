"""Making one of two people, and two of them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qrev.accounts.models import Actor, Role
from qrev.crm.edits import value_of
from qrev.crm.merges import FIELDS, preview
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.conftest import OTHER
from tests.contract.builders import a_person
from tests.crm.people_world import Office
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
BOB = a_person(name="Bob", job_title="", tags=("Warm",), fields={"deal": "10"})
ROB = a_person(
    "rob", name="Robert", job_title="CEO", tags=("EU", "WARM"), fields={"deal": "9", "size": "4"}
)


@pytest.fixture
async def office(clock: FakeClock) -> Office:
    office = Office(clock)
    await office.holds(BOB, upload_id="u1")
    await office.holds(ROB, upload_id="u1")
    await office.holds(ROB, upload_id="u2")
    return office


async def merged(office: Office, actor: Actor, *of_other: str) -> Any:
    shown = await office.merging.preview(actor, "bob", "rob", of_other)
    return await office.merging.confirm(actor, "bob", "rob", of_other, shown.hash)


async def test_the_preview_says_whose_facts_are_kept_and_what_moves(
    office: Office, alice: Actor
) -> None:
    shown = await office.merging.preview(alice, "bob", "rob", ["name"])

    sides = {side.field: (side.kept, side.other, side.is_of_other) for side in shown.sides}
    assert sides == {
        "name": ("Bob", "Robert", True),
        "job_title": ("", "CEO", True),
        "company_name": ("Pine", "Pine", False),
        "fields.deal": ("10", "9", False),
        "fields.size": ("", "4", True),
    }
    assert (shown.tags, shown.lists) == (("EU",), ("u2",))
    assert office.person("bob") == BOB


async def test_what_was_shown_is_done_and_the_other_is_deleted(
    office: Office, alice: Actor
) -> None:
    office.mails.open = {"rob@pine.test": 2, "bob@pine.test": 1}

    await merged(office, alice, "name")

    bob = office.person("bob")
    assert (bob.name, bob.job_title, bob.email) == ("Robert", "CEO", "bob@pine.test")
    assert (bob.tags, bob.fields) == (("EU", "Warm"), {"deal": "10", "size": "4"})
    assert await office.marks.lists_of(alice.account_id, "bob") == ["u1", "u2"]
    assert office.person("rob").deleted_at is not None
    assert office.mails.open == {"bob@pine.test": 1}
    said = [edit.after for e in await office.editing.history(alice, "bob") for edit in e.edits]
    assert "rob" in said


async def test_undone_they_are_two_again_as_they_were(office: Office, alice: Actor) -> None:
    merge = await merged(office, alice, "name")

    bob = await office.merging.undo(alice, merge.id)

    assert (bob, office.person("rob")) == (BOB, ROB)
    assert await office.marks.lists_of(alice.account_id, "bob") == ["u1"]
    with pytest.raises(Conflict, match="undone already"):
        await office.merging.undo(alice, merge.id)


async def test_what_was_changed_since_is_not_undone(office: Office, alice: Actor) -> None:
    merge = await merged(office, alice, "name")
    await office.editing.change(alice, "bob", {"name": "Bobby"})

    bob = await office.merging.undo(alice, merge.id)

    assert (bob.name, bob.job_title) == ("Bobby", "")


async def test_nothing_is_merged_that_was_not_shown(office: Office, alice: Actor) -> None:
    shown = await office.merging.preview(alice, "bob", "rob", ["name"])
    await office.editing.change(alice, "rob", {"job_title": "CTO"})

    with pytest.raises(Conflict, match="since you looked"):
        await office.merging.confirm(alice, "bob", "rob", ["name"], shown.hash)
    with pytest.raises(Conflict):
        await office.merging.confirm(alice, "bob", "rob", [], shown.hash)

    assert office.person("bob") == BOB


async def test_what_cannot_be_merged_is_refused(office: Office, alice: Actor) -> None:
    await office.holds(a_person("theirs", account_id=OTHER))

    with pytest.raises(InvalidInput, match="two different"):
        await office.merging.preview(alice, "bob", "bob")
    with pytest.raises(InvalidInput, match="no field"):
        await office.merging.preview(alice, "bob", "rob", ["account_id"])
    for other in ("theirs", "made-up"):
        with pytest.raises(NotFound):
            await office.merging.preview(alice, "bob", other)
    with pytest.raises(NotFound):
        await office.merging.undo(alice, "made-up")
    victor = replace(alice, role=Role.VIEWER)
    for asked in (
        office.merging.confirm(victor, "bob", "rob", [], "x"),
        office.merging.undo(victor, "x"),
    ):
        with pytest.raises(NotAllowed):
            await asked


TEXTS = some.sampled_from(["", "a", "b"])
PEOPLE = some.fixed_dictionaries(
    {"name": TEXTS, "job_title": TEXTS, "country": TEXTS, "phone_number": TEXTS}
)


@given(PEOPLE, PEOPLE, some.lists(some.sampled_from(FIELDS)))
def test_no_fact_that_only_one_of_them_has_is_lost(
    kept: dict[str, Any], other: dict[str, Any], of_other: list[str]
) -> None:
    one, two = a_person(**kept), a_person("rob", **other)

    shown = preview(one, two, of_other, [])

    after = {side.field: side.other if side.is_of_other else side.kept for side in shown.sides}
    for field in FIELDS:
        has_any = bool(value_of(one, field) or value_of(two, field))
        assert bool(after.get(field, "")) == has_any
