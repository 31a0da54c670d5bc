"""What every Messages promises: the ledger as planning and the numbers see it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from qrev.campaigns.models import LedgerEntry, Message, MessageCounts, MessageStatus
from qrev.campaigns.planning import Taken
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

PLANNED, HELD, CLAIMED = MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED
SENDING, SENT, FAILED = MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.FAILED
UNKNOWN, CANCELLED = MessageStatus.UNKNOWN, MessageStatus.CANCELLED


async def one_of_each(stores: Stores) -> dict[MessageStatus, Message]:
    """Plan one message of every status, a minute apart."""
    each = {
        status: a_message(status.value, status=status, send_at=TUESDAY_10AM + n * MINUTE)
        for n, status in enumerate(MessageStatus)
    }
    await stores.messages.add_planned(each.values())
    return each


async def status_of(stores: Stores, message: Message) -> MessageStatus | None:
    found = await stores.messages.get(message.account_id, message.id)
    return None if found is None else found.status


async def test_a_message_comes_back_as_it_was_planned(stores: Stores) -> None:
    line = LedgerEntry(
        kind="intent", at=TUESDAY_10AM, status=SENDING, token="t", digest="d", provider_id="p"
    )
    message = a_message(
        token="t",
        lease_until=TUESDAY_10AM,
        reason="busy",
        provider_id="p",
        sent_at=TUESDAY_10AM,
        attempts=2,
        ledger=(line, replace(line, kind="outcome", note="late", digest="")),
    )

    assert await stores.messages.add_planned([message]) == 1

    assert await stores.messages.get(ACME, message.id) == message


async def test_planning_again_plans_only_what_is_new(stores: Stores) -> None:
    await stores.messages.add_planned([a_message()])

    assert await stores.messages.add_planned([a_message(subject="Else"), a_message(step=2)]) == 1

    assert await stores.messages.get(ACME, "s1:bob:1") == a_message()
    assert await stores.messages.written(ACME, "p1") == (2, ["s1:bob"])


async def test_two_who_write_the_same_plan_at_once_write_one(stores: Stores) -> None:
    plan = [a_message(f"p{n:04}") for n in range(1200)]

    new = await asyncio.gather(*(stores.messages.add_planned(plan) for _ in range(2)))

    assert sum(new) == 1200
    assert (await stores.messages.written(ACME, "p1"))[0] == 1200


async def test_what_will_go_out_or_did_takes_its_minute(stores: Stores) -> None:
    each = await one_of_each(stores)
    before = a_message("before", send_at=TUESDAY_10AM - MINUTE)
    elsewhere = a_message("elsewhere", sequence_id="s2", mailbox_id="m2", step=3)
    await stores.messages.add_planned([before, elsewhere, a_message("mal", account_id=OTHER)])

    taken = await stores.messages.taken(ACME, since=TUESDAY_10AM)

    counting = [m for status, m in each.items() if status not in (FAILED, CANCELLED)]
    assert set(taken) == {
        Taken(
            mailbox_id=m.mailbox_id,
            send_at=m.send_at,
            company=m.company,
            prospect_id=m.prospect_id,
            step=m.step,
            timezone=m.timezone,
            country=m.country,
        )
        for m in (*counting, elsewhere)
    }


async def test_messages_are_counted_by_sequence_and_status(stores: Stores) -> None:
    each = await one_of_each(stores)
    await stores.messages.add_planned(
        [
            a_message("second", status=SENT, send_at=TUESDAY_10AM - DAY),
            a_message("other", sequence_id="s2", status=FAILED, send_at=TUESDAY_10AM + DAY),
            a_message("not asked", sequence_id="s3"),
            a_message("mal", account_id=OTHER),
        ]
    )

    counts = await stores.messages.counts(ACME, ["s1", "s2", "s9"])

    assert counts == {
        "s1": MessageCounts(
            by_status=dict.fromkeys(MessageStatus, 1) | {SENT: 2},
            next_at=each[PLANNED].send_at,
            last_at=each[UNKNOWN].send_at,
        ),
        "s2": MessageCounts(by_status={FAILED: 1}),
    }


async def test_a_stop_cancels_what_is_open_and_says_why_and_when(stores: Stores) -> None:
    each = await one_of_each(stores)

    count = await stores.messages.cancel(
        ACME, reason="stopped by Alice", at=TUESDAY_10AM, sequence_id="s1"
    )

    assert count == 3
    statuses = {status: await status_of(stores, message) for status, message in each.items()}
    opened = (PLANNED, HELD, CLAIMED)
    assert statuses == {s: CANCELLED if s in opened else s for s in MessageStatus}
    cancelled = await stores.messages.get(ACME, each[CLAIMED].id)
    assert cancelled is not None
    assert (cancelled.reason, cancelled.token) == ("stopped by Alice", "")
    line = LedgerEntry(kind="stop", at=TUESDAY_10AM, status=CANCELLED, note="stopped by Alice")
    assert cancelled.ledger == (*each[CLAIMED].ledger, line)


async def test_a_stop_reaches_one_sequence_or_one_address_only(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(),
            a_message("ann"),
            a_message("bob2", sequence_id="s2", to="bob@pine.test"),
            a_message("mal", account_id=OTHER, to="bob@pine.test"),
        ]
    )

    to_bob = await stores.messages.cancel(
        ACME, reason="opted out", at=TUESDAY_10AM, email="bob@pine.test"
    )
    of_sequence = await stores.messages.cancel(
        ACME, reason="stop", at=TUESDAY_10AM, sequence_id="s1"
    )

    assert (to_bob, of_sequence) == (2, 1)
    assert await status_of(stores, a_message("mal", account_id=OTHER)) is PLANNED


async def test_of_stops_at_once_each_message_is_counted_once(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(f"p{n}") for n in range(20)])

    counts = await asyncio.gather(
        *(
            stores.messages.cancel(ACME, reason="stop", at=TUESDAY_10AM, sequence_id="s1")
            for _ in range(4)
        )
    )

    assert sum(counts) == 20


@pytest.mark.parametrize("sequence_id", [None, "s1"])
async def test_pages_of_what_was_sent_show_each_once_though_many_left_together(
    stores: Stores, sequence_id: str | None
) -> None:
    moments = [TUESDAY_10AM + n // 4 * MINUTE for n in range(15)]
    sent = [a_message(f"p{n:02}", status=SENT, sent_at=at) for n, at in enumerate(moments)]
    elsewhere = a_message("else", sequence_id="s2", status=SENT, sent_at=TUESDAY_10AM)
    foreign = a_message("mal", account_id=OTHER, status=SENT, sent_at=TUESDAY_10AM)
    await stores.messages.add_planned([*sent, elsewhere, foreign, a_message("open")])

    seen: list[tuple[datetime | None, str]] = []
    before: tuple[datetime, str] | None = None
    while page := await stores.messages.page(
        ACME, status=SENT, sequence_id=sequence_id, before=before, limit=3
    ):
        seen += [(m.sent_at, m.id) for m in page]
        assert page[-1].sent_at is not None
        before = (page[-1].sent_at, page[-1].id)

    meant = sent if sequence_id else [*sent, elsewhere]
    assert seen == sorted(((m.sent_at, m.id) for m in meant), key=str, reverse=True)
