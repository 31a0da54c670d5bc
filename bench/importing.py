"""Bringing in a list: read, checked, and written to the embedded database over its socket."""

from __future__ import annotations

import asyncio
import time

from bench.house import a_house
from bench.measuring import Measured
from bench.world import a_list
from tests.bringing import bring_in

TARGET = 6.0  # seconds


def import_10k_s(*, people: int = 10_000) -> Measured:
    """Keep and import a list of 10,000 people nobody knows yet."""
    return asyncio.run(_measured(people))


async def _measured(people: int) -> Measured:
    data = a_list(people)
    async with a_house() as house:
        actor = await house.services.accounts.sign_in("alice@acme.test", "Alice")
        began = time.perf_counter()
        made = await bring_in(house.services, actor, data)
        value = time.perf_counter() - began
    return Measured(
        value=value,
        unit="s",
        target=TARGET,
        is_ok=value < TARGET and made.tally.new == people,
        more={
            "people": made.tally.new,
            "companies": made.tally.companies,
            "refused": made.tally.refused,
            "file_mb": round(len(data) / 1e6, 2),
        },
    )
