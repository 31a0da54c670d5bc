"""Speaking to the API of another service: with time-outs, budgets, and a word for each failure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany, Unavailable

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20, connect=5)
MAX_ANSWER = 20 * 1024 * 1024  # bytes
PATIENCE = timedelta(seconds=10)  # a Retry-After up to this is waited for, once
USUAL_WAIT = timedelta(seconds=10)  # where a 429 does not say
LONGEST_WAIT = timedelta(hours=24)
Pause = Callable[[float], Awaitable[None]]
Document = Mapping[str, Any]


class TokenRefused(Unavailable):
    """The other service does not accept our sign-in any more. Please reconnect it."""


class Clash(Conflict):
    """There is one already. `document` is what the other service said."""

    def __init__(self, message: str, document: Document) -> None:
        super().__init__(message)
        self.document = document


class NotTaken(InvalidInput):
    """The other service cannot use what it was sent. `document` is what it said."""

    def __init__(self, message: str, document: Document) -> None:
        super().__init__(message)
        self.document = document


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request. `path` begins with a slash; `form` is sent in the place of `json`."""

    method: str
    path: str
    token: str = ""
    params: Mapping[str, str] | None = None
    json: object = None
    form: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = None


class Budget:
    """At most so many requests in any window: whoever comes too early waits."""

    def __init__(self, times: int, within: timedelta, *, pause: Pause = asyncio.sleep) -> None:
        self._within = within.total_seconds()
        self._begun: deque[float] = deque(maxlen=times)
        self._turn = asyncio.Lock()
        self._pause = pause

    async def spend(self) -> None:
        """Return when one more request may be made."""
        async with self._turn:
            if len(self._begun) == self._begun.maxlen:
                early = self._begun[0] + self._within - time.monotonic()
                if early > 0:
                    await self._pause(early)
            self._begun.append(time.monotonic())


class Api:
    """A vendor's API. One per process; `close` it at the end. `name` is what members call it."""

    def __init__(
        self, name: str, base_url: str, *, budget: Budget, pause: Pause = asyncio.sleep
    ) -> None:
        self.name = name
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._pause = pause
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def ask(self, asked: Asked) -> Document:
        """Return the answer, {} for none.

        Raises TokenRefused, NotAllowed, NotFound, Clash, NotTaken, TooMany, or Unavailable where
        nobody can say whether it was done. A 429 was not done: a short one is waited out, once.
        """
        try:
            return await self._once(asked)
        except TooMany as error:
            if error.retry_after > PATIENCE:
                raise
            await self._pause(error.retry_after.total_seconds())
            return await self._once(asked)

    async def _once(self, asked: Asked) -> Document:
        await self._budget.spend()
        if self._client is None:  # only now: reading the system's certificates takes long
            self._client = httpx.AsyncClient(base_url=self._base_url, timeout=TIMEOUT)
        try:
            response = await self._client.send(self._request(self._client, asked), stream=True)
            try:
                body = await _read(response)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("%s did not answer: %s", self.name, type(error).__name__)
            raise Unavailable(f"{self.name} did not answer. Nothing is lost; try again.") from error
        return self._answer(response, body)

    def _request(self, client: httpx.AsyncClient, asked: Asked) -> httpx.Request:
        headers = {"Accept": "application/json"}
        if asked.token:
            headers["Authorization"] = f"Bearer {asked.token}"
        elif asked.basic is not None:
            headers["Authorization"] = httpx.BasicAuth(*asked.basic)._auth_header
        return client.build_request(
            asked.method,
            asked.path,
            params=asked.params,
            json=asked.json,
            data=asked.form,
            headers=headers,
        )

    def _answer(self, response: httpx.Response, body: bytes | None) -> Document:
        status, document = response.status_code, _document(body)
        if status >= 400:
            raise self._error(response, document or {})
        if document is None:
            log.warning("%s answered %d with what is no JSON", self.name, status)
            raise Unavailable(f"{self.name} answered with something nobody can read.")
        return document

    def _error(self, response: httpx.Response, document: Document) -> Exception:
        status = response.status_code
        log.warning("%s answered %d", self.name, status)  # what it said may quote what was sent
        if status == 401:
            return TokenRefused(f"{self.name} does not accept our sign-in any more. Reconnect it.")
        if status == 403:
            return NotAllowed(
                f"{self.name} does not allow that. Reconnect it and allow all that is asked for."
            )
        if status in (404, 410):
            return NotFound(f"{self.name} does not know that any more.")
        if status == 409:
            return Clash(f"{self.name} has that already.", document)
        if status == 429:
            return TooMany(
                f"{self.name} wants us to wait a little.",
                retry_after=wait_of(response.headers.get("retry-after", "")),
            )
        if status < 500:
            return NotTaken(f"{self.name} did not accept what it was sent.", document)
        return Unavailable(f"{self.name} has trouble at the moment. Nothing is lost; try again.")


def wait_of(header: str) -> timedelta:
    """Return what a Retry-After says (RFC 9110, 10.2.3), within a day."""
    if header.strip().isdigit():
        return min(timedelta(seconds=min(int(header), 10**6)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return USUAL_WAIT
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(), min(aware - datetime.now(UTC), LONGEST_WAIT))


async def _read(response: httpx.Response) -> bytes | None:
    """Return the body, None for one that is far too long."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER:
            return None
    return bytes(body)


def _document(body: bytes | None) -> Document | None:
    """Return an object, {} for nothing at all, None for what is none."""
    if body is None:
        return None
    if not body.strip():
        return {}
    try:
        found = httpx.Response(200, content=body).json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
