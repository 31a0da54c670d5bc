"""The AI server as it is run, in a process of its own or in ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.jobs import MongoJobs
from qrev.ai.main import AiServer
from qrev.kit.mongo import Document


@asynccontextmanager
async def ai_server(
    dropbox: AsyncDatabase[Document], callbacks: Callbacks
) -> AsyncIterator[AiServer]:
    """Yield an AI server; `resume` it once it can call back. Its jobs are drained at the end."""
    server = AiServer(Drafting(dropbox, callbacks), MongoJobs(dropbox))
    try:
        yield server
    finally:
        await server.close()
