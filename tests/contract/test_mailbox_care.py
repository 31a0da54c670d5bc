"""What is promised of mailboxes in the hands of members, and of their mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.campaigns.mailbox_ports import Attempt
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Outcome
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_mailbox, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

NOW = TUESDAY_10AM
FAR = NOW + timedelta(days=3650)


async def test_only_the_named_fields_of_a_mailbox_are_written(stores: Stores) -> None:
    await stores.mailboxes.add_if_new(a_mailbox())
    wanted = replace(a_mailbox(), name="Alice A.", signature="A\nB", cap=7, login_version=3)

    assert await stores.records.set(ACME, wanted, ("name", "signature", "login_version"))
    assert not await stores.records.set(OTHER, wanted, ("cap",))

    (kept,) = await stores.mailboxes.of_account(ACME)
    assert kept == replace(wanted, cap=a_mailbox().cap)


async def test_a_mailbox_is_taken_away_from_its_own_workspace_alone(stores: Stores) -> None:
    await stores.mailboxes.add_if_new(a_mailbox())

    assert not await stores.records.remove(OTHER, a_mailbox().id)
    assert await stores.records.remove(ACME, a_mailbox().id)
    assert await stores.mailboxes.of_account(ACME) == []


async def test_what_was_tried_and_what_waits_is_told_by_mailbox(stores: Stores) -> None:
    mailbox_id = a_mailbox().id
    await stores.mailboxes.add_if_new(a_mailbox())
    await stores.messages.add_planned(
        [
            a_message(mailbox_id=mailbox_id),
            a_message("ann", mailbox_id=mailbox_id, send_at=NOW + DAY),
            a_message("eve", mailbox_id="gone", send_at=NOW + DAY),
            a_message("mal", account_id=OTHER, mailbox_id=mailbox_id, send_at=NOW + DAY),
        ]
    )
    (claimed,) = await stores.outbox.claim_due(
        since=NOW - DAY, now=NOW, lease=NOW + MINUTE, limit=9
    )
    await stores.outbox.intend(claimed, digest="d", now=NOW, lease=NOW + MINUTE)
    failed = Outcome(status=MessageStatus.FAILED, note="550 no", at=NOW)
    await stores.outbox.record(claimed, failed)

    attempts = await stores.mailbox_mails.attempts(ACME, since=NOW - DAY)

    assert attempts == [Attempt(mailbox_id, MessageStatus.FAILED, NOW, "550 no")]
    assert await stores.mailbox_mails.attempts(ACME, since=NOW + MINUTE) == []
    assert await stores.mailbox_mails.waiting(ACME) == {mailbox_id: 1, "gone": 1}


async def test_only_what_waits_for_its_mailbox_is_let_go(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(held_until=FAR),
            a_message("ann", held_until=NOW + MINUTE),
            a_message("eve", held_until=FAR, mailbox_id="m2"),
            a_message("sent", held_until=FAR, status=MessageStatus.SENT),
            a_message("mal", account_id=OTHER, held_until=FAR),
        ]
    )

    released = await stores.mailbox_mails.release(
        ACME, "m1", held_beyond=NOW + DAY, until=NOW - MINUTE
    )

    assert released == 1
    held = {key: await stores.messages.get(ACME, f"s1:{key}:1") for key in ("bob", "ann", "eve")}
    assert {k: m.held_until for k, m in held.items() if m} == {
        "bob": NOW - MINUTE,
        "ann": NOW + MINUTE,
        "eve": FAR,
    }
