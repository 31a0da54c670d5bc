"""What every Lateness promises: the ledger as the sweeps see it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.campaigns.models import MessageStatus
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

NOW = TUESDAY_10AM
PLANNED, HELD = MessageStatus.PLANNED, MessageStatus.HELD


async def test_what_is_open_and_past_its_minute_is_late_the_oldest_first(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message("second", send_at=NOW - MINUTE),
            a_message("first", send_at=NOW - DAY, status=HELD),
            a_message("third", account_id=OTHER),
            a_message("not yet", send_at=NOW + MINUTE),
            a_message("held", held_until=NOW + MINUTE),
            a_message("claimed", status=MessageStatus.CLAIMED),
            a_message("sent", status=MessageStatus.SENT),
        ]
    )

    late = await stores.lateness.late(before=NOW, now=NOW, limit=9)

    assert [m.person_id for m in late] == ["first", "second", "third"]
    assert len(await stores.lateness.late(before=NOW, now=NOW, limit=2)) == 2


async def test_what_was_put_back_soon_after_its_hold_is_late_at_once(stores: Stores) -> None:
    """Nobody claims it any more: until it is late it would lie there."""
    await stores.messages.add_planned([a_message(send_at=NOW - DAY, held_until=NOW - MINUTE)])

    assert len(await stores.lateness.late(before=NOW - 10 * MINUTE, now=NOW, limit=9)) == 1


async def test_what_is_open_of_a_person_comes_step_by_step(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(step=3, status=HELD),
            a_message(step=2),
            a_message(step=1, status=MessageStatus.SENT),
            a_message("ann", step=1),
            a_message("cy", step=1),
        ]
    )

    open_of = await stores.lateness.open_of(ACME, ["s1:bob", "s1:ann", "s1:nobody"])

    assert [m.id for m in open_of] == ["s1:ann:1", "s1:bob:2", "s1:bob:3"]


async def test_a_moved_message_has_its_new_minute_and_says_why(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(status=HELD)])

    is_moved = await stores.lateness.move(
        a_message(status=HELD), send_at=NOW + DAY, because="planned anew", at=NOW
    )

    assert is_moved is True
    moved = await stores.messages.get(ACME, "s1:bob:1")
    assert moved is not None
    line = moved.ledger[-1]
    assert (line.kind, line.at, line.note) == ("moved", NOW, "planned anew")
    assert replace(moved, ledger=a_message().ledger) == a_message(
        send_at=NOW + DAY, because="planned anew"
    )


@pytest.mark.parametrize(
    "meanwhile", [{"send_at": NOW + MINUTE}, {"status": MessageStatus.CLAIMED}]
)
async def test_a_message_that_changed_meanwhile_is_not_moved(
    stores: Stores, meanwhile: dict[str, object]
) -> None:
    changed = replace(a_message(), **meanwhile)  # type: ignore[arg-type]
    await stores.messages.add_planned([changed])

    assert not await stores.lateness.move(
        a_message(), send_at=NOW + DAY, because="planned anew", at=NOW
    )

    assert await stores.messages.get(ACME, changed.id) == changed


async def test_of_sweeps_that_move_a_message_at_once_one_does(stores: Stores) -> None:
    await stores.messages.add_planned([a_message()])

    moves = await asyncio.gather(
        *(
            stores.lateness.move(
                a_message(), send_at=NOW + (n + 1) * DAY, because="planned anew", at=NOW
            )
            for n in range(8)
        )
    )

    assert moves.count(True) == 1


async def test_sequences_with_anything_left_to_send_are_not_finished(stores: Stores) -> None:
    for status in MessageStatus:
        await stores.messages.add_planned(
            [a_message(status.value, sequence_id=status.value, status=status)]
        )
    await stores.messages.add_planned([a_message("x", sequence_id="not asked")])

    left = await stores.lateness.with_open(ACME, [*MessageStatus, "nothing"])

    assert left == {"planned", "held", "claimed", "sending"}
