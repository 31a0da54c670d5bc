"""A plain turn, from the words sent to the answer shown, against the least that Chainlit takes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping

from bench import processes
from bench.measuring import Measured, rounded
from bench.wire import Tab, a_tab

TARGET = 1.5  # times the floor
WORDS = "/help"
ROUNDS = 22
TURNS = 10  # of each, every round
EVERY = 0.1  # seconds between the turns of a tab
WARMING = 20
FORM = {"email": "alice@acme.test", "name": "Alice", "timezone": "UTC"}


def turn_vs_echo() -> Measured:
    """Take turns at both, round by round, so that whatever else runs here disturbs both alike."""
    with processes.echo() as floor, processes.qrev() as house:
        ours, theirs = asyncio.run(_measured(house.base, floor))
    value = statistics.median(ours) / statistics.median(theirs)
    return Measured(
        value=value,
        unit="times the echo floor",
        target=TARGET,
        is_ok=value <= TARGET,
        more={"turns_of_each": len(ours), **_told("qrev", ours), **_told("echo", theirs)},
    )


async def _measured(house: str, floor: str) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    theirs: list[float] = []
    async with a_tab(house, form=FORM) as here, a_tab(floor) as there:
        for tab in (here, there):
            await _turns(tab, WARMING)
        for number in range(ROUNDS):
            pairs = ((here, ours), (there, theirs))
            for tab, times in pairs if number % 2 else reversed(pairs):
                times += await _turns(tab, TURNS)
    return ours, theirs


async def _turns(tab: Tab, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        times.append(await tab.turn(WORDS))
        await asyncio.sleep(max(0.0, began + EVERY - time.perf_counter()))
    return times


def _told(whose: str, times: list[float]) -> Mapping[str, float]:
    return {
        f"{whose}_p50_ms": rounded(1000 * statistics.median(times)),
        f"{whose}_p95_ms": rounded(1000 * statistics.quantiles(times, n=20)[-1]),
    }
