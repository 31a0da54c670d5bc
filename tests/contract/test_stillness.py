"""What every Stillness and StallBook promise."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Outcome
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores
from tests.contract.watching_calls import a_stall

pytestmark = pytest.mark.anyio
NOW = TUESDAY_10AM
HOUR = timedelta(hours=1)


async def test_what_should_have_left_is_counted_by_mailbox_and_sequence(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message("first", send_at=NOW - DAY),
            a_message("second", send_at=NOW - MINUTE, reason="the server is busy"),
            a_message("theirs", account_id=OTHER, send_at=NOW),
            a_message("later", send_at=NOW + MINUTE),
            a_message("paused", send_at=NOW - DAY, paused_by=("o1",)),
            a_message("sent", send_at=NOW - DAY, status=MessageStatus.SENT),
        ]
    )

    waiting = await stores.stillness.waiting(before=NOW, tried_until=NOW + HOUR)

    found = sorted(waiting, key=lambda w: w.account_id)
    assert [(w.account_id, w.since, w.count, w.reason) for w in found] == [
        (ACME, NOW - DAY, 2, "the server is busy"),
        (OTHER, NOW, 1, ""),
    ]
    assert {(w.mailbox_id, w.sequence_id) for w in found} == {("m1", "s1")}


async def test_what_was_tried_and_put_off_counts_from_when_it_was_tried(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(send_at=NOW)])
    (message,) = await stores.outbox.claim_due(since=NOW - HOUR, now=NOW, lease=NOW + HOUR, limit=1)
    await stores.outbox.intend(message, digest="d", now=NOW, lease=NOW + HOUR)
    busy = Outcome(status=MessageStatus.PLANNED, note="busy", at=NOW, send_at=NOW + HOUR)
    await stores.outbox.record(message, busy)

    waiting = await stores.stillness.waiting(before=NOW + MINUTE, tried_until=NOW + 2 * HOUR)

    assert [(w.since, w.count, w.reason) for w in waiting] == [(NOW, 1, "busy")]
    assert await stores.stillness.waiting(before=NOW - MINUTE, tried_until=NOW + 2 * HOUR) == []


async def test_the_mail_that_left_last_is_the_accounts_own(stores: Stores) -> None:
    sent = MessageStatus.SENT
    await stores.messages.add_planned(
        [
            a_message("first", status=sent, sent_at=NOW - DAY),
            a_message("last", status=sent, sent_at=NOW),
            a_message("theirs", status=sent, sent_at=NOW + DAY, account_id=OTHER),
        ]
    )

    assert await stores.stillness.last_left(ACME) == NOW


async def test_an_account_stands_still_once_until_it_goes_or_for_another_reason(
    stores: Stores,
) -> None:
    opened = await asyncio.gather(*(stores.stalls.open(a_stall()) for _ in range(5)))
    again = await stores.stalls.open(a_stall(kind="worker"))

    assert opened.count(True) == 1
    assert again
    assert await stores.stalls.all() == [a_stall(kind="worker")]
    assert [await stores.stalls.close(ACME) for _ in range(2)] == [True, False]
    assert await stores.stalls.all() == []
