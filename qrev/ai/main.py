"""The AI server: turns in, typed actions out, drafts afterwards."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import ValidationError

from qrev.ai.drafting import Drafting
from qrev.ai.interpreter import Job, Reading, interpret
from qrev.assistant.contract import Answer, TurnRequest
from qrev.kit.ids import stable_id

log = logging.getLogger(__name__)

MAX_BODY = 10 * 1024 * 1024
REMEMBERED = 1000  # answers kept, so that a turn asked twice is answered once
DRAIN = 10.0  # seconds


class AiServer:
    """Answers turns and looks after the drafting jobs they start."""

    def __init__(self, drafting: Callable[[], Drafting]) -> None:
        self._drafting = drafting
        self._answers: OrderedDict[str, Reading] = OrderedDict()
        self._jobs: dict[str, asyncio.Task[int]] = {}

    async def answer(self, turn: TurnRequest, key: str) -> Answer:
        """Return the actions for a turn. The same key gets the same answer and one job."""
        key = stable_id("turn", turn.company_id, key)
        reading = self._answers.get(key)
        if reading is None:
            reading = interpret(turn, key)
            self._answers[key] = reading
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        if reading.job is not None:
            self._start(key, turn, reading.job)
        return Answer.model_validate({"actions": [a.model_dump() for a in reading.actions]})

    async def close(self) -> None:
        """Let running jobs finish for a while. One that does not is done again when asked again."""
        running = list(self._jobs.values())
        if running:
            _, late = await asyncio.wait(running, timeout=DRAIN)
            for task in late:
                task.cancel()

    def _start(self, key: str, turn: TurnRequest, job: Job) -> None:
        if key in self._jobs:
            return
        task = asyncio.create_task(self._drafting().run(turn, job))
        self._jobs[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str, task: asyncio.Task[int]) -> None:
        self._jobs.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("drafting failed", exc_info=error)


def build_app(server: AiServer, token: str) -> FastAPI:
    """Return the ASGI app of an AI server: `POST /turns` and `GET /health`."""
    app = FastAPI(title="QRev AI server", version="1", docs_url=None, redoc_url=None)

    def allowed(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(401, "The token is missing or wrong.")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/turns", dependencies=[Depends(allowed)], response_model=Answer)
    async def turns(
        request: Request, idempotency_key: Annotated[str, Header(max_length=200)] = ""
    ) -> Answer:
        body = await _body(request)
        try:
            turn = TurnRequest.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise HTTPException(422, f"{where}: {first['msg']}") from error
        return await server.answer(
            turn, idempotency_key or stable_id("body", body.decode(errors="replace"))
        )

    return app


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, "A turn has at most 10 MB.")
    return bytes(body)
