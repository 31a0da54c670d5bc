"""Invitations as mail."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

import pytest

from qrev.accounts.models import Invitation
from qrev.campaigns.inviting import InvitationMail
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import MailboxRefused
from tests.contract.builders import a_mailbox, an_invitation
from tests.fakes import FakeChannel, FakeClock, FakeMailboxes

pytestmark = pytest.mark.anyio
LINK = "https://qrev.acme.test/invitation?t=" + "x" * 150


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


async def sent(
    channel: FakeChannel,
    clock: FakeClock,
    *mailboxes: Mailbox,
    invitation: Invitation | None = None,
) -> bool:
    book = FakeMailboxes()
    for mailbox in mailboxes:
        await book.add_if_new(mailbox)
    mail = InvitationMail(mailboxes=book, channels={"smtp": channel}, clock=clock)
    return await mail.send(invitation or an_invitation(), LINK)


async def test_an_invitation_leaves_through_the_accounts_own_mailbox(
    channel: FakeChannel, clock: FakeClock
) -> None:
    assert await sent(channel, clock, a_mailbox(channel="smtp"))

    (letter,) = channel.delivered
    mail = email.message_from_bytes(letter.raw, policy=email.policy.default)
    body = mail.get_body()
    assert (letter.sender, letter.recipient) == ("m1@acme.test", "bob@pine.test")
    assert mail["Subject"] == "Alice invites you to Acme"
    assert mail["To"] == "bob@pine.test"
    assert body is not None
    assert LINK in body.get_content()
    assert "sign in as bob@pine.test" in body.get_content()
    assert mail["Message-ID"] == letter.header_id


async def test_without_a_mailbox_that_can_send_nothing_is_mailed(
    channel: FakeChannel, clock: FakeClock
) -> None:
    paused = a_mailbox(channel="smtp", is_paused=True)

    assert not await sent(channel, clock)
    assert not await sent(channel, clock, a_mailbox(channel="outbox"), paused)
    assert channel.delivered == []


async def test_a_mailbox_that_is_refused_is_no_error(
    channel: FakeChannel, clock: FakeClock
) -> None:
    channel.fail_with = MailboxRefused("token revoked")

    assert not await sent(channel, clock, a_mailbox(channel="smtp"))


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@pine.test", "Zoë “Z”, Ltd <x@y>", "\x00"])
async def test_no_name_breaks_out_of_a_header(
    channel: FakeChannel, clock: FakeClock, name: str
) -> None:
    hostile = replace(an_invitation(), account_name=name, invited_by_name=name)

    assert await sent(channel, clock, a_mailbox(channel="smtp", name=name), invitation=hostile)

    mail = email.message_from_bytes(channel.delivered[0].raw, policy=email.policy.default)
    assert mail["Bcc"] is None
    assert [each.addr_spec for each in mail["To"].addresses] == ["bob@pine.test"]
    assert [each.addr_spec for each in mail["From"].addresses] == ["m1@acme.test"]
