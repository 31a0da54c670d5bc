"""Drafting after the answer is out: into the drop box, then a call back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx
from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.bulk import Bulk, Pen, Stopped
from qrev.ai.cells import reader_of
from qrev.ai.interpreter import Job
from qrev.ai.own_words import draft_for
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    PROSPECTS_COLLECTION,
    STOPS_COLLECTION,
    UPLOADS_COLLECTION,
    Callback,
    CallbackType,
    MessageRow,
    ProspectRow,
    TurnRequest,
    UploadSummary,
)
from qrev.kit.mongo import Document, batches

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 250
CALLBACK = httpx.Timeout(5, read=60)
RETRY_AFTER = (0.5, 2.0, 8.0)  # seconds
MIN_EMAIL, MAX_EMAIL = 3, 320
MAX_FACT = 300  # characters of a prospect's fact
Rows = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Callbacks:
    """How the backend is told. `transport` is where a test or the embedded column steps in."""

    token: str
    transport: httpx.AsyncBaseTransport | None = None
    retry_after: tuple[float, ...] = RETRY_AFTER


class Drafting:
    """Writes the drafts of one job. Run twice, or resumed, it writes the same documents.

    With a `pen` a language model writes what it was asked for, and our own writer the rest.
    """

    def __init__(
        self, dropbox: AsyncDatabase[Document], callbacks: Callbacks, pen: Pen | None = None
    ) -> None:
        self._dropbox = dropbox
        self._callbacks = callbacks
        self._pen = pen

    async def write(self, turn: TurnRequest, job: Job) -> int:
        """Draft every message of the job, telling of the progress. Return how many they are.

        About 60 µs a message by our own writer. Raises Stopped.
        """
        people = done = 0
        total = self._count(turn) * len(job.steps)
        async with self._caller(turn, job) as caller:
            async for rows in self._rows(turn):
                wanted = _wanted(job, rows)
                total -= (len(rows) - len(wanted)) * len(job.steps)
                await self._keep_prospects(job, wanted)
                people += len(wanted)
            caller.tell("prospects_ready", people, people)
            if self._pen is not None and job.by_model:
                return await Bulk(
                    self._dropbox,
                    self._pen,
                    on_progress=lambda done: caller.tell("messages_progress", done, total),
                    must_go_on=lambda: self._must_go_on(job),
                ).write(turn, job, self._wanted_rows(turn, job))
            async for wanted in self._wanted_rows(turn, job):
                await self._must_go_on(job)
                await self._keep_messages(job, wanted)
                done += len(wanted) * len(job.steps)
                caller.tell("messages_progress", done, total)
        return done

    async def _must_go_on(self, job: Job) -> None:
        """Raise Stopped if a member stopped the drafting."""
        stops = self._dropbox[STOPS_COLLECTION]
        if await stops.find_one({"_id": job.sequence_id}, {"_id": 1}) is not None:
            raise Stopped

    async def _wanted_rows(self, turn: TurnRequest, job: Job) -> AsyncIterator[Rows]:
        async for rows in self._rows(turn):
            yield _wanted(job, rows)

    async def tell_it_is_over(self, turn: TurnRequest, job: Job, messages: int) -> bool:
        """Tell that all is written, trying again a few times. Return whether it was heard."""
        async with self._caller(turn, job) as caller:
            return await caller.finish("messages_ready", messages, messages)

    async def tell_it_failed(self, turn: TurnRequest, job: Job) -> bool:
        """Tell that no more will come. Return whether it was heard."""
        async with self._caller(turn, job) as caller:
            return await caller.finish("messages_failed", 0, 0)

    def _caller(self, turn: TurnRequest, job: Job) -> _Caller:
        return _Caller(self._callbacks, turn.asynchronous, job.sequence_id)

    def _count(self, turn: TurnRequest) -> int:
        data = turn.uploaded_data
        return data.count if isinstance(data, UploadSummary) else len(data or [])

    async def _rows(self, turn: TurnRequest) -> AsyncIterator[Rows]:
        data = turn.uploaded_data
        if not isinstance(data, UploadSummary):
            for batch in batches(data or [], ROWS_AT_ONCE):
                yield batch
            return
        after = ""
        uploads = self._dropbox[UPLOADS_COLLECTION]
        while True:
            question = {"upload_id": data.upload_id, "_id": {"$gt": after}}
            found = await uploads.find(question).sort("_id").limit(ROWS_AT_ONCE).to_list()
            if not found:
                return
            after = found[-1]["_id"]
            yield [document["row"] for document in found]

    async def _keep_prospects(self, job: Job, rows: Rows) -> None:
        await self._keep(
            PROSPECTS_COLLECTION,
            [_upsert(row.id, row.model_dump()) for row in (_prospect(job, each) for each in rows)],
        )

    async def _keep_messages(self, job: Job, rows: Rows) -> None:
        drafts = await asyncio.to_thread(_draft_all, job, rows)
        await self._keep(
            MESSAGES_COLLECTION, [_upsert(draft.id, draft.model_dump()) for draft in drafts]
        )

    async def _keep(self, collection: str, writes: list[UpdateOne]) -> None:
        for batch in batches(writes):
            await self._dropbox[collection].bulk_write(batch, ordered=False)


class _Caller:
    """Calls back with the newest state only: progress never queues up behind a slow answer."""

    def __init__(self, callbacks: Callbacks, url: str, sequence_id: str) -> None:
        self._url = url
        self._sequence_id = sequence_id
        self._retry_after = callbacks.retry_after
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {callbacks.token}"},
            timeout=CALLBACK,
            transport=callbacks.transport,
        )
        self._newest: Callback | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> _Caller:
        self._task = asyncio.create_task(self._call_with_the_newest())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._http.aclose()

    def tell(self, kind: CallbackType, done: int, total: int) -> None:
        """Have the backend told soon. What was not told yet is overtaken by this."""
        self._newest = Callback(type=kind, sequence_id=self._sequence_id, done=done, total=total)
        self._news.set()

    async def finish(self, kind: CallbackType, done: int, total: int) -> bool:
        """Tell that it is over, trying again a few times. Return whether it was heard."""
        self._newest = None
        last = Callback(type=kind, sequence_id=self._sequence_id, done=done, total=total)
        for pause in (0.0, *self._retry_after):
            await asyncio.sleep(pause)
            if await self._call(last):
                return True
        log.warning("no callback for %s came through", self._sequence_id)
        return False

    async def _call_with_the_newest(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._newest is not None:
                await self._call(self._newest)

    async def _call(self, callback: Callback) -> bool:
        if not self._url:
            return True
        body = callback.model_dump(include={"type", "sequence_id", "done", "total"})
        try:
            response = await self._http.post(self._url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.info("callback for %s: %s", self._sequence_id, error)
            return False
        return response.is_success


def _wanted(job: Job, rows: Rows) -> Rows:
    """Return the rows to write to: one without an address that can be one costs no other."""
    skipped = tuple(f"@{domain.lower().strip().lstrip('@')}" for domain in job.skipped_domains)
    clean = ({**row, "email": row.get("email", "").strip()} for row in rows)
    return [
        row
        for row in clean
        if MIN_EMAIL <= len(row["email"]) <= MAX_EMAIL
        and not row["email"].lower().endswith(skipped)
        and job.whom.includes(row)
    ]


def _prospect(job: Job, row: Mapping[str, str]) -> ProspectRow:
    facts = ProspectRow.model_fields.keys() & row.keys() - {"fields", "email", "sequence_id"}
    known = {name: row[name][:MAX_FACT] for name in facts}
    return ProspectRow(sequence_id=job.sequence_id, email=row["email"], **known)


def _draft_all(job: Job, rows: Rows) -> list[MessageRow]:
    drafts = []
    for row in rows:
        reader = reader_of(row)
        for number, step_id in enumerate(job.steps, start=1):
            drafts.append(draft_for(job, reader, number, step_id))
    return drafts


def _upsert(key: str, document: Document) -> UpdateOne:
    return UpdateOne({"_id": key}, {"$set": document}, upsert=True)
