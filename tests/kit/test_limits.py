"""What may be tried only so often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.errors import TooMany
from qrev.kit.limits import Limit, Limits, network_of
from qrev.kit.mongo import Document
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
THRICE = Limit(3, timedelta(minutes=10))


async def tries(limits: Limits, whose: str, count: int, deed: str = "sign in") -> None:
    for _ in range(count):
        await limits.count(deed, whose, THRICE)


async def test_one_try_too_many_says_when_to_come_again(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    limits = Limits(mongo, clock)
    clock.advance(minutes=4)
    await tries(limits, "10.0.0.1", 3)

    with pytest.raises(TooMany) as raised:
        await limits.count("sign in", "10.0.0.1", THRICE)

    assert raised.value.retry_after == timedelta(minutes=6)


async def test_the_next_window_begins_at_zero(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    limits = Limits(mongo, clock)
    await tries(limits, "10.0.0.1", 3)

    clock.advance(minutes=10)

    await tries(limits, "10.0.0.1", 3)


async def test_others_and_other_deeds_are_counted_apart(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    limits = Limits(mongo, clock)
    await tries(limits, "10.0.0.1", 3)

    await tries(limits, "10.0.0.2", 3)
    await tries(limits, "10.0.0.1", 3, deed="refresh")


async def test_of_many_at_once_exactly_as_many_as_may_get_through(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    doors = [Limits(mongo, clock), Limits(mongo, clock)]

    answers = await asyncio.gather(
        *(doors[n % 2].count("sign in", "10.0.0.1", THRICE) for n in range(20)),
        return_exceptions=True,
    )

    assert answers.count(None) == 3
    assert sum(isinstance(answer, TooMany) for answer in answers) == 17


async def test_nobodys_address_is_kept(mongo: AsyncDatabase[Document], clock: FakeClock) -> None:
    await tries(Limits(mongo, clock), "203.0.113.77", 1)

    kept = [document async for document in mongo["tries"].find()]

    assert len(kept) == 1
    assert "203.0.113.77" not in str(kept)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_address_counts_as_what_one_person_commands(address: str, network: str) -> None:
    assert network_of(address) == network
