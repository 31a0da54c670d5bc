"""What every ProspectBook promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.campaigns.models import ProspectStatus
from tests.conftest import ACME, OTHER
from tests.contract.builders import STEPS, a_prospect
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def enroll(stores: Stores) -> None:
    """Enroll Ann, Bob and Cy at 10, 20 and 30, written in no order; and others elsewhere."""
    places = {"cy": 30, "ann": 10, "bob": 20}
    prospects = [a_prospect(key, position=place) for key, place in places.items()]
    elsewhere = a_prospect("eve", sequence_id="s2", position=15)
    foreign = a_prospect("mal", account_id=OTHER, position=15)
    assert await stores.prospects.add_if_new([*prospects, elsewhere, foreign]) == 5


async def test_a_prospect_comes_back_as_it_was_given(stores: Stores) -> None:
    prospect = a_prospect(steps=(STEPS[0],), position=2**40, status=ProspectStatus.ACTIVE)

    await stores.prospects.add_if_new([prospect])

    assert await stores.prospects.get(ACME, "s1:bob") == prospect


async def test_it_is_known_whether_anyone_is_not_planned_yet(stores: Stores) -> None:
    await enroll(stores)
    everyone = ["s1:ann", "s1:bob", "s1:cy"]

    before = await stores.prospects.has_waiting(ACME, "s1")
    await stores.prospects.set_status(ACME, everyone[1:], ProspectStatus.ACTIVE)
    one_left = await stores.prospects.has_waiting(ACME, "s1")
    await stores.prospects.set_status(ACME, everyone, ProspectStatus.ACTIVE)

    assert (before, one_left) == (True, True)
    assert await stores.prospects.has_waiting(ACME, "s1") is False


async def test_enrolling_again_enrolls_only_who_is_new(stores: Stores) -> None:
    await stores.prospects.add_if_new([a_prospect()])

    new = await stores.prospects.add_if_new([a_prospect(name="Else"), a_prospect("ann")])

    assert new == 1
    assert await stores.prospects.get(ACME, "s1:bob") == a_prospect()


async def test_enrolling_the_same_list_at_once_enrolls_everyone_once(stores: Stores) -> None:
    everyone = [a_prospect(f"p{n:04}", position=n) for n in range(1500)]

    new = await asyncio.gather(*(stores.prospects.add_if_new(everyone) for _ in range(3)))

    assert sum(new) == 1500
    assert await stores.prospects.of_sequence(ACME, "s1") == everyone


async def test_prospects_stand_in_the_order_of_their_places(stores: Stores) -> None:
    await enroll(stores)

    in_order = await stores.prospects.of_sequence(ACME, "s1")

    assert [p.person_id for p in in_order] == ["ann", "bob", "cy"]
    assert await stores.prospects.count(ACME, "s1") == 3
    assert [await stores.prospects.place(ACME, "s1", p.position) for p in in_order] == [1, 2, 3]
    assert await stores.prospects.place(ACME, "s1", 9) == 0


@pytest.mark.parametrize(
    ("position", "forward", "among", "whom"),
    [
        (-1, True, None, "ann"),
        (10, True, None, "bob"),
        (30, True, None, None),
        (30, False, None, "bob"),
        (10, False, None, None),
        (10, True, ["s1:cy", "s1:ann"], "cy"),
        (30, False, ["s1:cy", "s1:ann"], "ann"),
        (-1, True, [], None),
        (-1, True, ["s1:eve", "s1:mal"], None),
    ],
)
async def test_the_one_beside_is_the_nearest_that_counts(
    stores: Stores, position: int, forward: bool, among: list[str] | None, whom: str | None
) -> None:
    await enroll(stores)

    beside = await stores.prospects.beside(
        ACME, "s1", position=position, forward=forward, among=among
    )

    assert (beside and beside.person_id) == whom


async def test_a_status_is_set_for_those_named_and_nobody_else(stores: Stores) -> None:
    await enroll(stores)

    await stores.prospects.set_status(
        ACME, ["s1:ann", "s1:cy", "s1:nobody"], ProspectStatus.STOPPED
    )

    statuses = [p.status for p in await stores.prospects.of_sequence(ACME, "s1")]
    assert statuses == [ProspectStatus.STOPPED, ProspectStatus.WAITING, ProspectStatus.STOPPED]


async def test_a_status_is_left_alone_where_it_was_another_one(stores: Stores) -> None:
    waiting, active = a_prospect("ann"), a_prospect("bob", status=ProspectStatus.ACTIVE)
    await stores.prospects.add_if_new([waiting, active])

    await stores.prospects.set_status(
        ACME, [waiting.id, active.id], ProspectStatus.STOPPED, was=ProspectStatus.WAITING
    )

    found = {p.id: p.status for p in await stores.prospects.of_sequence(ACME, "s1")}
    assert found == {waiting.id: ProspectStatus.STOPPED, active.id: ProspectStatus.ACTIVE}
