"""What every PersonEdits promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.crm.edits import FieldEdit, HistoryEntry
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, a_person, an_edit
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


def field(name: str, before: str, after: str) -> FieldEdit:
    return FieldEdit(field=name, before=before, after=after)


async def bob(stores: Stores) -> object:
    return (await stores.people.get_many(ACME, ["bob"]))["bob"]


async def test_a_change_writes_its_fields_its_entry_and_nothing_else(stores: Stores) -> None:
    await stores.people.upsert([a_person(fields={"deal": "10"})], upload_id=None)
    edits = (field("fields.a size", "", "$4"), field("name", "Bob", "Robert"))

    assert await stores.edits.change(an_edit(*edits)) is True

    assert await bob(stores) == a_person(name="Robert", fields={"deal": "10", "a size": "$4"})
    assert await stores.edits.history(ACME, "bob") == [
        HistoryEntry(at=TUESDAY_10AM, by=ALICE, edits=edits)
    ]


async def test_of_changes_of_one_field_at_once_one_is_written(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id=None)

    done = await asyncio.gather(
        *(stores.edits.change(an_edit(field("name", "Bob", f"Bob {n}"))) for n in range(8))
    )

    assert done.count(True) == 1
    assert len(await stores.edits.history(ACME, "bob")) == 1


async def test_changes_of_different_fields_at_once_are_all_written(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id=None)

    done = await asyncio.gather(
        *(stores.edits.change(an_edit(field(f"fields.f{n}", "", str(n)))) for n in range(8))
    )

    assert done.count(True) == 8
    assert await bob(stores) == a_person(fields={f"f{n}": str(n) for n in range(8)})


async def test_where_one_field_is_not_as_it_was_none_is_written(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id=None)
    edits = (field("job_title", "", "CEO"), field("name", "Ann", "Anna"))

    assert await stores.edits.change(an_edit(*edits)) is False
    assert await stores.edits.change(an_edit(unchanged=(("country", "Peru"),))) is False

    assert await bob(stores) == a_person()
    assert await stores.edits.history(ACME, "bob") == []


async def test_an_emptied_custom_field_is_gone_and_can_come_again(stores: Stores) -> None:
    await stores.people.upsert([a_person(fields={"deal": "10"})], upload_id=None)

    assert await stores.edits.change(an_edit(field("fields.deal", "10", ""))) is True
    emptied = await bob(stores)
    assert await stores.edits.change(an_edit(field("fields.deal", "", "7"))) is True

    assert emptied == a_person()
    assert await bob(stores) == a_person(fields={"deal": "7"})


async def test_a_person_follows_their_company(stores: Stores) -> None:
    await stores.people.upsert([a_person(company_id="pine")], upload_id=None)

    moved = an_edit(field("company_name", "Pine", "Oak"), company_id="oak")

    assert await stores.edits.change(moved) is True
    assert await bob(stores) == a_person(company_name="Oak", company_id="oak")


async def test_the_last_two_hundred_changes_are_kept_the_newest_first(stores: Stores) -> None:
    await stores.people.upsert([a_person(name="0")], upload_id=None)
    for n in range(203):
        await stores.edits.change(an_edit(field("name", str(n), str(n + 1))))

    history = await stores.edits.history(ACME, "bob")

    assert len(history) == 200
    assert (history[0].edits[0].after, history[-1].edits[0].after) == ("203", "4")
    assert await stores.edits.history(OTHER, "bob") == []
