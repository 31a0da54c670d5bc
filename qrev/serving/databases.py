"""The databases of a process: the embedded one started, or those that are given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from qrev.ai import jobs as ai_jobs
from qrev.bootstrap import INDEXES, Databases
from qrev.bootstrap.migrations import migrate
from qrev.chat import archive, attempts
from qrev.kit.embedded import CannotStart, EmbeddedDatabase
from qrev.kit.mongo import Document, open_client
from qrev.settings import Settings

# What the main database is given, and what is swept there.
MAIN = (*INDEXES, *archive.INDEXES, attempts.INDEXES)


@asynccontextmanager
async def opened(settings: Settings, *, may_join: bool = False) -> AsyncIterator[Databases]:
    """Yield the databases, with every index in place. Raises CannotStart.

    With `may_join`, an embedded database that another QRev runs at the moment is good enough.
    """
    async with _server(settings, may_join=may_join) as url:
        client = open_client(url)
        try:
            databases = _named(client, settings)
            await ensure_indexes(databases)
            yield databases
        finally:
            await client.close()


async def ensure_indexes(databases: Databases) -> int:
    """Create the indexes that are missing. Return how many are declared. Raises CannotStart.

    What an earlier version kept is brought to today's form first.
    """
    try:
        await migrate(databases.main)
        return await databases.ensure_indexes(
            main=(*archive.INDEXES, attempts.INDEXES), dropbox=(ai_jobs.INDEXES,)
        )
    except PyMongoError as error:
        # The driver adds all it knows of every server; the first clause says what is wrong.
        said = str(error).partition(" (configured timeouts")[0].partition("\n")[0][:200]
        raise CannotStart(f"The database cannot be used: {said}. Check MONGO_DB_URL.") from error


@asynccontextmanager
async def _server(settings: Settings, *, may_join: bool) -> AsyncIterator[str]:
    if not settings.is_embedded:
        yield settings.mongo_db_url
        return
    embedded = EmbeddedDatabase(settings.data_dir)
    try:
        joined = await embedded.join() if may_join else None
        yield joined or await embedded.start()
    finally:
        await embedded.stop()


def _named(client: AsyncMongoClient[Document], settings: Settings) -> Databases:
    return Databases(
        main=client[settings.mongo_db_name],
        dropbox=client[settings.ai_dropbox_db or settings.mongo_db_name],
    )
