"""Sending by the Gmail API, with what a member lets us do there, and looking what was sent.

Nothing is ever tried again here: whether a mail may be out is for others to settle.
"""

from __future__ import annotations

import base64
import email
import email.policy
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import httpx

from qrev.accounts.grants import MustReconnect
from qrev.accounts.models import UserId
from qrev.campaigns.delivery import Absent, Accepted, CouldNotLook, Found, Look
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Letter, MailboxRefused, NoAnswer, NotNow
from qrev.integrations.google.client import READ
from qrev.integrations.google.client import SEND as MAY_SEND
from qrev.integrations.google.gmail_answers import GET, LIST, RECONNECT, SEND, Units, meaning
from qrev.kit.clock import Clock
from qrev.kit.errors import Unavailable

log = logging.getLogger(__name__)

CONNECT_WITHIN = 15.0  # seconds
ANSWER_WITHIN = 90.0  # seconds; Gmail says nothing of how long a send may take
READ_WITHIN = 15.0  # seconds
PAGES = 5  # of 100 mails to one address within the time that is looked at
CLOCKS_DIFFER = timedelta(hours=1)


class Tokens(Protocol):
    async def fresh(self, user_id: UserId, needed: Collection[str]) -> str:
        """Return an access token. Raises MustReconnect, or Unavailable."""


class _Unreadable(Exception):
    """Gmail did not say what we asked."""


