"""What it costs to know who asks, and whether the API keeps its own document."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping

from bench.house import a_folder, a_house
from bench.measuring import Measure, Measured
from bench.operations import Counting
from bench.processes import qrev
from tests.conformance import an_owners_key, conformance

CHECK_TARGET = 1.0  # milliseconds, at the median
CHECKS = 1000
EXAMPLES = 20


def token_check_ms(*, checks: int = CHECKS) -> Measured:
    """Check an access token, again and again: a signature and one indexed read."""
    return asyncio.run(_checked(checks))


async def _checked(checks: int) -> Measured:
    listener = Counting()
    async with a_house([listener]) as house:
        sessions = house.services.sessions
        begun = await house.services.sign_in.local("alice@acme.test", "Alice")
        for _ in range(20):
            await sessions.check(begun.tokens.access)
        listener.counts.clear()
        taken = []
        for _ in range(checks):
            began = time.perf_counter()
            await sessions.check(begun.tokens.access)
            taken.append(1000 * (time.perf_counter() - began))
        reads = listener.counts.total() / checks
    value = statistics.median(taken)
    return Measured(
        value=value,
        unit="ms",
        target=CHECK_TARGET,
        is_ok=value < CHECK_TARGET and reads <= 1,
        more={
            "p95": round(statistics.quantiles(taken, n=20)[-1], 3),
            "checks": checks,
            "reads_per_check": round(reads, 3),
        },
    )


def schemathesis_failures(*, examples: int = EXAMPLES) -> Measured:
    """Run schemathesis over the whole document: no 5xx, no status that is not in it."""
    with a_folder() as folder, qrev() as process:
        found = conformance(process.base, an_owners_key(process.base), folder, examples=examples)
    return Measured(
        value=len(found.failures),
        unit="failures",
        target=0,
        is_ok=not found.failures and found.operations > 0,
        more={
            "operations": found.operations,
            "cases": found.cases,
            "failures": found.failures[:10],
        },
    )


ACCOUNTS: Mapping[str, Measure] = {
    "token_check_ms": token_check_ms,
    "schemathesis_failures": schemathesis_failures,
}
