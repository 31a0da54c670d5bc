"""Hearing a Gmail mailbox: as emulate plays it, and as Gmail misbehaves."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest

from qrev.accounts.grants import MustReconnect
from qrev.accounts.models import UserId
from qrev.campaigns.hearing.ports import HearError, MayNotHear, NotHeard
from qrev.integrations.google.gmail_letters import GmailLetters
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import a_mailbox
from tests.fakes import FakeClock
from tests.google_servers import Emulated
from tests.integrations.google.conftest import google_at
from tests.integrations.google.test_grants import granted

pytestmark = pytest.mark.anyio
MAILBOX = replace(a_mailbox("m1"), channel="gmail", owner_id=UserId("alice"))
Answer = Callable[[httpx.Request], httpx.Response]


class Given:
    """Fills Tokens."""

    def __init__(self, token: str) -> None:
        self.token = token

    async def fresh(self, user_id: UserId, needed: Collection[str]) -> str:
        if not self.token:
            raise MustReconnect
        return self.token


def scripted(answer: Answer, token: str = "t") -> GmailLetters:
    transport = httpx.MockTransport(answer)
    return GmailLetters("http://gmail.test", Given(token), transport=transport)


async def import_mail(issuer: str, token: str, subject: str) -> tuple[str, str]:
    """Have a mail come in, as one from somebody else. Return its id, and the place behind it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bob@pine.test", "alice@acme.test", subject
    mail.set_content("Sounds good")
    said = {"raw": base64.urlsafe_b64encode(mail.as_bytes()).decode(), "labelIds": ["INBOX"]}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.post(f"{issuer}/gmail/v1/users/me/messages", json=said)
        letter_id = str(answer.raise_for_status().json()["id"])
        found = await http.get(f"{issuer}/gmail/v1/users/me/messages/{letter_id}")
        return letter_id, str(found.raise_for_status().json()["historyId"])


async def test_what_comes_in_is_heard_once_and_as_it_came(
    emulated: Emulated, clock: FakeClock
) -> None:
    grant = await granted(google_at(emulated.issuer, clock), emulated, "alice@acme.test", clock)
    letters = GmailLetters(emulated.issuer, Given(grant.access_token))
    before, place = await import_mail(emulated.issuer, grant.access_token, "Before")
    letter_id, _ = await import_mail(emulated.issuer, grant.access_token, "First")

    first = await letters.since(MAILBOX, place, from_day=TUESDAY_10AM)
    second = await letters.since(MAILBOX, first.mark, from_day=TUESDAY_10AM)
    raw = await letters.fetch(MAILBOX, letter_id)

    assert letter_id in first.ids
    assert before not in first.ids
    assert letter_id not in second.ids
    assert raw is not None
    assert b"Subject: First" in raw
    assert await letters.fetch(MAILBOX, "no-such-mail") is None


async def test_a_place_that_is_too_old_is_followed_by_a_look_through_the_last_days() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2] + "?" + request.url.query.decode())
        if request.url.path.endswith("/history"):
            return httpx.Response(404, json={"error": {"code": 404}})
        if request.url.path.endswith("/profile"):
            return httpx.Response(200, json={"historyId": "900"})
        if "pageToken" in str(request.url):
            return httpx.Response(200, json={"messages": [{"id": "old"}]})
        return httpx.Response(200, json={"messages": [{"id": "new"}], "nextPageToken": "p2"})

    day = TUESDAY_10AM - timedelta(days=1)
    incoming = await scripted(answer).since(MAILBOX, "17", from_day=day)

    assert (incoming.ids, incoming.mark, incoming.is_anew) == (("old", "new"), "900", True)
    assert f"after%3A{int(day.timestamp())}" in asked[2]


async def test_pages_of_history_are_read_to_the_end_without_what_we_sent() -> None:
    def item(number: int, *labels: str) -> dict[str, object]:
        mail = {"id": f"m{number}", "labelIds": list(labels)}
        return {"id": str(number), "messagesAdded": [{"message": mail}]}

    def answer(request: httpx.Request) -> httpx.Response:
        if "pageToken" in str(request.url):
            page: dict[str, object] = {"history": [item(3, "INBOX"), item(1, "INBOX")]}
            return httpx.Response(200, json={**page, "historyId": "9"})
        page = {"history": [item(1, "INBOX"), item(2, "SENT")], "nextPageToken": "p2"}
        return httpx.Response(200, json={**page, "historyId": "9"})

    incoming = await scripted(answer).since(MAILBOX, "0", from_day=TUESDAY_10AM)

    assert (incoming.ids, incoming.mark) == (("m1", "m3"), "9")


@pytest.mark.parametrize(
    ("answer", "token", "kind"),
    [
        (lambda _: httpx.Response(401), "t", MayNotHear),
        (lambda _: httpx.Response(200, json={}), "", MayNotHear),
        (lambda _: httpx.Response(429), "t", NotHeard),
        (lambda _: httpx.Response(503, text="<html>"), "t", NotHeard),
        (lambda _: httpx.Response(200, text="<html>"), "t", NotHeard),
        (lambda _: httpx.Response(200, json=[]), "t", NotHeard),
    ],
)
async def test_what_goes_wrong_says_whether_a_person_is_needed(
    answer: Answer, token: str, kind: type[HearError]
) -> None:
    with pytest.raises(kind):
        await scripted(answer, token).since(MAILBOX, "1", from_day=TUESDAY_10AM)


async def test_a_connection_that_breaks_passes() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut")

    with pytest.raises(NotHeard):
        await scripted(broken).fetch(MAILBOX, "m1")
