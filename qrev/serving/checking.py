"""`python -m qrev ai check URL`: is that an AI server we can work with?"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from pymongo.asynchronous.database import AsyncDatabase
from starlette.types import ASGIApp

from qrev.ai.conformance import WAIT, Rows, Subject, check
from qrev.ai.listening import Listener
from qrev.ai.main import document
from qrev.assistant.contract import MESSAGES_COLLECTION
from qrev.kit.embedded import CannotStart
from qrev.kit.mongo import Document, open_client
from qrev.serving.server import bind
from qrev.serving.starting import read_settings
from qrev.settings import Settings

PATH = "/api/campaign/update_sequence_messages"


def openapi() -> int:
    """Print the contract as an OpenAPI document. Return the exit code."""
    sys.stdout.write(json.dumps(document(), indent=2) + "\n")
    return 0


def ai_check(url: str, *, token: str = "", callback: str = "", wait: float = WAIT) -> int:
    """Print what an AI server gets right and wrong. Return 1 if anything is wrong.

    `callback` is where that server reaches us, if not on this machine: `http://host:port`.
    """
    if not url.startswith(("http://", "https://")):
        raise CannotStart("Say which server: python -m qrev ai check https://host/path")
    settings = read_settings()
    shown = token or settings.ai_bot_server_token.get_secret_value()
    return asyncio.run(_check(settings, url, shown, callback, wait))


async def _check(settings: Settings, url: str, token: str, callback: str, wait: float) -> int:
    wrong = 0
    listener = Listener(token)
    async with _listening(listener, callback) as address, _rows(settings) as rows:
        subject = Subject(
            url=url,
            token=token,
            callback_url=(callback.rstrip("/") or address) + PATH,
            listener=listener,
            rows=rows,
            wait=wait,
        )
        async for finding in check(subject):
            wrong += finding.level == "wrong"
            sys.stdout.write(f"{finding.level:<6}{finding.text}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{wrong or 'Nothing'} {'is' if wrong < 2 else 'are'} wrong.\n")
    return 1 if wrong else 0


@asynccontextmanager
async def _listening(app: ASGIApp, callback: str) -> AsyncIterator[str]:
    """Take callbacks on a port of ours: on that of `callback`, for everyone, if it is given."""
    port = int(callback.rpartition(":")[2].strip("/")) if callback.count(":") > 1 else 0
    with bind("0.0.0.0" if callback else "127.0.0.1", port) as taken:
        server = _Quiet(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([taken]))
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Ctrl+C ends the check, not only its listener.
        yield


@asynccontextmanager
async def _rows(settings: Settings) -> AsyncIterator[Rows | None]:
    """Yield the drop box, None where it is in a database of a running QRev's own."""
    if settings.is_embedded:
        yield None
        return
    client = open_client(settings.mongo_db_url)
    try:
        yield _DropBox(client[settings.ai_dropbox_db or settings.mongo_db_name])
    finally:
        await client.close()


class _DropBox:
    """Fills Rows."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database

    async def messages(self, sequence_id: str) -> list[dict[str, Any]]:
        found = self._database[MESSAGES_COLLECTION].find({"sequence_id": sequence_id})
        return await found.to_list()
