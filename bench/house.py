"""QRev's services on a fresh embedded database, without a web server around them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.monitoring import CommandListener

from bench.world import MONDAY
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.ports import OnWords
from qrev.bootstrap import Databases, Services, build
from qrev.kit.embedded import EmbeddedDatabase
from qrev.kit.errors import Unavailable
from qrev.kit.mongo import Document
from qrev.serving.databases import ensure_indexes
from tests.sites import some_settings


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    services: Services
    database: AsyncDatabase[Document]


@contextmanager
def a_folder() -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qrev-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@asynccontextmanager
async def a_house(
    listeners: Sequence[CommandListener] = (), *, at: datetime = MONDAY, smtp_url: str = ""
) -> AsyncIterator[House]:
    """Yield the services, whose clock stands still, over a database child of their own."""
    with a_folder() as folder:
        embedded = EmbeddedDatabase(folder)
        try:
            url = await embedded.start()
            async with AsyncMongoClient[Document](
                url, tz_aware=True, event_listeners=listeners
            ) as client:
                databases = Databases(main=client["qrev"], dropbox=client["qrev"])
                await ensure_indexes(databases)
                settings = some_settings(folder, smtp_url=smtp_url, smtp_from="house@acme.test")
                services = build(settings, databases, NobodyToAsk(), clock=lambda: at)
                yield House(services=services, database=databases.main)
        finally:
            await embedded.stop()


class NobodyToAsk:
    """An AI server for what needs none."""

    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        raise Unavailable
