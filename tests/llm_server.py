"""A language model for tests: aimock, a server that others wrote, with the answers we give it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.sites import a_free_port

SERVICES = Path(__file__).parent / "services"
READY_WITHIN = 20.0  # seconds
MODEL = "test-model"
Fixture = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Mock:
    """A model that says what it is told to. `url` is what LLM_BASE_URL is set to."""

    origin: str

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    def answers(self, *fixtures: Fixture) -> None:
        """Have it say these from now on, the first that matches, and nothing else."""
        self._post("reset", {})
        self._post("fixtures", {"fixtures": list(fixtures)})

    def asked(self) -> list[dict[str, Any]]:
        """Return the bodies of all it was asked since the last `answers`."""
        found = httpx.get(f"{self.origin}/v1/_requests").raise_for_status().json()
        entries = found if isinstance(found, list) else found["requests"]
        return [entry["body"] for entry in entries]

    def _post(self, what: str, body: Mapping[str, Any]) -> None:
        httpx.post(f"{self.origin}/__aimock/{what}", json=body).raise_for_status()


def saying(words: str, *, when: str = "", **more: Any) -> Fixture:
    """Return a fixture: words for a request whose last words contain `when`."""
    return {"match": {"userMessage": when} if when else {}, "response": {"content": words}, **more}


def calling(
    name: str, arguments: Mapping[str, Any] | str, *, words: str = "", **match: Any
) -> Fixture:
    """Return a fixture: a call of a tool, while nothing was answered to one."""
    call = {"id": f"call_{name}", "name": name, "arguments": arguments}
    response: dict[str, Any] = {"toolCalls": [call]}
    if words:
        response["content"] = words
    return {"match": {"hasToolResult": False, **match}, "response": response}


def failing(status: int, *, retry_after: int | None = None, **match: Any) -> Fixture:
    """Return a fixture: a refusal, with when to come again."""
    response: dict[str, Any] = {"error": {"message": "no", "type": "error"}, "status": status}
    if retry_after is not None:
        response["retryAfter"] = retry_after
    return {"match": match, "response": response}


@contextmanager
def a_model(*options: str) -> Iterator[Mock]:
    """Yield a model on loopback."""
    port = a_free_port()
    folder = Path(tempfile.mkdtemp(prefix="qrev-llm-"))
    (folder / "none.json").write_text(json.dumps({"fixtures": [saying("x", when="unsaid")]}))
    cli = SERVICES / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    child = subprocess.Popen(
        [
            *("node", str(cli), "-p", str(port), "-f", str(folder / "none.json")),
            *("--strict", "--log-level", "silent", *options),
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    mock = Mock(origin=f"http://127.0.0.1:{port}")
    try:
        _wait_for(mock.origin, child)
        yield mock
    finally:
        child.terminate()
        child.wait(10)
        shutil.rmtree(folder)


def _wait_for(origin: str, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        assert child.poll() is None, "aimock ended: is tests/services installed?"
        try:
            httpx.get(f"{origin}/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("aimock did not become ready")


def mails(*pairs: tuple[str, Mapping[str, Any]]) -> Sequence[Fixture]:
    """Return fixtures: for whoever is named in the request, that mail in its form."""
    return [
        {
            "match": {"userMessage": name, "responseFormat": "json_schema"},
            "response": {"content": dict(mail)},
        }
        for name, mail in pairs
    ]