class GmailChannel:
    """Fills Channel and Settling. `url` is where the API is, without its path."""

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        *,
        clock: Clock,
        answer_within: float = ANSWER_WITHIN,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._messages = f"{url}/gmail/v1/users/me/messages"
        self._tokens = tokens
        self._clock = clock
        self._answer_within = answer_within
        self._transport = transport
        self._units: dict[UserId, Units] = defaultdict(Units)

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        """Hand one letter over; Gmail's ids of mail and conversation come back. Raises SendError.

        The Message-ID is read back, for Gmail may have put another in the place of ours.
        """
        if mailbox.owner_id is None:
            raise MailboxRefused(RECONNECT)
        token = await self._token(mailbox.owner_id)
        self._spend(mailbox.owner_id, SEND)
        async with self._http(token, self._answer_within) as http:
            answer = await self._posted(http, letter, letter.thread_id)
            if answer.status_code == 404 and letter.thread_id:
                # The conversation was deleted there. Nothing was sent, so it begins another.
                self._spend(mailbox.owner_id, SEND)
                answer = await self._posted(http, letter, "")
        if not answer.is_success:
            raise meaning(answer.status_code, answer.content)
        accepted = _accepted(answer)
        header_id = await self._header_id(mailbox.owner_id, token, accepted.provider_id)
        if header_id in ("", letter.header_id):
            return accepted
        return Accepted(
            provider_id=accepted.provider_id, thread_id=accepted.thread_id, header_id=header_id
        )

    async def look(self, mailbox: Mailbox, message: Message) -> Look:
        """Look for our header among what was sent to the address since the attempt."""
        try:
            if mailbox.owner_id is None:
                raise MustReconnect
            token = await self._tokens.fresh(mailbox.owner_id, (READ,))
            async with self._http(token, READ_WITHIN) as http:
                async for provider_id, thread_id in self._sent_to(http, mailbox.owner_id, message):
                    mail = await self._read(http, mailbox.owner_id, provider_id)
                    if mail["X-QRev-Message"] == message.id:
                        return Found(
                            Accepted(
                                provider_id=provider_id,
                                thread_id=thread_id,
                                header_id=str(mail["Message-ID"] or ""),
                            )
                        )
        except MustReconnect:
            return CouldNotLook(RECONNECT)
        except (Unavailable, _Unreadable, NotNow, httpx.HTTPError) as error:
            why = str(error) or type(error).__name__
            return CouldNotLook(f"Gmail did not say what was sent ({why})")
        return Absent()

    async def _token(self, user_id: UserId) -> str:
        try:
            return await self._tokens.fresh(user_id, (MAY_SEND,))
        except MustReconnect as error:
            raise MailboxRefused(RECONNECT) from error
        except Unavailable as error:
            raise NotNow(str(error)) from error

    def _spend(self, user_id: UserId, units: int) -> None:
        if not self._units[user_id].take(units, self._clock()):
            raise NotNow("this minute's share of Gmail is used up")

    def _http(self, token: str, within: float) -> httpx.AsyncClient:
        """Return a client for one mail. A kept connection may be dead, and who is to know whether
        what was written to it arrived?
        """
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(within, connect=CONNECT_WITHIN),
            transport=self._transport,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def _posted(
        self, http: httpx.AsyncClient, letter: Letter, thread_id: str
    ) -> httpx.Response:
        said = {"raw": base64.urlsafe_b64encode(letter.raw).decode()}
        if thread_id:
            said["threadId"] = thread_id
        try:
            return await http.post(f"{self._messages}/send", json=said)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotNow("Gmail cannot be reached") from error
        except httpx.HTTPError as error:
            raise NoAnswer(f"Gmail did not answer ({type(error).__name__})") from error

    async def _header_id(self, user_id: UserId, token: str, provider_id: str) -> str:
        """Return the Message-ID a mail left with, "" where that cannot be told: it is sent."""
        try:
            async with self._http(token, READ_WITHIN) as http:
                mail = await self._read(http, user_id, provider_id)
        except (_Unreadable, NotNow, httpx.HTTPError) as error:
            log.info("the Message-ID of a sent mail could not be read back: %s", error)
            return ""
        return str(mail["Message-ID"] or "").strip()

    async def _sent_to(
        self, http: httpx.AsyncClient, user_id: UserId, message: Message
    ) -> AsyncIterator[tuple[str, str]]:
        """Yield the ids of what was sent to the address lately, and of the conversations."""
        tried = [line.at for line in message.ledger if line.kind == "intent"]
        since = int((min(tried, default=message.created_at) - CLOCKS_DIFFER).timestamp())
        asked = {"labelIds": "SENT", "q": f"to:{message.to} after:{since}", "maxResults": "100"}
        for _ in range(PAGES):
            page = await self._got(http, user_id, self._messages, asked, LIST)
            for each in _listed(page):
                yield each
            if not page.get("nextPageToken"):
                return
            asked["pageToken"] = str(page["nextPageToken"])
        raise _Unreadable("too much was sent to that address")

    async def _read(
        self, http: httpx.AsyncClient, user_id: UserId, provider_id: str
    ) -> EmailMessage:
        url = f"{self._messages}/{provider_id}"
        found = await self._got(http, user_id, url, {"format": "raw"}, GET)
        try:
            raw = base64.urlsafe_b64decode(str(found["raw"]) + "==")
        except (KeyError, ValueError) as error:
            raise _Unreadable("no mail") from error
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    async def _got(
        self,
        http: httpx.AsyncClient,
        user_id: UserId,
        url: str,
        asked: Mapping[str, str],
        units: int,
    ) -> Mapping[str, Any]:
        self._spend(user_id, units)
        answer = await http.get(url, params=dict(asked))
        if not answer.is_success:
            raise _Unreadable(f"{answer.status_code}")
        try:
            found = answer.json()
        except ValueError as error:
            raise _Unreadable("no JSON") from error
        if not isinstance(found, dict):
            raise _Unreadable("no object")
        return found


def _listed(page: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return [(str(e["id"]), str(e.get("threadId", ""))) for e in page.get("messages") or ()]
    except (KeyError, TypeError, AttributeError) as error:
        raise _Unreadable("no list of mails") from error


def _accepted(answer: httpx.Response) -> Accepted:
    """Return what Gmail calls the mail. Raises NoAnswer for a yes that does not say."""
    try:
        found = answer.json()
        return Accepted(provider_id=str(found["id"]), thread_id=str(found.get("threadId", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswer("Gmail's answer could not be read") from error
