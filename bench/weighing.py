"""A worker on a database that is there: it works for a while and says what it weighed.

python -m bench.weighing FOLDER URL
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from datetime import timedelta
from pathlib import Path

from pymongo import AsyncMongoClient

from bench.house import NobodyToAsk
from bench.world import MONDAY
from qrev.bootstrap import Databases, build
from qrev.kit.mongo import Document
from qrev.worker.jobs import Jobs, in_process
from tests.sites import some_settings

BATCHES = 30
NOW = MONDAY.replace(hour=10)


async def main(folder: Path, url: str) -> dict[str, float]:
    """Return how many mails left, and the weight at the start and at the highest, in MB."""
    async with AsyncMongoClient[Document](url, tz_aware=True) as client:
        databases = Databases(main=client["qrev"], dropbox=client["qrev"])
        settings = some_settings(folder)
        now = [NOW]
        services = build(settings, databases, NobodyToAsk(), clock=lambda: now[0])
        jobs = Jobs(in_process(), services)
        before = _peak()
        sent = sum([await services.sender.send_batch() for _ in range(BATCHES)])
        for job in jobs.every_minute:
            await (await job.kiq()).wait_result()
        now[0] += timedelta(minutes=20)  # what is left is late by then, and is planned anew
        await services.sweeps.replan_late()
    return {"sent": sent, "before_mb": before, "peak_mb": _peak()}


def _peak() -> float:
    """Return the highest resident size of this process so far, in MB (Linux counts KiB)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1)


if __name__ == "__main__":
    weighed = asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
    sys.stdout.write(json.dumps(weighed) + "\n")
