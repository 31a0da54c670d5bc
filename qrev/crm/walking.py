"""Walking through a list that was dropped, a thousand lines at a time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from qrev.accounts.models import AccountId
from qrev.crm.ports import Uploads
from qrev.crm.reading import OpenList, Reading, Refused, Taken, open_list, planned
from qrev.crm.repairs import Plan
from qrev.kit.errors import InvalidInput, NotFound
from qrev.kit.mongo import BATCH

GONE = "We could not find that file. Drop it into the chat again."


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to a thousand lines, in order. `end` is how many there were with these."""

    lines: tuple[Taken | Refused, ...]
    end: int

    @property
    def taken(self) -> list[Taken]:
        return [line for line in self.lines if isinstance(line, Taken)]

    @property
    def refused(self) -> list[Refused]:
        return [line for line in self.lines if isinstance(line, Refused)]


class Walking:
    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    @asynccontextmanager
    async def opened(self, account_id: AccountId, upload_id: str) -> AsyncIterator[BinaryIO]:
        """Yield a file as it was dropped. Raises NotFound."""
        with tempfile.TemporaryFile() as file:
            if not await self._uploads.fetch(account_id, upload_id, file):
                raise NotFound(GONE)
            yield file

    @asynccontextmanager
    async def listed(
        self, account_id: AccountId, upload_id: str, plan: Plan
    ) -> AsyncIterator[tuple[OpenList, Plan, AsyncIterator[Batch]]]:
        """Yield a file's list, the plan it is read by, and its lines.

        A plan that says nothing about columns takes them as they are. Raises NotFound, and
        InvalidInput for a file without people.
        """
        async with self.opened(account_id, upload_id) as file:
            found = await asyncio.to_thread(open_list, file)
            whole = plan if plan.choices else planned(found.columns, plan)
            # Ended here, before the file is: a thread may still be reading it.
            async with aclosing(_batches(found, whole)) as batches:
                yield found, whole, batches

    async def taken(
        self, account_id: AccountId, upload_id: str, plan: Plan
    ) -> AsyncIterator[list[Taken]]:
        """Yield the good lines of a file."""
        async with self.listed(account_id, upload_id, plan) as (_, _, batches):
            async for batch in batches:
                yield batch.taken


async def _batches(found: OpenList, plan: Plan) -> AsyncGenerator[Batch, None]:
    """Yield a file's lines. The next thousand is read while one is worked on."""
    lines = map(Reading(plan).read, found.records)
    end = 0
    upcoming = asyncio.create_task(asyncio.to_thread(_next, lines))
    try:
        while some := await upcoming:
            end += len(some)
            upcoming = asyncio.create_task(asyncio.to_thread(_next, lines))
            yield Batch(some, end)
    finally:
        # The thread reads from a file that is about to be closed: it must be over.
        await asyncio.gather(upcoming, return_exceptions=True)
    if not end:
        raise InvalidInput("That file has a header and no people under it.")


def _next(lines: Iterator[Taken | Refused]) -> tuple[Taken | Refused, ...]:
    return tuple(islice(lines, BATCH))
