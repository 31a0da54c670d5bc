"""What every PeopleMarks, TagBook, SavedLists and MergeBook promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.crm.filters import PeopleFilter
from qrev.crm.models import Person, person_id
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, DAY, a_person
from tests.contract.people_builders import (
    OWNED,
    a_deletion,
    a_mark,
    a_merge,
    a_restoration,
    a_saved_list,
    an_untag,
)
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def bob(stores: Stores) -> Person:
    return (await stores.marks.get_any(ACME, ["bob"]))["bob"]


async def number(stores: Stores, wanted: PeopleFilter) -> int:
    return (await stores.finder.count(ACME, wanted)).number


async def test_a_tag_is_on_the_person_in_the_history_and_found(stores: Stores) -> None:
    await stores.people.upsert([a_person(tags=("$x", "Old"))], upload_id="u1")

    assert await stores.marks.mark(ACME, [a_mark()]) == 1

    person = await bob(stores)
    assert person.tags == ("$x", "Old", "Warm")
    assert await number(stores, PeopleFilter(tags=("warm", "old"))) == 1
    [entry] = await stores.edits.history(ACME, "bob")
    assert (entry.by, entry.edits[0].after) == (ALICE, "Warm")

    assert await stores.marks.mark(ACME, [an_untag(person, "OLD")]) == 1
    assert (await bob(stores)).tags == ("$x", "Warm")
    assert await number(stores, PeopleFilter(tags=("old",))) == 0


async def test_an_owner_is_found_and_no_longer_missed(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id=None)

    assert await stores.marks.mark(ACME, [a_mark(OWNED)]) == 1
    assert await stores.marks.mark(ACME, [a_mark(OWNED)]) == 0, "it was given meanwhile"

    assert (await bob(stores)).owner_id == ALICE
    assert await number(stores, PeopleFilter(owner_id=ALICE)) == 1
    assert await number(stores, PeopleFilter(has=frozenset({"owner_id"}))) == 1
    assert await number(stores, PeopleFilter(lacks=frozenset({"owner_id"}))) == 0


async def test_whoever_is_deleted_is_in_no_answer_and_can_be_back(stores: Stores) -> None:
    id_ = person_id(ACME, "bob@pine.test")
    person = a_person(id=id_)
    await stores.people.upsert([person], upload_id="u1")

    assert await stores.marks.mark(ACME, [a_deletion(person)]) == 1
    assert await stores.marks.mark(ACME, [a_deletion(person)]) == 0

    assert await stores.people.get_many(ACME, [id_]) == {}
    assert await number(stores, PeopleFilter(upload_id="u1")) == 0
    assert await stores.gone.deleted_among(ACME, ["bob@pine.test", "x@y.test"]) == {"bob@pine.test"}
    assert (await stores.marks.get_any(ACME, [id_]))[id_].deleted_at == TUESDAY_10AM

    assert await stores.marks.mark(ACME, [a_restoration(person)]) == 1
    assert await stores.people.get_many(ACME, [id_]) == {id_: person}
    assert await stores.gone.deleted_among(ACME, ["bob@pine.test"]) == set()


async def test_of_deletions_at_once_one_is_written(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id=None)

    counts = await asyncio.gather(*(stores.marks.mark(ACME, [a_deletion()]) for _ in range(4)))

    assert sorted(counts) == [0, 0, 0, 1]
    assert len(await stores.edits.history(ACME, "bob")) == 1


async def test_the_lists_of_a_person_are_told(stores: Stores) -> None:
    await stores.people.upsert([a_person()], upload_id="u2")
    await stores.people.upsert([a_person()], upload_id="u1")

    assert await stores.marks.lists_of(ACME, "bob") == ["u1", "u2"]
    assert await stores.marks.lists_of(OTHER, "bob") == []


async def test_a_tag_is_kept_as_it_was_first_written(stores: Stores) -> None:
    assert await stores.tags.add_if_new(ACME, "Vip") == "Vip"
    assert await stores.tags.add_if_new(ACME, "VIP") == "Vip"
    await stores.tags.add_if_new(ACME, "alpha")
    await stores.tags.add_if_new(OTHER, "theirs")

    assert await stores.tags.all(ACME) == ["alpha", "Vip"]


async def test_a_saved_list_comes_back_as_it_was_saved_until_it_is_removed(
    stores: Stores,
) -> None:
    await stores.lists.put(a_saved_list())
    await stores.lists.put(a_saved_list(id="l2", name="ärzte"))
    await stores.lists.put(a_saved_list(name="Zebra"))

    assert await stores.lists.get(ACME, "l1") == a_saved_list(name="Zebra")
    assert [each.name for each in await stores.lists.all(ACME)] == ["ärzte", "Zebra"]
    assert await stores.lists.remove(ACME, "l1") is True
    assert await stores.lists.remove(ACME, "l1") is False
    assert await stores.lists.get(ACME, "l1") is None


async def test_a_merge_is_undone_once(stores: Stores) -> None:
    await stores.merges.add(a_merge())

    done = await asyncio.gather(*(stores.merges.undo(a_merge(), TUESDAY_10AM) for _ in range(4)))

    assert sorted(done) == [False, False, False, True]
    undone = a_merge(undone_at=TUESDAY_10AM)
    assert await stores.merges.get(ACME, "m1") == undone
    assert await stores.merges.latest(ACME, "bob", "ann") == undone
    assert await stores.merges.latest(ACME, "ann", "bob") is None
    again = a_merge(id="m2", at=TUESDAY_10AM + DAY)
    await stores.merges.add(again)
    assert await stores.merges.latest(ACME, "bob", "ann") == again
