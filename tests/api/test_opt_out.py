"""The way out of our mails, as it stands in the mail itself, all the way over HTTP."""

from __future__ import annotations

import email
import html
import re
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.models import Mailbox, Message, MessageStatus
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.messages import MongoMessages
from qrev.kit.ids import stable_id
from qrev.kit.signing import Signer
from tests.api.conftest import HOME, Door
from tests.contract.builders import a_message

pytestmark = pytest.mark.anyio

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PERSON = stable_id("per", "bob")


def a_mail(actor: Actor, sequence: str, step: int = 1) -> Message:
    """Return one of our own form, planned for when the fake clock begins."""
    prospect_id = f"{stable_id('seq', sequence)}:{PERSON}"
    return replace(
        a_message(step=step),
        id=f"{prospect_id}:{step}",
        account_id=actor.account_id,
        sequence_id=stable_id("seq", sequence),
        prospect_id=prospect_id,
    )


@pytest.fixture
async def sent(door: Door, tmp_path: Path) -> EmailMessage:
    """Return the mail that left, read by the receiver; others to the same address wait."""
    messages, actor = MongoMessages(door.database), door.actor
    mailbox = Mailbox(
        id="m1",
        account_id=actor.account_id,
        email="alice@acme.test",
        name="Alice",
        channel="outbox",
        timezone="UTC",
        cap=30,
        ramp_started_on=None,
    )
    await MongoMailboxes(door.database).add_if_new(mailbox)
    later = [
        replace(a_mail(actor, name, step), send_at=door.clock() + timedelta(days=3))
        for name, step in (("spring", 2), ("autumn", 1))
    ]
    first = replace(a_mail(actor, "spring"), send_at=door.clock(), held_until=door.clock())
    await messages.add_planned([first, *later])
    assert await door.services.sender.send_batch() == 1
    (path,) = tmp_path.rglob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def link_in(mail: EmailMessage) -> str:
    found = re.match(r"<([^>]+)>", str(mail["List-Unsubscribe"]))
    assert found is not None
    return found[1]


async def statuses(door: Door) -> set[tuple[int, str]]:
    found = door.database["messages"].find({"account_id": door.actor.account_id})
    return {(d["step"], d["status"]) async for d in found}


async def test_one_press_of_the_readers_own_button_stops_every_sequence(
    door: Door, sent: EmailMessage
) -> None:
    answer = await door.http.post(link_in(sent), data=ONE_CLICK)

    assert answer.status_code == 200
    assert await statuses(door) == {(1, "sent"), (1, "cancelled"), (2, "cancelled")}
    listed = await door.services.suppressions.unreachable(door.actor.account_id, ["bob@pine.test"])
    assert "bob@pine.test" in listed


async def test_the_link_in_the_text_shows_a_page_in_the_senders_name_and_changes_nothing(
    door: Door, sent: EmailMessage
) -> None:
    text = sent.get_content().replace("\r\n", "\n")
    link = link_in(sent)

    page = await door.http.get(link)

    assert f"unsubscribe here: {link}\n" in text
    assert len(urlsplit(link).path) < 65
    assert page.status_code == 200
    account = await door.services.accounts.account(door.actor)
    assert html.escape(account.name) in page.text
    assert "bob@pine.test" in page.text
    assert "<script" not in page.text
    assert "hidden" not in page.text.split("<form")[1].split(">")[0]
    assert (2, "planned") in await statuses(door)


async def test_a_link_still_works_after_a_year(door: Door, sent: EmailMessage) -> None:
    door.clock.advance(days=365)

    assert (await door.http.get(link_in(sent))).status_code == 200
    assert (await door.http.post(link_in(sent))).status_code == 200
    assert (await door.http.post(link_in(sent))).status_code == 200


async def test_a_link_of_the_first_mails_still_works(door: Door, sent: EmailMessage) -> None:
    message_id = str(sent["X-QRev-Message"])
    token = Signer("l" * 64, "opt-out").sign(door.actor.account_id, message_id)
    url = f"/api/campaign/unsubscribe?t={token}"

    assert (await door.http.get(url)).status_code == 200
    assert (await door.http.post(url, data=ONE_CLICK)).status_code == 200
    assert (2, "cancelled") in await statuses(door)


@pytest.mark.parametrize("cut", [-1, -20, 10])
async def test_a_link_that_was_cut_says_what_to_do(
    door: Door, sent: EmailMessage, cut: int
) -> None:
    link = link_in(sent)
    broken = link[:cut] if cut < 0 else f"{HOME}/api/u/{'a' * cut}"

    for answer in (await door.http.get(broken), await door.http.post(broken)):
        assert answer.status_code == 404
        assert "Open the mail again" in answer.text
    assert (1, MessageStatus.PLANNED.value) in await statuses(door)
