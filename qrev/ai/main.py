"""The AI server: turns in, typed actions out, drafts afterwards."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from qrev.ai.bulk import Stopped
from qrev.ai.drafting import Drafting
from qrev.ai.interpreter import Reading, interpret
from qrev.ai.jobs import Jobs, JobState, KeptJob
from qrev.ai.minds import LlmTrouble, OnWords
from qrev.ai.rewriting import Rewriter
from qrev.ai.streaming import streamed
from qrev.ai.thinking import Thinking
from qrev.assistant.contract import (
    EVENTS,
    Answer,
    Callback,
    LookUpRequest,
    MessageRow,
    ProspectRow,
    TextAction,
    TurnRequest,
)
from qrev.kit.ids import stable_id
from qrev.kit.reporting import LoggedReports, Reports, new_transaction_id

log = logging.getLogger(__name__)

ONLY_LOGGED = LoggedReports()
MAX_BODY = 10 * 1024 * 1024
REMEMBERED = 1000  # answers kept, so that a turn asked twice is answered once
REWRITES_REMEMBERED = 8
DRAIN = 10.0  # seconds
RETRY_AFTER = (5.0, 30.0, 120.0, 600.0)  # seconds; a database or a backend may be gone for a while
MAX_STARTS = 5  # a job that has brought down so many processes would bring down the next
SPOKEN: tuple[type[BaseModel], ...] = (
    TurnRequest,
    Callback,
    ProspectRow,
    MessageRow,
    LookUpRequest,
)
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing or wrong."},
    413: {"description": "A turn has at most 10 MB."},
    422: {"description": "The turn cannot be read; `detail` names the field."},
}
SCHEMAS = "#/components/schemas/{model}"
# The body is read by hand, to stop at 10 MB; its type is published all the same.
TURN_AS_JSON = {"application/json": {"schema": {"$ref": SCHEMAS.format(model="TurnRequest")}}}
READ_BY_HAND = {"requestBody": {"required": True, "content": TURN_AS_JSON}}


class AiServer:
    """Answers turns and looks after the drafting jobs they start.

    `resume` once at the start and `close` at the end. Several servers may share one database: what
    two of them draft at once is the same.
    """

    def __init__(
        self,
        drafting: Drafting,
        jobs: Jobs,
        *,
        thinking: Thinking | None = None,
        rewriter: Rewriter | None = None,
        retry_after: Sequence[float] = RETRY_AFTER,
        reports: Reports = ONLY_LOGGED,
    ) -> None:
        self._drafting = drafting
        self._jobs = jobs
        self._retry_after = retry_after
        self._reports = reports
        self._thinking = thinking
        self._rewriter = rewriter or Rewriter()
        self._answers: OrderedDict[str, asyncio.Future[Reading]] = OrderedDict()
        self._rewritten: list[str] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()

    async def answer(self, turn: TurnRequest, key: str, on_words: OnWords | None = None) -> Answer:
        """Return the actions for a turn. The same key gets the same answer and one job.

        `on_words` is told the words of the answer as they come, where a model says them.
        """
        key = stable_id("turn", turn.company_id, key)
        reading = await self._once(key, self._read(turn, key, on_words or _to_nobody))
        if turn.rewrite is not None:
            self._forget_rewrite(key)
        if reading.job is not None:
            self._start(key)
        return Answer.model_validate({"actions": [a.model_dump() for a in reading.actions]})

    def _forget_rewrite(self, key: str) -> None:
        """Keep few of those answers: each is hundreds of mails, and is taken in at once."""
        if key not in self._rewritten:
            self._rewritten.append(key)
        while len(self._rewritten) > REWRITES_REMEMBERED:
            self._answers.pop(self._rewritten.pop(0), None)

    async def _once(self, key: str, reading: Coroutine[Any, Any, Reading]) -> Reading:
        """Return the reading of a key, made now or by whoever asked first."""
        found = self._answers.get(key)
        if found is not None:
            reading.close()
            return await asyncio.shield(found)
        task = asyncio.ensure_future(reading)
        self._answers[key] = task
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        try:
            # Whoever asked may go away; who asks again meanwhile is answered all the same.
            return await asyncio.shield(task)
        finally:
            if task.done() and (task.cancelled() or task.exception() is not None):
                self._answers.pop(key, None)

    async def _read(self, turn: TurnRequest, key: str, on_words: OnWords) -> Reading:
        reading = await self._thought(turn, key, on_words)
        if reading.job is not None:
            # Kept before it is promised: whatever happens after the answer, it will be done.
            await self._jobs.add_if_new(key, turn, reading.job)
        return reading

    async def _thought(self, turn: TurnRequest, key: str, on_words: OnWords) -> Reading:
        """Return what a model makes of a turn; without one, or if it fails, what the rules do."""
        if turn.rewrite is not None:
            return Reading(actions=await self._rewriter.actions(turn, turn.rewrite))
        if self._thinking is None:
            return interpret(turn, key)
        try:
            return await self._thinking.read(turn, key, on_words)
        except LlmTrouble as trouble:
            plain = interpret(turn, key)
            why = TextAction(response=f"I answer by rules this time, because {trouble}.")
            return replace(plain, actions=(why, *plain.actions))

    async def resume(self) -> int:
        """Take up what an earlier process left unfinished. Return how many jobs that is."""
        unfinished = await self._jobs.unfinished()
        for key in unfinished:
            self._start(key)
        return len(unfinished)

    async def close(self) -> None:
        """Let running jobs finish for a while. What does not is taken up at the next start."""
        self._closing.set()
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, key: str) -> None:
        if key not in self._running:
            task = asyncio.create_task(self._run(key))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))

    async def _run(self, key: str) -> None:
        """Work on a job until it is over, or until nothing more can be tried in this process."""
        for tries, pause in enumerate((0.0, *self._retry_after)):
            if tries and await self._is_closing_within(pause):
                return
            try:
                kept = await self._jobs.get(key)
                if kept is None or await self._is_over(kept, is_first=tries == 0):
                    return
            except Exception as error:
                self._reports.report(f"drafting of {key}", error)
        log.error("drafting of %s is left for the next start", key)

    async def _is_closing_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        return self._closing.is_set()

    async def _is_over(self, kept: KeptJob, *, is_first: bool) -> bool:
        """Do what is left of a job. Return whether the backend has heard the end of it."""
        is_written = kept.state is JobState.TELLING
        if is_first and kept.starts >= MAX_STARTS and not is_written:
            log.error("drafting of %s is given up after %d starts", kept.key, kept.starts)
            await self._drafting.tell_it_failed(kept.turn, kept.job)
            await self._jobs.end(kept.key, JobState.GIVEN_UP)
            return True
        if is_first:
            await self._jobs.started(kept.key)
        messages = kept.messages
        if not is_written:
            try:
                messages = await self._drafting.write(kept.turn, kept.job)
            except Stopped:  # by the backend itself: there is nobody to tell
                await self._jobs.end(kept.key, JobState.STOPPED)
                return True
            await self._jobs.written(kept.key, messages)
        is_heard = await self._drafting.tell_it_is_over(kept.turn, kept.job, messages)
        if is_heard:
            await self._jobs.end(kept.key, JobState.DONE)
        return is_heard


async def _to_nobody(_: str) -> None:
    return None


def document() -> dict[str, Any]:
    """Return the contract as OpenAPI. Whoever fills it needs no line of ours."""
    return dict(build_app(None, "").openapi())


def build_app(server: AiServer | None, token: str, reports: Reports = ONLY_LOGGED) -> FastAPI:
    """Return the ASGI app of an AI server: `POST /turns` and `GET /health`."""
    app = FastAPI(title="QRev AI server", version="1", docs_url=None, redoc_url=None)

    def allowed(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(401, "The token is missing or wrong.")

    @app.exception_handler(Exception)
    async def on_bug(_: Request, error: Exception) -> Response:
        transaction_id = new_transaction_id()
        reports.report("AI server", error, transaction_id)
        said = {"detail": "Something went wrong.", "transaction_id": transaction_id}
        return JSONResponse(said, 500)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post(
        "/turns",
        dependencies=[Depends(allowed)],
        response_model=Answer,
        responses=REFUSALS,
        openapi_extra=READ_BY_HAND,
    )
    async def turns(
        request: Request, idempotency_key: Annotated[str, Header(max_length=200)] = ""
    ) -> Response:
        assert server is not None  # there is none where only the document is wanted
        body = await _body(request)
        turn = _turn(body)
        key = idempotency_key or stable_id("body", body.decode(errors="replace"))
        if EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(streamed(server, turn, key), media_type=EVENTS)
        answer = await server.answer(turn, key)
        return Response(answer.model_dump_json(), media_type="application/json")

    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _turn(body: bytes) -> TurnRequest:
    try:
        return TurnRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise HTTPException(422, f"{where}: {first['msg']}") from error


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the contract as OpenAPI, with what is said through the drop box and the callback."""
    if not app.openapi_schema:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        _, spoken = models_json_schema(
            [(model, "validation") for model in SPOKEN], ref_template=SCHEMAS
        )
        schema.setdefault("components", {}).setdefault("schemas", {}).update(spoken["$defs"])
        app.openapi_schema = schema
    return app.openapi_schema


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, "A turn has at most 10 MB.")
    return bytes(body)
