"""The embedded database against the experiment it was rebuilt from.

What the experiment did lies in baseline/pocketmongo.json: operations in the processor time, the
server's and the client's together, of one calibration. The calibration is run around every
round, so that neither a slower machine nor a busy moment makes a difference.

`python -m bench.pocketmongo FOLDER` measures the package in a folder and prints such a baseline.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from pymongo import ReturnDocument, UpdateOne
from pymongo.collection import Collection

from bench.calibration import calibration_s
from bench.measuring import Measure, Measured, rounded
from tests.pocketmongo.running import ROOT, Client, Document, Server, a_client, a_folder

BASELINE = Path(__file__).parent / "baseline" / "pocketmongo.json"
AT_LEAST = 0.9  # of the experiment's rate
START_WITHIN = 0.4  # seconds
ROUNDS = 7
STARTS = 5
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rate:
    """How much one kind of work gets done."""

    per_calibration: float
    per_s: float
    server_mb: float


@dataclass(frozen=True)
class Bench:
    """A running server and a client of it."""

    server: Server
    client: Client

    @property
    def things(self) -> Collection[Document]:
        return self.client["bench"]["things"]

    def rate(self, operations: int, work: Callable[[int], object]) -> Rate:
        """Run `work` some rounds, each with its own number, and return the middle one.

        The memory is that after the last one: it grows with what was done before.
        """
        rounds = [self._round(operations, work, number) for number in range(ROUNDS)]
        middle = sorted(rounds, key=lambda rate: rate.per_calibration)[ROUNDS // 2]
        return replace(middle, server_mb=rounds[-1].server_mb)

    def _round(self, operations: int, work: Callable[[int], object], number: int) -> Rate:
        calibration = calibration_s()
        processor, clock = self._processor_s(), time.perf_counter()
        work(number)
        took, passed = self._processor_s() - processor, time.perf_counter() - clock
        calibration = (calibration + calibration_s()) / 2
        return Rate(operations * calibration / took, operations / passed, self.server.memory / 1e6)

    def _processor_s(self) -> float:
        times = psutil.Process(self.server.process.pid).cpu_times()
        return float(times.user + times.system) + time.process_time()


@contextmanager
def a_bench(root: Path) -> Iterator[Bench]:
    """Yield the database of one tree over an empty file."""
    with a_folder() as folder:
        server = Server(folder, PYTHONPATH=str(root))
        server.start()
        try:
            with a_client(server) as client:
                yield Bench(server, client)
        finally:
            server.stop()


def a_contact(number: int) -> Document:
    """A document of about 1 kB."""
    return {
        "_id": number,
        "account": number % 20,
        "email": f"user{number}@example{number % 997}.test",
        "first": "Ann",
        "last": f"L{number}",
        "campaign": number % 50,
        "score": number % 101,
        "at": SINCE + timedelta(seconds=number),
        "state": "new",
        "tags": ["a", "b"],
        "notes": "x" * 780,
    }


def load(bench: Bench, many: int) -> None:
    bench.things.create_index("email", unique=True)
    for start in range(0, many, 10_000):
        bench.things.insert_many(a_contact(n) for n in range(start, min(many, start + 10_000)))


def insert(bench: Bench) -> list[Rate]:
    def work(number: int) -> None:
        start = number * 10_000
        bench.things.insert_many(a_contact(n) for n in range(start, start + 10_000))

    return [bench.rate(10_000, work)]


def find(bench: Bench) -> list[Rate]:
    load(bench, 20_000)

    def work(number: int) -> None:
        for step in range(1500):
            place = (step * 7919 + number) % 20_000
            assert bench.things.find_one({"email": a_contact(place)["email"]}) is not None

    return [bench.rate(1500, work)]


def update(bench: Bench) -> list[Rate]:
    load(bench, 20_000)

    def work(number: int) -> None:
        change = {"$set": {"state": f"s{number}"}, "$inc": {"score": 1}}
        for step in range(1500):
            place = (step * 7919 + number) % 20_000
            query = {"email": a_contact(place)["email"]}
            assert bench.things.update_one(query, change).modified_count == 1

    return [bench.rate(1500, work)]


def claim(bench: Bench) -> list[Rate]:
    """One client, then eight at once."""
    bench.things.create_index([("state", 1), ("due", 1)])
    bench.things.insert_many(
        {"_id": n, "state": "queued", "due": SINCE + timedelta(seconds=n % 500), "t": "x" * 200}
        for n in range(ROUNDS * 1600)
    )

    def claim_some(many: int) -> None:
        for _ in range(many):
            assert bench.things.find_one_and_update(
                {"state": "queued", "due": {"$lte": SINCE + timedelta(days=1)}},
                {"$set": {"state": "running"}, "$inc": {"attempts": 1}},
                sort=[("due", 1)],
                return_document=ReturnDocument.AFTER,
            )

    def eight_at_once(number: int) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(claim_some, [100] * 8))

    return [bench.rate(800, lambda _: claim_some(800)), bench.rate(800, eight_at_once)]


def bulk_upsert(bench: Bench) -> list[Rate]:
    """Contacts that are new, then the same ones again."""
    bench.things.create_index([("account", 1), ("email", 1)], unique=True)

    def write(first: int, version: int) -> None:
        bench.things.bulk_write(
            [
                UpdateOne(
                    {"account": n % 5, "email": f"c{n}@x.test"},
                    {
                        "$set": {"name": f"n{n}", "v": version, "pad": "y" * 300},
                        "$setOnInsert": {"created_at": SINCE},
                    },
                    upsert=True,
                )
                for n in range(first, first + 5000)
            ],
            ordered=False,
        )

    new = bench.rate(5000, lambda number: write(number * 5000, 0))
    return [new, bench.rate(5000, lambda number: write(0, number + 1))]


def group(bench: Bench) -> list[Rate]:
    load(bench, 30_000)
    by_campaign = {"_id": "$campaign", "n": {"$sum": 1}, "s": {"$sum": "$score"}}

    def work(number: int) -> None:
        assert len(list(bench.things.aggregate([{"$group": by_campaign}]))) == 50

    return [bench.rate(30_000, work)]


WORK: Mapping[str, Callable[[Bench], list[Rate]]] = {
    "pm_insert_ratio": insert,
    "pm_find_ratio": find,
    "pm_update_ratio": update,
    "pm_claim_ratio": claim,
    "pm_bulk_upsert_ratio": bulk_upsert,
    "pm_group_ratio": group,
}


def measured(name: str, root: Path = ROOT) -> list[Rate]:
    with a_bench(root) as bench:
        return WORK[name](bench)


def ratio(name: str) -> Measured:
    """Compare this tree with the experiment; of two kinds of work, the worse one counts."""
    baseline = json.loads(BASELINE.read_text())
    rates = measured(name)
    before = baseline["figures"][name]
    ratios = [
        rate.per_calibration / old["per_calibration"]
        for rate, old in zip(rates, before, strict=True)
    ]
    return Measured(
        value=min(ratios),
        unit="of the experiment's rate",
        target=AT_LEAST,
        is_ok=min(ratios) >= AT_LEAST,
        more={
            "ratios": [rounded(each) for each in ratios],
            "per_s": [round(rate.per_s) for rate in rates],
            "server_mb": [round(rate.server_mb) for rate in rates],
            "experiments_server_mb": [round(old["server_mb"]) for old in before],
            "calibration_s": rounded(calibration_s()),
        },
    )


def pm_start_s() -> Measured:
    """Start on an empty folder until the ready line: the middle one of five."""
    runs = [_start_s(ROOT) for _ in range(STARTS)]
    value = statistics.median(runs)
    return Measured(
        value=value,
        unit="s",
        target=START_WITHIN,
        is_ok=value < START_WITHIN,
        more={"runs_s": [rounded(run) for run in runs]},
    )


def _start_s(root: Path) -> float:
    with a_folder() as folder:
        server = Server(folder, PYTHONPATH=str(root))
        began = time.perf_counter()
        server.start()
        took = time.perf_counter() - began
        server.stop()
    return took


def _measure(name: str) -> Measure:
    return lambda: ratio(name)


POCKETMONGO: Mapping[str, Measure] = {
    **{name: _measure(name) for name in WORK},
    "pm_start_s": pm_start_s,
}


def baseline_of(root: Path) -> dict[str, Any]:
    """Measure the package in a folder as the one others are compared with."""
    return {
        "calibration_s": rounded(calibration_s()),
        "figures": {
            name: [
                {key: round(value, 1) for key, value in vars(rate).items()}
                for rate in measured(name, root)
            ]
            for name in WORK
        },
        "start_s": rounded(statistics.median(_start_s(root) for _ in range(STARTS))),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(baseline_of(Path(sys.argv[1])), indent=2) + "\n")
