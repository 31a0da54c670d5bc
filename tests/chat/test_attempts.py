"""A sign-in that was begun: for one browser, once, for ten minutes."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.chat.attempts import Attempt, Attempts, NoAttempt, Why, browser_of
from qrev.integrations.google.sign_in import new_secrets
from qrev.kit.mongo import Document
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
MINE, ANOTHER = browser_of(None), browser_of(None)


async def begun(attempts: Attempts) -> Attempt:
    attempt = Attempt(made=new_secrets(), wanted="/thread/1", timezone="Europe/Berlin")
    await attempts.keep(attempt, MINE)
    return attempt


async def refused(attempts: Attempts, state: str, browser: str) -> Why:
    with pytest.raises(NoAttempt) as raised:
        await attempts.take(state, browser)
    return raised.value.why


async def test_it_comes_back_as_it_was_begun(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    attempts = Attempts(mongo, clock)
    attempt = await begun(attempts)

    assert await attempts.take(attempt.made.state, MINE) == attempt


async def test_it_works_once(mongo: AsyncDatabase[Document], clock: FakeClock) -> None:
    attempts = Attempts(mongo, clock)
    attempt = await begun(attempts)
    await attempts.take(attempt.made.state, MINE)

    assert await refused(attempts, attempt.made.state, MINE) is Why.REPLAYED


async def test_of_two_at_once_one_gets_it(mongo: AsyncDatabase[Document], clock: FakeClock) -> None:
    attempts = Attempts(mongo, clock)
    attempt = await begun(attempts)

    answers = await asyncio.gather(
        *(attempts.take(attempt.made.state, MINE) for _ in range(8)), return_exceptions=True
    )

    assert answers.count(attempt) == 1
    assert sum(isinstance(answer, NoAttempt) for answer in answers) == 7


async def test_another_browser_does_not_get_it_and_does_not_spoil_it(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    attempts = Attempts(mongo, clock)
    attempt = await begun(attempts)

    assert await refused(attempts, attempt.made.state, ANOTHER) is Why.FOREIGN
    assert await refused(attempts, attempt.made.state, "") is Why.FOREIGN
    assert await attempts.take(attempt.made.state, MINE) == attempt


async def test_after_ten_minutes_it_is_over(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    attempts = Attempts(mongo, clock)
    attempt = await begun(attempts)

    clock.advance(minutes=10)

    assert await refused(attempts, attempt.made.state, MINE) is Why.EXPIRED


@pytest.mark.parametrize("state", ["", "made-up", "x" * 100_000])
async def test_a_made_up_state_is_unknown(
    mongo: AsyncDatabase[Document], clock: FakeClock, state: str
) -> None:
    attempts = Attempts(mongo, clock)
    await begun(attempts)

    assert await refused(attempts, state, MINE) is Why.UNKNOWN


async def test_neither_state_nor_browser_can_be_read_from_the_database(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    attempt = await begun(Attempts(mongo, clock))

    kept = str([document async for document in mongo["sign_ins"].find()])

    assert attempt.made.state not in kept
    assert MINE not in kept


def test_a_browser_keeps_its_secret_so_that_two_tabs_can_sign_in() -> None:
    assert browser_of(MINE) == MINE
    for made_up in (None, "", "x", "é" * 43, "x" * 4000):
        assert browser_of(made_up) not in (made_up, MINE)
