"""Bringing in lists: read, looked at and written to the embedded database over its socket."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psutil
from pymongo.asynchronous.database import AsyncDatabase

from bench.house import House, a_house
from bench.measuring import Measured, rounded
from bench.world import a_list, write_list
from qrev.accounts.models import AccountId, Actor
from qrev.crm.finding import keys_of
from qrev.crm.imports import Import
from qrev.crm.models import Person
from qrev.crm.store import PEOPLE_INDEXES
from qrev.kit.mongo import Document, Indexes, batches, ensure_indexes
from tests.bringing import bring_in

TARGET = 6.0  # seconds
NEW_100K, KNOWN_100K, RATIO = 20.0, 12.0, 1.6
RSS_1M = 400.0  # MB above idle
MB = 1e6
WATCHED = 0.05  # seconds between two looks at the memory
RAW = "raw_people"


def import_10k_s(*, people: int = 10_000) -> Measured:
    """Keep and import a list of 10,000 people nobody knows yet."""
    return asyncio.run(_small(people))


def import_100k_s() -> Measured:
    """As a member waits for it, from the drop of 100,000 new people to the summary."""
    new, _, _ = _both(100_000)
    return _told(new, NEW_100K)


def import_100k_known_s() -> Measured:
    """The same file again: everybody is known, and nothing changes."""
    _, known, _ = _both(100_000)
    return _told(known, KNOWN_100K)


def import_100k_vs_raw() -> Measured:
    """Against reading the same file and inserting its rows as they are, in the same run.

    The rows go into a collection with the indexes of people, with what they are found by there:
    without those nobody finds anyone, and most of an insert is their entries.
    """
    (seconds, made), _, raw = _both(100_000)
    value = seconds / raw
    return Measured(
        value=value,
        unit="times",
        target=RATIO,
        is_ok=value <= RATIO and made.tally.new == made.tally.rows,
        more={"import_s": rounded(seconds), "raw_s": rounded(raw)},
    )


def import_1m_rss_mb(*, people: int = 1_000_000) -> Measured:
    """What a list of a million adds to the memory of the process that brings it in."""
    return asyncio.run(_weighed(people))


async def _small(people: int) -> Measured:
    data = a_list(people)
    async with a_house() as house:
        seconds, made = await _brought(house, await _alice(house), data)
    return _told((seconds, made), TARGET)


def _told(done: tuple[float, Import], target: float) -> Measured:
    seconds, made = done
    tally = made.tally
    return Measured(
        value=seconds,
        unit="s",
        target=target,
        is_ok=seconds < target and tally.new + tally.known == tally.rows,
        more={
            "new": tally.new,
            "known": tally.known,
            "companies": tally.companies,
            "refused": tally.refused,
        },
    )


@cache
def _both(people: int) -> tuple[tuple[float, Import], tuple[float, Import], float]:
    """Return what it took for new people, for the same again, and for their raw rows."""
    return asyncio.run(_measured(people))


async def _measured(
    people: int,
) -> tuple[tuple[float, Import], tuple[float, Import], float]:
    data = a_list(people)
    async with a_house() as house:
        actor = await _alice(house)
        raw = await _raw(house.database, data)
        new = await _brought(house, actor, data)
        known = await _brought(house, actor, data)
    return new, known, raw


async def _alice(house: House) -> Actor:
    return await house.services.accounts.sign_in("alice@acme.test", "Alice")


async def _brought(house: House, actor: Actor, data: bytes) -> tuple[float, Import]:
    began = time.perf_counter()
    made = await bring_in(house.services, actor, data)
    return time.perf_counter() - began, made


async def _raw(database: AsyncDatabase[Document], data: bytes) -> float:
    """Return the seconds it takes to read a file and insert its rows, in unordered thousands."""
    await ensure_indexes(database, [Indexes(RAW, PEOPLE_INDEXES.models)])
    began = time.perf_counter()
    rows = csv.DictReader(io.StringIO(data.decode()))
    for batch in batches(map(_found_by, rows)):
        await database[RAW].insert_many(batch, ordered=False)
    taken = time.perf_counter() - began
    await database[RAW].drop()
    return taken


def _found_by(row: dict[str, str]) -> Document:
    """Return a row as it is, with what people are found by."""
    person = Person(
        id=row["email"],
        account_id=AccountId("raw"),
        email=row["email"],
        name=row["name"],
        company_name=row["company_name"],
        job_title=row["job_title"],
        country=row["country"],
    )
    company = {"account_id": "raw", "company_id": row["company_url"]}
    return {"_id": row["email"], **row, **company, **keys_of(person, ["raw"])}


async def _weighed(people: int) -> Measured:
    with tempfile.TemporaryFile() as file:
        write_list(people, file)
        async with a_house() as house:
            actor = await _alice(house)
            await bring_in(house.services, actor, a_list(1000))
            idle = psutil.Process().memory_info().rss
            began = time.perf_counter()
            with _watched() as seen:
                made = await bring_in(house.services, actor, file)
            seconds = time.perf_counter() - began
    value = (max(seen) - idle) / MB
    half = (max(seen[: len(seen) // 2]) - idle) / MB
    return Measured(
        value=value,
        unit="MB",
        target=RSS_1M,
        is_ok=value < RSS_1M and made.tally.rows == people,
        more={
            "idle_mb": rounded(idle / MB),
            "at_half_mb": rounded(half),
            "rows": made.tally.rows,
            "seconds": rounded(seconds),
        },
    )


@contextmanager
def _watched() -> Iterator[list[int]]:
    """Look at the memory of this process all the while."""
    process, over, seen = psutil.Process(), threading.Event(), [0]

    def look() -> None:
        while not over.wait(WATCHED):
            seen.append(process.memory_info().rss)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
