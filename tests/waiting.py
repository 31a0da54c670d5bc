"""Waiting for real processes. For our own time there is FakeClock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY = 0.05  # seconds


async def eventually(look: Callable[[], Awaitable[T]], *, within: float = 20) -> T:
    """Return the first true answer of `look`. Raises AssertionError after `within` seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    answer = await look()
    while not answer:
        assert loop.time() < end, f"still {answer!r} after {within} s"
        await asyncio.sleep(LOOK_EVERY)
        answer = await look()
    return answer
