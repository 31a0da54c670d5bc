"""What every SequenceBook promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.campaigns.models import SequenceStatus
from qrev.kit.errors import Conflict
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import MINUTE, a_sequence
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_a_sequence_is_new_once_and_stays_as_it_came(stores: Stores) -> None:
    assert await stores.sequences.add_if_new(a_sequence()) is True
    assert await stores.sequences.add_if_new(a_sequence(name="Other")) is False

    assert await stores.sequences.get(ACME, "s1") == a_sequence()
    assert await stores.sequences.by_dropbox_id("ai-s1") == a_sequence()
    assert await stores.sequences.by_dropbox_id("ai-s2") is None


async def test_of_those_who_make_a_sequence_at_once_one_makes_it(stores: Stores) -> None:
    were_new = await asyncio.gather(*(stores.sequences.add_if_new(a_sequence()) for _ in range(8)))

    assert were_new.count(True) == 1


async def test_the_ai_servers_names_for_the_steps_are_kept(stores: Stores) -> None:
    named = a_sequence(step_ids=("a", "7"))
    await stores.sequences.add_if_new(named)

    assert await stores.sequences.get(ACME, named.id) == named


async def test_a_drop_box_belongs_to_one_account(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence())

    with pytest.raises(Conflict):
        await stores.sequences.add_if_new(a_sequence("s2", account_id=OTHER, dropbox_id="ai-s1"))

    found = await stores.sequences.by_dropbox_id("ai-s1")
    assert found is not None
    assert found.account_id == ACME
    assert await stores.sequences.get(OTHER, "s2") is None


async def test_the_sweeps_see_every_account(stores: Stores) -> None:
    active = {"status": SequenceStatus.ACTIVE}
    await stores.sequences.add_if_new(a_sequence("s1", **active, is_drafting=False))
    await stores.sequences.add_if_new(a_sequence("s2", account_id=OTHER, **active))
    await stores.sequences.add_if_new(a_sequence("s3"))

    assert {s.id for s in await stores.sequences.active()} == {"s1", "s2"}
    assert {s.id for s in await stores.sequences.drafting()} == {"s2", "s3"}


async def test_pages_show_the_newest_first_and_each_once(stores: Stores) -> None:
    for n in range(7):
        at = TUESDAY_10AM + n // 4 * MINUTE  # four of one moment: a page ends among them
        await stores.sequences.add_if_new(a_sequence(f"s{n}", created_at=at))
    await stores.sequences.add_if_new(a_sequence("x", account_id=OTHER))

    seen = await stores.sequences.page(ACME, before=None, limit=3)
    while page := await stores.sequences.page(
        ACME, before=(seen[-1].created_at, seen[-1].id), limit=3
    ):
        seen += page

    assert [s.id for s in seen] == ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]


async def test_a_change_writes_what_is_given_and_nothing_else(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence())

    is_changed = await stores.sequences.change(ACME, "s1", people=0, is_enrolled=True)

    assert is_changed is True
    assert await stores.sequences.get(ACME, "s1") == a_sequence(is_enrolled=True)
    assert await stores.sequences.change(ACME, "s1", is_drafting=False) is True
    assert await stores.sequences.drafting() == []


async def test_a_change_to_what_is_already_so_is_none(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence())

    assert await stores.sequences.change(ACME, "s1", is_drafting=True) is False
    assert await stores.sequences.change(ACME, "s1") is False


async def test_a_change_happens_only_from_the_status_it_was_meant_for(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence(status=SequenceStatus.PAUSED))

    is_changed = await stores.sequences.change(
        ACME, "s1", was=SequenceStatus.ACTIVE, status=SequenceStatus.FINISHED
    )

    assert is_changed is False
    assert await stores.sequences.get(ACME, "s1") == a_sequence(status=SequenceStatus.PAUSED)


async def test_of_those_who_finish_a_sequence_at_once_one_does(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence(status=SequenceStatus.ACTIVE))

    changed = await asyncio.gather(
        *(
            stores.sequences.change(
                ACME, "s1", was=SequenceStatus.ACTIVE, status=SequenceStatus.FINISHED
            )
            for _ in range(8)
        )
    )

    assert changed.count(True) == 1
