"""The check of foreign AI servers: ours passes, and one that does everything wrong is told so."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qrev.ai.conformance import PEOPLE, Finding, Subject, check
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.jobs import INDEXES, MongoJobs
from qrev.ai.listening import Listener
from qrev.ai.main import AiServer, build_app
from qrev.assistant.contract import MESSAGES_COLLECTION
from qrev.kit.mongo import Document, ensure_indexes
from tests.sites import ROOT

pytestmark = pytest.mark.anyio
TOKEN = "the-right-token"
CALLBACK = "http://backend.test/callback"


class _Rows:
    def __init__(self, mongo: AsyncDatabase[Document]) -> None:
        self._messages = mongo[MESSAGES_COLLECTION]

    async def messages(self, sequence_id: str) -> list[dict[str, Any]]:
        return await self._messages.find({"sequence_id": sequence_id}).to_list()


class Careless:
    """A server that answers everyone, calls its steps as it likes and keeps none of its words."""

    def __init__(self, callbacks: ASGIApp) -> None:
        self._callbacks = callbacks
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            turn = json.loads(await request.body())
        except ValueError:
            await Response("oh", 500)(scope, receive, send)
            return
        self._count += 1
        actions: list[dict[str, Any]] = [{"type": "text", "response": f"Hello {self._count}"}]
        if turn.get("uploaded_data"):
            steps = [{"id": "same"}, {"id": "same"}]
            sequence = {"id": "s1", "name": "x", "steps": steps}
            actions = [{"action": "email_sequence_draft", "sequence": sequence}]
            task = asyncio.create_task(self._call_back())
            self._tasks.add(task)
        else:
            actions.append({"type": "hologram"})
        await JSONResponse({"actions": actions})(scope, receive, send)

    async def _call_back(self) -> None:
        transport = httpx.ASGITransport(self._callbacks)
        async with httpx.AsyncClient(transport=transport) as http:
            await http.get(f"{CALLBACK}?token={TOKEN}&type=messages_ready")
            messages = [
                {"email": "eve@evil.test", "step": 1, "subject": "x", "body": "y"},
                {"email": PEOPLE[0]["email"], "step_id": "third", "subject": "x", "body": "y"},
                {"email": PEOPLE[0]["email"], "step": 1, "subject": "", "body": "y"},
            ]
            said = {"type": "messages_ready", "sequence_id": "s1", "messages": messages}
            await http.post(CALLBACK, json=said, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture
async def ours(mongo: AsyncDatabase[Document]) -> AsyncIterator[Subject]:
    await ensure_indexes(mongo, [INDEXES])
    listener = Listener(TOKEN)
    callbacks = Callbacks(token=TOKEN, transport=httpx.ASGITransport(listener))
    server = AiServer(Drafting(mongo, callbacks), MongoJobs(mongo))
    yield a_subject(build_app(server, TOKEN), listener, rows=_Rows(mongo), path="/turns")
    await server.close()


def a_subject(
    app: ASGIApp, listener: Listener, *, rows: _Rows | None = None, path: str = "/", wait: float = 5
) -> Subject:
    return Subject(
        url=f"http://ai.test{path}",
        token=TOKEN,
        callback_url=CALLBACK,
        listener=listener,
        rows=rows,
        transport=httpx.ASGITransport(app),
        wait=wait,
    )


async def all_of(subject: Subject) -> list[Finding]:
    return [finding async for finding in check(subject)]


async def test_our_own_server_gets_everything_right(ours: Subject) -> None:
    findings = await all_of(ours)

    assert [f for f in findings if f.level != "ok"] == []
    assert len(findings) == 11


async def test_what_a_careless_server_gets_wrong_is_named() -> None:
    listener = Listener(TOKEN)

    findings = await all_of(a_subject(Careless(listener), listener))

    wrong = "\n".join(f.text for f in findings if f.level == "wrong")
    for said in (
        "A turn with a wrong token is refused. Here it is not: status 200",
        "A turn without a token is refused. Here it is not",
        "no JSON is refused. Here it is not: status 500",
        "“hologram” cannot be shown",
        "Idempotency-Key gets another answer",
        "has a secret in its address",
        "lacks the header Authorization",
        "cannot be read: sequence_id",
        "'eve@evil.test', who is not in the list",
        "the step 'third'",
        "lacks a subject or a body",
    ):
        assert said in wrong
    notes = [f.text for f in findings if f.level == "note"]
    assert any("share ids" in text for text in notes)
    assert any("0 of 6 drafts fit" in text for text in notes)


async def test_a_server_that_never_calls_back_is_found_out() -> None:
    async def mute(scope: Scope, receive: Receive, send: Send) -> None:
        action = {"type": "email_sequence_draft", "sequence_id": "s1"}
        await JSONResponse({"actions": [action]})(scope, receive, send)

    findings = await all_of(a_subject(mute, Listener(TOKEN), wait=0.05))

    assert any("Nothing called back" in f.text for f in findings if f.level == "wrong")
    assert any("days 0, 3 and 7 are assumed" in f.text for f in findings if f.level == "note")


async def test_an_answer_that_is_html_is_called_that() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("<html>", media_type="text/html")(scope, receive, send)

    findings = await all_of(a_subject(page, Listener(TOKEN)))

    assert any("HTML instead of JSON" in f.text for f in findings if f.level == "wrong")


def test_a_server_that_is_not_there_is_said_so_on_the_command_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qrev", "ai", "check", "http://127.0.0.1:9/turns"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout.startswith("wrong The server cannot be reached")
    assert "1 is wrong" in done.stdout


def test_the_contract_is_printed_on_the_command_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qrev", "ai", "openapi"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "/turns" in json.loads(done.stdout)["paths"]
