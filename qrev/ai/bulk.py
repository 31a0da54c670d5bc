"""Many mails by a language model: several at a time, each kept as soon as it is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.composing import Composer, Place
from qrev.ai.interpreter import Job
from qrev.ai.minds import Llm, LlmTrouble, Usage
from qrev.ai.own_words import draft_of
from qrev.ai.spending import Spending
from qrev.assistant.contract import MESSAGES_COLLECTION, MessageRow, TurnRequest
from qrev.kit.mongo import Document

log = logging.getLogger(__name__)

EVERY = 0.4  # seconds between two looks: what is written is kept, and a stop is noticed
ENOUGH_TROUBLE = 8  # mails in a row that the model failed at: it is down
Rows = list[dict[str, str]]
Kept = Mapping[str, str]  # bodies of drafts that are there, by id


class Stopped(Exception):
    """Somebody stopped the drafting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pen:
    """A model to write with, how often at a time, and who pays."""

    llm: Llm
    spending: Spending
    concurrency: int


class Bulk:
    """One job. Run again after a crash, it writes what is not there yet and nothing twice.

    Where the model is of no use, our own writer fills in: nobody is left without a mail.
    """

    def __init__(
        self,
        dropbox: AsyncDatabase[Document],
        pen: Pen,
        *,
        on_progress: Callable[[int], None],
        must_go_on: Callable[[], Awaitable[None]],
    ) -> None:
        self._messages = dropbox[MESSAGES_COLLECTION]
        self._pen = pen
        self._composer = Composer(pen.llm)
        self._on_progress = on_progress
        self._must_go_on = must_go_on
        self._finished: list[MessageRow] = []
        self._used = Usage()
        self._done = 0
        self._troubles = 0
        self._is_model_gone = False

    async def write(self, turn: TurnRequest, job: Job, pages: AsyncIterator[Rows]) -> int:
        """Write every mail of the job. Return how many there are. Raises Stopped."""
        people = _Queue(self._with_kept(job, pages))
        await self._look(turn, job)
        workers = [
            asyncio.ensure_future(self._work(turn, job, people))
            for _ in range(self._pen.concurrency)
        ]
        pending: set[asyncio.Future[None]] = set(workers)
        try:
            while pending:
                done, pending = await asyncio.wait(
                    pending, timeout=EVERY, return_when=asyncio.FIRST_EXCEPTION
                )
                await self._look(turn, job)
                for worker in done:
                    worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._keep(turn)
        return self._done

    async def _work(self, turn: TurnRequest, job: Job, people: _Queue) -> None:
        """Write to one person after the other, each mail knowing the ones before it."""
        while (found := await people.next()) is not None:
            row, kept = found
            before: list[str] = []
            for number, step_id in enumerate(job.steps, start=1):
                body = kept.get(f"{job.sequence_id}:{row['email']}:{number}")
                if body is None:
                    place = Place(row=row, step=number, step_id=step_id, before=tuple(before))
                    message = await self._one(turn, job, place)
                    self._finished.append(message)
                    body = message.body
                else:
                    self._done += 1
                before.append(body)

    async def _one(self, turn: TurnRequest, job: Job, place: Place) -> MessageRow:
        if not self._is_model_gone:
            try:
                message, usage = await self._composer.compose(turn, job, place)
            except LlmTrouble as trouble:
                self._used += trouble.usage
                self._troubles += 1
                if trouble.is_lasting or self._troubles >= ENOUGH_TROUBLE:
                    self._give_up_on_it(job, trouble)
            else:
                self._used += usage
                self._troubles = 0
                return message
        return draft_of(job, place.row, place.step, place.step_id)

    async def _look(self, turn: TurnRequest, job: Job) -> None:
        """Keep what is finished, and see whether to go on. Raises Stopped."""
        await self._keep(turn)
        await self._must_go_on()
        if not self._is_model_gone:
            try:
                await self._pen.spending.must_be_left(turn)
            except LlmTrouble as trouble:
                self._give_up_on_it(job, trouble)

    async def _keep(self, turn: TurnRequest) -> None:
        finished, self._finished = self._finished, []
        used, self._used = self._used, Usage()
        await self._pen.spending.add(turn, used, self._pen.llm.prices.of(used))
        if finished:
            await self._messages.bulk_write([_upsert(row) for row in finished], ordered=False)
            self._done += len(finished)
            self._on_progress(self._done)

    async def _with_kept(
        self, job: Job, pages: AsyncIterator[Rows]
    ) -> AsyncIterator[tuple[dict[str, str], Kept]]:
        async for rows in pages:
            kept = await self._kept(job, rows)
            for row in rows:
                yield row, kept

    async def _kept(self, job: Job, rows: Rows) -> Kept:
        ids = [
            f"{job.sequence_id}:{row['email']}:{number}"
            for row in rows
            for number in range(1, len(job.steps) + 1)
        ]
        found = self._messages.find({"_id": {"$in": ids}}, {"body": 1})
        return {document["_id"]: document["body"] async for document in found}

    def _give_up_on_it(self, job: Job, trouble: LlmTrouble) -> None:
        log.warning("our own writer goes on with %s, because %s", job.sequence_id, trouble)
        self._is_model_gone = True


class _Queue:
    """An iterator that several take from."""

    def __init__(self, source: AsyncIterator[tuple[dict[str, str], Kept]]) -> None:
        self._source = source
        self._turn = asyncio.Lock()

    async def next(self) -> tuple[dict[str, str], Kept] | None:
        async with self._turn:
            return await anext(self._source, None)


def _upsert(row: MessageRow) -> UpdateOne:
    return UpdateOne({"_id": row.id}, {"$set": row.model_dump()}, upsert=True)
