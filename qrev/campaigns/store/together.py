"""Conditional updates of many callers, written in one command; each is told of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from qrev.kit.mongo import Document

MOST = 100  # in one command


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """An update of one document by its id. `holds` says of that document whether it came to be."""

    question: Document
    update: Document
    holds: Callable[[Document], bool]


class Together:
    """While one command is on its way, what is asked meanwhile gathers for the next.

    So nobody waits for company, and nobody goes on before their own write is durable. A lone
    write is an update like any other.
    """

    def __init__(self, collection: AsyncCollection[Document]) -> None:
        self._collection = collection
        self._waiting: list[tuple[Write, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, write: Write) -> bool:
        """Return whether the document was as the question asks, and is changed."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, answer))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        await asyncio.sleep(0)  # who asks in this turn of the loop comes along
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                answers = await self._written([write for write, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():  # else who asked has gone
                    future.set_result(answer)

    async def _written(self, writes: list[Write]) -> list[bool]:
        if len(writes) == 1:
            (only,) = writes
            result = await self._collection.update_one(only.question, only.update)
            return [result.modified_count == 1]
        done = await self._collection.bulk_write(
            [UpdateOne(each.question, each.update) for each in writes], ordered=False
        )
        if done.modified_count == len(writes):
            return [True] * len(writes)
        # Some were changed by others before; the count does not say which.
        ids = [each.question["_id"] for each in writes]
        found = {d["_id"]: d async for d in self._collection.find({"_id": {"$in": ids}})}
        now = [found.get(each.question["_id"]) for each in writes]
        return [d is not None and w.holds(d) for w, d in zip(writes, now, strict=True)]
