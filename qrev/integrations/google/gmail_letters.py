"""Hearing a Gmail mailbox: what was added since a history id, and each mail as it came.

A history id that is too old (404) is followed by a look through the last days: hearing a mail
twice is harmless, missing one is not.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from qrev.accounts.grants import MustReconnect
from qrev.campaigns.hearing.ports import HearError, Incoming, MayNotHear, NotHeard
from qrev.campaigns.hearing.reading import MAX_BYTES
from qrev.campaigns.models import Mailbox
from qrev.integrations.google.client import READ
from qrev.integrations.google.gmail import Tokens
from qrev.integrations.google.gmail_answers import RECONNECT
from qrev.kit.errors import Unavailable

WITHIN = httpx.Timeout(20, connect=10)
PAGES = 20
AT_ONCE = 100  # mails of a page
# Our own mails and what nobody meant to send.
NOT_HEARD = frozenset({"SENT", "DRAFT", "CHAT"})


class _TooOld(Exception):
    """Gmail has forgotten what happened since that place."""


class GmailLetters:
    """Fills Letters. `url` is where the API is, without its path; a mark is a history id."""

    def __init__(
        self, url: str, tokens: Tokens, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._me = f"{url}/gmail/v1/users/me"
        self._tokens = tokens
        self._transport = transport

    async def since(self, mailbox: Mailbox, mark: str, *, from_day: datetime) -> Incoming:
        """Return what came in behind a place. Raises HearError."""
        async with await self._http(mailbox) as http:
            if mark:
                try:
                    return await self._added(http, mark)
                except _TooOld:
                    pass
            # The place first: what comes in while we look is heard once more, not never.
            place = str((await self._got(http, "/profile", {})).get("historyId", ""))
            ids = await self._looked_through(http, from_day)
            return Incoming(ids=tuple(ids), mark=place, is_anew=bool(mark))

    async def fetch(self, mailbox: Mailbox, letter_id: str) -> bytes | None:
        """Return a mail's beginning, None if it is gone. Raises HearError."""
        async with await self._http(mailbox) as http:
            try:
                found = await self._got(http, f"/messages/{letter_id}", {"format": "raw"})
            except _TooOld:
                return None
        if NOT_HEARD & set(map(str, found.get("labelIds") or ())):
            return None
        try:
            return base64.urlsafe_b64decode(str(found["raw"]) + "==")[:MAX_BYTES]
        except (KeyError, ValueError) as error:
            raise NotHeard("Gmail gave no mail") from error

    async def _added(self, http: httpx.AsyncClient, mark: str) -> Incoming:
        asked = {"startHistoryId": mark, "historyTypes": "messageAdded", "maxResults": "500"}
        ids: dict[str, None] = {}
        for _ in range(PAGES):
            page = await self._got(http, "/history", asked)
            for each in _items(page, "history"):
                # The place after this item: a page that fails later costs none of it.
                mark = str(each.get("id") or mark)
                for added in _items(each, "messagesAdded"):
                    mail = added.get("message")
                    if isinstance(mail, dict) and not NOT_HEARD & set(mail.get("labelIds") or ()):
                        ids[str(mail.get("id", ""))] = None
            if not page.get("nextPageToken"):
                mark = str(page.get("historyId") or mark)
                break
            asked["pageToken"] = str(page["nextPageToken"])
        return Incoming(ids=tuple(each for each in ids if each), mark=mark)

    async def _looked_through(self, http: httpx.AsyncClient, from_day: datetime) -> list[str]:
        asked = {"q": f"after:{int(from_day.timestamp())}", "maxResults": str(AT_ONCE)}
        ids: list[str] = []
        for _ in range(PAGES):
            page = await self._got(http, "/messages", asked)
            ids += [str(each["id"]) for each in _items(page, "messages") if each.get("id")]
            if not page.get("nextPageToken"):
                break
            asked["pageToken"] = str(page["nextPageToken"])
        return list(reversed(ids))  # the oldest first

    async def _http(self, mailbox: Mailbox) -> httpx.AsyncClient:
        if mailbox.owner_id is None:
            raise MayNotHear(RECONNECT)
        try:
            token = await self._tokens.fresh(mailbox.owner_id, (READ,))
        except MustReconnect as error:
            raise MayNotHear(RECONNECT) from error
        except Unavailable as error:
            raise NotHeard(str(error)) from error
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=WITHIN,
            transport=self._transport,
        )

    async def _got(
        self, http: httpx.AsyncClient, path: str, asked: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Return an answer. Raises _TooOld for what is not there, HearError."""
        try:
            answer = await http.get(f"{self._me}{path}", params=dict(asked))
        except httpx.HTTPError as error:
            raise NotHeard(f"Gmail did not answer ({type(error).__name__})") from error
        if answer.status_code == 404:
            raise _TooOld
        if not answer.is_success:
            raise _refusal(answer)
        try:
            found = answer.json()
        except ValueError as error:
            raise NotHeard("Gmail's answer could not be read") from error
        if not isinstance(found, dict):
            raise NotHeard("Gmail's answer could not be read")
        return found


def _refusal(answer: httpx.Response) -> HearError:
    """Return what it means: a 401 is about what we may do, all else passes."""
    if answer.status_code == 401:
        return MayNotHear(RECONNECT)
    return NotHeard(f"Gmail said {answer.status_code}")


def _items(page: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = page.get(name) or ()
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
