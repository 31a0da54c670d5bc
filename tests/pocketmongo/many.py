"""Many clients at once, and waiting for real processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY = 0.05  # seconds


def at_once(work: Callable[[int], T], *, times: int) -> list[T]:
    """Run `work(0)`, `work(1)`, … at the same time; return their answers, raise what they raise."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


def eventually(look: Callable[[], T], *, within: float = 20) -> T:
    """Return the first true answer of `look`. Raises AssertionError after `within` seconds."""
    end = time.monotonic() + within
    answer = look()
    while not answer:
        assert time.monotonic() < end, f"still {answer!r} after {within} s"
        time.sleep(LOOK_EVERY)
        answer = look()
    return answer
