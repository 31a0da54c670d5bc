"""What is still to be drafted, kept where a restart finds it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.choosing import Whom
from qrev.ai.interpreter import Job
from qrev.ai.writer import Brief
from qrev.assistant.contract import TurnRequest
from qrev.kit.clock import Clock, utc_now
from qrev.kit.mongo import Document, Indexes, add_if_new

KEPT = timedelta(days=30)  # after that a turn asked again is a new one
INDEXES = Indexes(
    "ai_jobs",
    (
        IndexModel([("state", ASCENDING)]),
        IndexModel([("ended_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
    ),
)


class JobState(StrEnum):
    WRITING = "writing"
    TELLING = "telling"  # every draft is in the drop box; the backend has not heard it yet
    DONE = "done"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"  # by a member


UNFINISHED = (JobState.WRITING.value, JobState.TELLING.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptJob:
    """A job and the turn it came from. `starts` counts the processes that took it up."""

    key: str
    turn: TurnRequest
    job: Job
    state: JobState = JobState.WRITING
    messages: int = 0  # how many were written, once all are
    starts: int = 0


class Jobs(Protocol):
    async def add_if_new(self, key: str, turn: TurnRequest, job: Job) -> bool: ...

    async def get(self, key: str) -> KeptJob | None:
        """Return the job, None if there is none or it is over."""

    async def unfinished(self) -> list[str]:
        """Return the keys of all that are not over."""

    async def started(self, key: str) -> None:
        """Count one more start."""

    async def written(self, key: str, messages: int) -> None:
        """Note that every draft is in the drop box."""

    async def end(self, key: str, state: JobState) -> None:
        """Note that it is over. The turn's words and rows are forgotten."""


class MongoJobs:
    """Fills Jobs, beside the drop box: the AI server has no other database."""

    def __init__(self, dropbox: AsyncDatabase[Document], *, clock: Clock = utc_now) -> None:
        self._jobs = dropbox[INDEXES.collection]
        self._clock = clock

    async def add_if_new(self, key: str, turn: TurnRequest, job: Job) -> bool:
        document = {
            "_id": key,
            "v": 1,
            "state": JobState.WRITING.value,
            # As one string: the rows' column names are anybody's, and dots and dollars among them.
            "turn": turn.model_dump_json(exclude={"token"}),
            "job": {
                "sequence_id": job.sequence_id,
                "brief": dataclasses.asdict(job.brief),
                "steps": list(job.steps),
                "skipped_domains": list(job.skipped_domains),
                "by_model": job.by_model,
                "whom": dataclasses.asdict(job.whom),
            },
            "messages": 0,
            "starts": 0,
            "created_at": self._clock(),
        }
        return await add_if_new(self._jobs, [document]) == 1

    async def get(self, key: str) -> KeptJob | None:
        found = await self._jobs.find_one({"_id": key, "state": {"$in": UNFINISHED}})
        if found is None:
            return None
        return KeptJob(
            key=key,
            turn=TurnRequest.model_validate_json(found["turn"]),
            job=Job(
                sequence_id=found["job"]["sequence_id"],
                brief=Brief(**found["job"]["brief"]),
                steps=tuple(found["job"]["steps"]),
                skipped_domains=tuple(found["job"]["skipped_domains"]),
                by_model=found["job"].get("by_model", ""),
                whom=_whom(found["job"].get("whom", {})),
            ),
            state=JobState(found["state"]),
            messages=found["messages"],
            starts=found["starts"],
        )

    async def unfinished(self) -> list[str]:
        found = self._jobs.find({"state": {"$in": UNFINISHED}}, {"_id": 1})
        return [document["_id"] async for document in found]

    async def started(self, key: str) -> None:
        await self._jobs.update_one({"_id": key}, {"$inc": {"starts": 1}})

    async def written(self, key: str, messages: int) -> None:
        await self._jobs.update_one(
            {"_id": key}, {"$set": {"state": JobState.TELLING.value, "messages": messages}}
        )

    async def end(self, key: str, state: JobState) -> None:
        await self._jobs.update_one(
            {"_id": key},
            {
                "$set": {"state": state.value, "ended_at": self._clock()},
                "$unset": {"turn": "", "job": ""},
            },
        )


def _whom(kept: Document) -> Whom:
    return Whom(**{name: tuple(values) for name, values in kept.items()})
