"""The mailboxes, as their card asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.mailboxes_cards import MailboxDomainView, MailboxesView
from tests.assistant.world import World
from tests.integrations.smtp.server import LOOPBACK, MailServer

pytestmark = pytest.mark.anyio

SMTP = {
    "email": "sales@acme.test",
    "host": LOOPBACK,
    "user": "sales",
    "password": "s3cret-pass",
}


async def ask(world: World, actor: Actor, name: str, /, **payload: Any) -> MailboxesView:
    answered = await answer(world.services.desks, actor, name, payload)
    assert isinstance(answered.view, MailboxesView), answered
    return answered.view


async def refusal(world: World, actor: Actor, name: str, **payload: Any) -> str:
    answered = await answer(world.services.desks, actor, name, payload)
    assert answered.refusal is not None
    return answered.refusal.message


async def test_a_workspace_has_its_first_mailbox_and_says_how_it_is_doing(
    world: World, alice: Actor
) -> None:
    view = await ask(world, alice, "mailboxes_get")

    (row,) = view.rows
    assert (row.email, row.kind, row.sent_week, row.trouble) == (alice.email, "outbox", 0, "")
    assert (view.me, view.has_google, view.may_connect) == (alice.email, False, True)


async def test_what_is_set_is_shown_again(world: World, alice: Actor) -> None:
    (row,) = (await ask(world, alice, "mailboxes_get")).rows

    view = await ask(
        world,
        alice,
        "mailbox_save",
        mailbox_id=row.id,
        name="Alice A.",
        reply_to="desk@acme.test",
        signature="Alice\nAcme",
        cap=12,
        is_warmed=True,
    )

    (row,) = view.rows
    assert (row.name, row.reply_to, row.signature) == ("Alice A.", "desk@acme.test", "Alice\nAcme")
    assert (row.cap, row.today, row.is_warmed) == (12, 12, True)
    assert view.said


async def test_a_test_mail_a_pause_and_going_on_are_told_in_words(
    world: World, alice: Actor
) -> None:
    (row,) = (await ask(world, alice, "mailboxes_get")).rows

    tried = await ask(world, alice, "mailbox_test", mailbox_id=row.id)
    paused = await ask(world, alice, "mailbox_pause", mailbox_id=row.id)
    going = await ask(world, alice, "mailbox_resume", mailbox_id=row.id)

    assert alice.email in tried.said
    assert (paused.rows[0].is_paused, "Its mails wait" in paused.said) == (True, True)
    assert (going.rows[0].is_paused, "sends again" in going.said) == (False, True)


async def test_a_login_that_does_not_work_is_refused_and_its_password_told_to_nobody(
    world: World, alice: Actor
) -> None:
    server = MailServer(logins={})
    async with server.running():
        said = await refusal(world, alice, "mailbox_connect_smtp", **SMTP, port=server.port)

    assert "Nothing was kept" in said
    assert "no encryption" in said
    assert "s3cret" not in said
    assert not server.passwords_seen
    assert len((await ask(world, alice, "mailboxes_get")).rows) == 1


async def test_google_is_refused_in_words_where_it_is_not_set_up(
    world: World, alice: Actor
) -> None:
    assert "not set up" in await refusal(world, alice, "mailbox_connect_google")


async def test_a_domain_nobody_answers_for_is_said_to_be_unknown(
    world: World, alice: Actor
) -> None:
    (row,) = (await ask(world, alice, "mailboxes_get")).rows

    answered = await answer(world.services.desks, alice, "mailbox_domain", {"mailbox_id": row.id})

    assert isinstance(answered.view, MailboxDomainView)
    assert [f.name for f in answered.view.findings] == ["SPF", "DKIM", "DMARC"]
