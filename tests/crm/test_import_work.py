"""Bringing a list in, stopping half-way, dying half-way, and taking it all back."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.models import ProspectStatus
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.crm.imports import ImportState
from qrev.crm.models import person_id
from qrev.kit.errors import Conflict
from tests.contract.builders import a_prospect
from tests.crm.conftest import Crm

pytestmark = pytest.mark.anyio
ODD = b"email,name\nann@gmial.com,Ann\ninfo@acme.test,\n"


def a_list_of(count: int) -> bytes:
    rows = "".join(f"p{n}@firm{n % 40}.test,Ann {n},CEO\n" for n in range(count))
    return f"email,name,title\n{rows}".encode()


async def test_the_same_list_twice_at_once_makes_one_set_of_people(crm: Crm, alice: Actor) -> None:
    data = a_list_of(1500)
    made = [await crm.looked_at(alice, data) for _ in range(2)]

    done = await asyncio.gather(*(crm.confirmed(alice, each) for each in made))

    assert await crm.mongo.people.count_documents({}) == 1500
    assert sum(each.tally.new for each in done) == 1500
    assert [each.tally.new + each.tally.known for each in done] == [1500, 1500]


async def test_stop_says_what_is_written_and_going_on_writes_the_rest_once(
    crm: Crm, alice: Actor
) -> None:
    made = await crm.looked_at(alice, a_list_of(2500))
    await crm.known.importing.confirm(alice, made.id, made.version)
    await crm.known.importing.stop(alice, made.id)

    stopped = await crm.work(alice, made)
    assert (stopped.state, stopped.tally.rows, stopped.tally.new) == (
        ImportState.STOPPED,
        1000,
        1000,
    )
    await crm.known.importing.go_on(alice, made.id)
    done = await crm.work(alice, made)

    assert (done.state, done.tally.new, done.tally.rows) == (ImportState.DONE, 2500, 2500)
    assert await crm.mongo.people.count_documents({}) == 2500


class PowerCut(Exception):
    """Somebody pulled the plug."""


async def test_what_dies_half_way_is_gone_on_with_where_it_was(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, a_list_of(2500))
    await crm.known.importing.confirm(alice, made.id, made.version)

    async def die(done: int, total: int) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        await crm.known.import_work.work(alice.account_id, made.id, progress=die)
    assert await crm.known.import_work.sweep() == []  # its lease still runs
    crm.clock.advance(minutes=2)
    (ended,) = await crm.known.import_work.sweep()

    assert (ended.state, ended.tally.new, ended.tally.known) == (ImportState.DONE, 2500, 0)
    assert await crm.mongo.people.count_documents({}) == 2500


async def test_a_batch_that_was_written_but_not_counted_is_counted_once(
    crm: Crm, alice: Actor
) -> None:
    made = await crm.looked_at(alice, a_list_of(30))
    done = await crm.confirmed(alice, made)
    before = {"state": "running", "is_at_work": True, "tally": _nothing()}
    await crm.mongo.imports.update_one({"_id": done.id}, {"$set": before})

    again = await crm.work(alice, made)

    assert (again.tally.new, again.tally.known) == (30, 0)


def _nothing() -> dict[str, int]:
    names = ("rows", "new", "known", "changed", "companies", "refused")
    return dict.fromkeys((*names, "removed", "restored", "kept"), 0)


async def test_progress_is_told_with_every_thousand(crm: Crm, alice: Actor) -> None:
    told: list[tuple[int, int]] = []
    made = await crm.looked_at(alice, a_list_of(2500))
    await crm.known.importing.confirm(alice, made.id, made.version)

    async def tell(done: int, total: int) -> None:
        told.append((done, total))

    await crm.known.import_work.work(alice.account_id, made.id, progress=tell)

    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


async def test_an_import_is_undone_once_and_who_was_known_is_as_before(
    crm: Crm, alice: Actor
) -> None:
    await crm.imported(alice, b"email,name\na@acme.test,Ann\n")
    before = await crm.everybody(alice)
    made = await crm.imported(
        alice, b"email,name,title,x\na@acme.test,Anna,CEO,1\nb@acme.test,Bob,CTO,2\n"
    )
    assert len(await crm.everybody(alice)) == 2

    first, second = await asyncio.gather(
        crm.undone(alice, made), crm.known.importing.undo(alice, made.id)
    )
    undone = await crm.undone(alice, made)

    assert second.state in (ImportState.UNDOING, ImportState.UNDONE)
    assert await crm.everybody(alice) == before
    assert (undone.tally.removed, undone.tally.restored, undone.tally.kept) == (1, 1, 0)
    assert undone == await crm.known.importing.get(alice, made.id)
    assert first.state in (ImportState.UNDOING, ImportState.UNDONE)


async def test_who_was_written_to_since_is_not_undone(crm: Crm, alice: Actor) -> None:
    made = await crm.imported(alice, b"email\na@acme.test\nb@acme.test\n")
    ann, bob = (person_id(alice.account_id, f"{name}@acme.test") for name in "ab")
    await MongoProspectBook(crm.mongo).add_if_new(
        [
            a_prospect(person_id=ann, status=ProspectStatus.ACTIVE),
            a_prospect("b", person_id=bob),
        ]
    )

    undone = await crm.undone(alice, made)

    assert (undone.tally.removed, undone.tally.kept) == (1, 1)
    assert set(await crm.everybody(alice)) == {"a@acme.test"}
    withdrawn = await MongoProspectBook(crm.mongo).get(alice.account_id, "s1:b")
    assert withdrawn is not None
    assert withdrawn.status is ProspectStatus.STOPPED


async def test_an_import_that_wrote_nothing_cannot_be_undone(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, ODD)

    with pytest.raises(Conflict):
        await crm.known.importing.undo(alice, made.id)
    await crm.known.importing.cancel(alice, made.id)
    with pytest.raises(Conflict):
        await crm.known.importing.confirm(alice, made.id, made.version)
