"""Lists that a program hands over: the body is the file itself."""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any

from fastapi import Request

from qrev.accounts.models import Actor
from qrev.bootstrap import Services
from qrev.crm.models import Upload

FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
LIST_TAKEN: dict[str, Any] = {"requestBody": {"required": True, "content": {"text/csv": FILE}}}


async def kept_upload(behind: Services, actor: Actor, request: Request, filename: str) -> Upload:
    """Keep the body of a request as the member's upload, piece by piece."""
    actor.must_be_able_to_change()
    with tempfile.TemporaryFile() as file:
        async for piece in request.stream():
            await asyncio.to_thread(file.write, piece)
        return await behind.importing.keep_upload(actor, filename, file)
