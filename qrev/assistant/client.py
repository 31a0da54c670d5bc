"""Asking the AI server. Foreign words end here: what leaves is ours."""

from __future__ import annotations

import logging

import httpx

from qrev.assistant.contract import MAX_ANSWER, Action, TurnRequest, UnreadableAnswer, read_answer
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

    async def ask(self, request: TurnRequest, *, turn_id: str) -> list[Action]:
        """Return the actions for one turn. It is asked once: no retry of its own.

        Raises Unavailable, in words for the member, when there is no answer that can be used.
        """
        if self._has_token_in_body:
            request = request.model_copy(update={"token": self._token})
        headers = {"Idempotency-Key": turn_id, "X-Request-ID": new_id()}
        body = request.model_dump_json(exclude_none=True).encode()
        try:
            raw = await self._answer_to(body, headers)
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

    async def _answer_to(self, body: bytes, headers: dict[str, str]) -> bytes:
        """Return the answer's bytes, no more of them than an answer may have."""
        async with self._http.stream("POST", self._url, content=body, headers=headers) as response:
            response.raise_for_status()
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_ANSWER:
                    break
            return bytes(raw)

    async def close(self) -> None:
        await self._http.aclose()
