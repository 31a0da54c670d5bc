"""What every ProposalBook and PlanningLease promise."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.campaigns.models import ProposalState
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE, a_proposal
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

OPEN, CONFIRMED, APPLIED = ProposalState.OPEN, ProposalState.CONFIRMED, ProposalState.APPLIED
SOON = TUESDAY_10AM + MINUTE
LATER = TUESDAY_10AM + 2 * MINUTE


async def confirm(stores: Stores, key: str = "p1", *, hash: str = "h1") -> bool:
    return await stores.proposals.move(
        ACME, key, before=OPEN, after=CONFIRMED, hash=hash, at=SOON, by=ALICE
    )


async def test_a_proposal_comes_back_as_it_was_given(stores: Stores) -> None:
    proposal = a_proposal(seed=2**40)

    await stores.proposals.add(proposal)

    assert await stores.proposals.get(ACME, "p1") == proposal


async def test_what_came_of_planning_is_written_once(stores: Stores) -> None:
    await stores.proposals.add(a_proposal(hash="", people=0, messages=0))

    filled = await asyncio.gather(
        *(
            stores.proposals.fill(ACME, "p1", hash=f"h{n}", people=n, messages=2 * n)
            for n in range(1, 5)
        )
    )

    assert filled.count(True) == 1
    n = filled.index(True) + 1
    assert await stores.proposals.get(ACME, "p1") == a_proposal(
        hash=f"h{n}", people=n, messages=2 * n
    )
    assert await stores.proposals.fill(OTHER, "p1", hash="h", people=1, messages=1) is False


async def test_a_confirmed_proposal_says_when_and_by_whom(stores: Stores) -> None:
    await stores.proposals.add(a_proposal())

    assert await confirm(stores) is True

    confirmed = a_proposal(state=CONFIRMED, confirmed_at=SOON, confirmed_by=ALICE)
    assert await stores.proposals.get(ACME, "p1") == confirmed


async def test_a_proposal_is_confirmed_only_as_it_was_shown(stores: Stores) -> None:
    await stores.proposals.add(a_proposal())

    assert await confirm(stores, hash="another") is False

    assert await stores.proposals.get(ACME, "p1") == a_proposal()


async def test_of_many_presses_at_once_one_confirms(stores: Stores) -> None:
    await stores.proposals.add(a_proposal())

    presses = await asyncio.gather(*(confirm(stores) for _ in range(8)))

    assert presses.count(True) == 1


async def test_a_proposal_moves_only_from_the_state_it_is_in(stores: Stores) -> None:
    await stores.proposals.add(a_proposal())

    assert not await stores.proposals.move(ACME, "p1", before=CONFIRMED, after=APPLIED)
    assert await confirm(stores)
    assert not await confirm(stores)
    assert await stores.proposals.move(ACME, "p1", before=CONFIRMED, after=APPLIED)

    moved = await stores.proposals.get(ACME, "p1")
    assert moved == a_proposal(state=APPLIED, confirmed_at=SOON, confirmed_by=ALICE)


async def test_a_proposal_says_what_replaced_it(stores: Stores) -> None:
    await stores.proposals.add(a_proposal())

    await stores.proposals.move(ACME, "p1", before=OPEN, after=ProposalState.VOID, replaced_by="p2")

    replaced = a_proposal(state=ProposalState.VOID, replaced_by="p2")
    assert await stores.proposals.get(ACME, "p1") == replaced


async def test_the_sweep_sees_what_was_pressed_long_ago_and_not_written(stores: Stores) -> None:
    pressed = a_proposal(state=CONFIRMED, confirmed_at=SOON)
    foreign = replace(pressed, id="p2", account_id=OTHER)
    just_now = replace(pressed, id="p3", confirmed_at=LATER)
    written = replace(pressed, id="p4", state=APPLIED)
    for each in (pressed, foreign, just_now, written, a_proposal("p5")):
        await stores.proposals.add(each)

    interrupted = await stores.proposals.confirmed_before(LATER)

    assert sorted(p.id for p in interrupted) == ["p1", "p2"]


async def test_a_sequences_proposals_come_newest_first(stores: Stores) -> None:
    for n in (1, 3, 2):
        await stores.proposals.add(a_proposal(f"p{n}", created_at=TUESDAY_10AM + n * MINUTE))
    await stores.proposals.add(a_proposal("x", sequence_id="s2"))

    assert [p.id for p in await stores.proposals.of_sequence(ACME, "s1")] == ["p3", "p2", "p1"]


async def test_one_plans_at_a_time(stores: Stores) -> None:
    taken = await asyncio.gather(
        *(stores.lease.take(ACME, at=TUESDAY_10AM, until=SOON) for _ in range(8))
    )

    assert sorted(taken, key=str) == [1, *[None] * 7]


async def test_a_lease_that_is_over_goes_to_the_next_who_is_told_apart(stores: Stores) -> None:
    first = await stores.lease.take(ACME, at=TUESDAY_10AM, until=SOON)
    too_early = await stores.lease.take(ACME, at=TUESDAY_10AM, until=LATER)
    second = await stores.lease.take(ACME, at=SOON, until=LATER)

    assert (first, too_early, second) == (1, None, 2)
    assert await stores.lease.still_mine(ACME, 1) is False
    assert await stores.lease.still_mine(ACME, 2) is True


async def test_of_those_who_wait_for_a_lease_one_gets_it_when_it_is_over(stores: Stores) -> None:
    await stores.lease.take(ACME, at=TUESDAY_10AM, until=SOON)

    taken = await asyncio.gather(*(stores.lease.take(ACME, at=SOON, until=LATER) for _ in range(8)))

    assert sorted(taken, key=str) == [2, *[None] * 7]


async def test_a_lease_given_back_is_free_at_once(stores: Stores) -> None:
    await stores.lease.take(ACME, at=TUESDAY_10AM, until=LATER)

    await stores.lease.give_back(ACME, 1)

    assert await stores.lease.take(ACME, at=SOON, until=LATER) == 2


async def test_who_lost_a_lease_cannot_give_the_next_ones_back(stores: Stores) -> None:
    await stores.lease.take(ACME, at=TUESDAY_10AM, until=SOON)
    await stores.lease.take(ACME, at=SOON, until=LATER)

    await stores.lease.give_back(ACME, 1)

    assert await stores.lease.take(ACME, at=SOON, until=LATER) is None
    assert await stores.lease.still_mine(ACME, 2) is True


async def test_every_account_has_its_own_lease(stores: Stores) -> None:
    assert await stores.lease.take(ACME, at=TUESDAY_10AM, until=SOON) == 1
    assert await stores.lease.take(OTHER, at=TUESDAY_10AM, until=SOON) == 1
