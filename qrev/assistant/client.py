"""Asking the AI server. Foreign words end here: what leaves is ours."""

from __future__ import annotations

import json
import logging

import httpx

from qrev.assistant.answers import UnreadableAnswer, read_answer
from qrev.assistant.contract import (
    EVENTS,
    MAX_ANSWER,
    Action,
    TurnRequest,
)
from qrev.assistant.ports import OnWords
from qrev.kit.errors import Unavailable
from qrev.kit.ids import new_id

log = logging.getLogger(__name__)

# Drafting a turn takes a model up to a minute; connecting never should.
TIMEOUT = httpx.Timeout(5, read=90)


class AiClient:
    """`url` is the whole address. One client per process; `close` it at the end."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        has_token_in_body: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._token = token
        self._has_token_in_body = has_token_in_body
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=TIMEOUT,
            transport=transport,
        )

    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        """Return the actions for one turn. It is asked once: no retry of its own.

        `on_words` is told all the words so far, whenever more come, by servers that can do that.
        Raises Unavailable, in words for the member, when there is no answer that can be used.
        """
        if self._has_token_in_body:
            request = request.model_copy(update={"token": self._token})
        headers = {"Idempotency-Key": turn_id, "X-Request-ID": new_id()}
        if on_words is not None:
            headers["Accept"] = f"{EVENTS}, application/json"
        body = request.model_dump_json(exclude_none=True).encode()
        try:
            raw = await self._answer_to(body, headers, on_words)
            return read_answer(raw)
        except httpx.HTTPStatusError as error:
            log.error("the AI server answered %s", error.response.status_code)
            if error.response.status_code in (401, 403):
                raise Unavailable(
                    "The AI server does not accept our token. Ask whoever runs QRev to check "
                    "AI_BOT_SERVER_TOKEN."
                ) from error
            raise Unavailable(
                "The assistant could not answer. Nothing was changed; try again."
            ) from error
        except httpx.TimeoutException as error:
            log.error("the AI server did not answer in time: %r", error)
            raise Unavailable(
                "The assistant took too long to answer. Nothing was changed; try again."
            ) from error
        except httpx.HTTPError as error:
            log.error("the AI server cannot be reached: %r", error)
            raise Unavailable("The assistant cannot be reached just now. Try again.") from error
        except UnreadableAnswer as error:
            log.error("the AI server's answer cannot be read: %s", error)
            raise Unavailable(
                "The assistant gave an answer we could not read. Nothing was changed; try again."
            ) from error

    async def _answer_to(
        self, body: bytes, headers: dict[str, str], on_words: OnWords | None
    ) -> bytes:
        """Return the answer's bytes, no more of them than an answer may have."""
        async with self._http.stream("POST", self._url, content=body, headers=headers) as response:
            response.raise_for_status()
            if on_words and response.headers.get("content-type", "").startswith(EVENTS):
                return await _answer_in(response, on_words)
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_ANSWER:
                    break
            return bytes(raw)

    async def close(self) -> None:
        await self._http.aclose()


async def _answer_in(response: httpx.Response, on_words: OnWords) -> bytes:
    """Return the answer at the end of a stream of events. Raises UnreadableAnswer without one."""
    event, size = "", 0
    async for line in response.aiter_lines():
        size += len(line)
        if size > MAX_ANSWER:
            raise UnreadableAnswer(f"more than {MAX_ANSWER:,} bytes of events")
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "answer":
            return value.encode()
        elif name == "data" and event == "words":
            await on_words(_words(value))
    raise UnreadableAnswer("the events ended without an answer")


def _words(data: str) -> str:
    try:
        text = json.loads(data)["text"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableAnswer(f"words that are none: {data[:80]!r}") from error
    return text if isinstance(text, str) else ""
