"""What every Doubts promises: who is in doubt is looked for, and settled once."""

from __future__ import annotations

import asyncio

import pytest

from qrev.campaigns.doubt import Settlement
from qrev.campaigns.models import FIRST_LOOK, Message, MessageStatus
from qrev.campaigns.ports import Outcome
from tests.conftest import ACME, OTHER
from tests.contract.builders import MINUTE, a_message
from tests.contract.stores import Stores
from tests.contract.test_outbox import LEASE, NOW, claim, intend, now_is

pytestmark = pytest.mark.anyio

UNKNOWN, SENT = MessageStatus.UNKNOWN, MessageStatus.SENT
UNSURE = Outcome(status=UNKNOWN, note="no answer", at=NOW)
LEFT = Settlement(status=SENT, note="there", at=NOW + MINUTE, sent_at=NOW, provider_id="p")
BACK = Settlement(
    status=MessageStatus.PLANNED, note="not there", at=NOW + MINUTE, send_at=NOW - MINUTE
)


async def in_doubt(stores: Stores, message: Message | None = None) -> Message:
    await stores.messages.add_planned([message or a_message()])
    (claimed,) = await claim(stores)
    await intend(stores, claimed)
    await stores.outbox.record(claimed, UNSURE)
    return await now_is(stores, claimed)


async def test_a_mail_in_doubt_is_looked_for_after_a_minute(stores: Stores) -> None:
    doubted = await in_doubt(stores)

    too_early = await stores.doubts.to_look_at(now=NOW + FIRST_LOOK / 2, limit=5)
    due = await stores.doubts.to_look_at(now=NOW + FIRST_LOOK, limit=5)

    assert (too_early, due) == ([], [doubted])


async def test_what_a_lost_worker_was_sending_is_looked_for(stores: Stores) -> None:
    await stores.messages.add_planned([a_message()])
    (claimed,) = await claim(stores)
    await intend(stores, claimed)
    await stores.outbox.release_expired(now=LEASE)

    due = await stores.doubts.to_look_at(now=LEASE + FIRST_LOOK, limit=5)

    assert [m.id for m in due] == [claimed.id]


async def test_a_look_is_written_down_and_the_first_absence_stays(stores: Stores) -> None:
    doubted = await in_doubt(stores)
    doubts, later = stores.doubts, NOW + 2 * MINUTE

    for at in (NOW + MINUTE, later):
        now = await now_is(stores, doubted)
        await doubts.note_look(
            now, note="looked: not there", at=at, look_at=at + MINUTE, is_absent=True
        )

    looked = await now_is(stores, doubted)
    assert (looked.absent_at, looked.look_at) == (NOW + MINUTE, later + MINUTE)
    assert [line.kind for line in looked.ledger[-2:]] == ["looked", "looked"]
    assert await doubts.to_look_at(now=later, limit=5) == []


async def test_a_mail_that_had_left_is_sent_at_the_time_it_was_tried(stores: Stores) -> None:
    doubted = await in_doubt(stores)

    assert await stores.doubts.settle(doubted, LEFT) is True

    sent = await now_is(stores, doubted)
    assert (sent.status, sent.sent_at, sent.provider_id, sent.reason) == (SENT, NOW, "p", "")
    assert (sent.ledger[-1].kind, sent.ledger[-1].note) == ("settled", "there")
    assert await stores.doubts.to_look_at(now=LEASE, limit=5) == []


async def test_a_mail_that_had_not_left_is_claimed_again(stores: Stores) -> None:
    doubted = await in_doubt(stores)

    assert await stores.doubts.settle(doubted, BACK) is True

    (again,) = await claim(stores)
    assert (again.id, again.attempts, again.absent_at) == (doubted.id, 1, None)


async def test_what_was_stopped_while_in_doubt_does_not_leave_again(stores: Stores) -> None:
    doubted = await in_doubt(stores)
    await stores.messages.cancel(ACME, reason="stop", at=NOW, sequence_id="s1")

    assert await stores.doubts.settle(doubted, BACK) is True

    assert (await now_is(stores, doubted)).status is MessageStatus.CANCELLED
    assert await claim(stores) == []


async def test_of_settlements_at_once_one_counts(stores: Stores) -> None:
    doubted = await in_doubt(stores)

    answers = await asyncio.gather(*(stores.doubts.settle(doubted, LEFT) for _ in range(6)))

    assert answers.count(True) == 1
    assert await stores.doubts.settle(doubted, BACK) is False


async def test_a_settlement_of_an_earlier_doubt_is_too_late(stores: Stores) -> None:
    doubted = await in_doubt(stores)
    await stores.doubts.settle(doubted, BACK)
    (again,) = await claim(stores)
    await intend(stores, again)
    await stores.outbox.record(again, UNSURE)

    assert await stores.doubts.settle(doubted, LEFT) is False
    assert not await stores.doubts.note_look(doubted, note="", at=NOW, look_at=NOW, is_absent=True)


async def test_what_was_tried_is_read_person_by_person(stores: Stores) -> None:
    keys = ("ann", "bob", "cat")
    await stores.messages.add_planned([a_message(key) for key in (*keys, "dan")])
    await stores.messages.add_planned([a_message("theirs", account_id=OTHER)])
    for message in await claim(stores):
        if message.person_id != "dan":
            await intend(stores, message)

    first = await stores.ledgers.tried(ACME, after="", limit=2)
    rest = await stores.ledgers.tried(ACME, after=first[-1].id, limit=2)

    assert [m.person_id for m in (*first, *rest)] == ["ann", "bob", "cat"]
    assert first[0].ledger[-1].kind == "intent"


async def test_an_accounts_doubts_are_paged_the_newest_first(stores: Stores) -> None:
    messages = [a_message(f"p{n}") for n in range(5)]
    await stores.messages.add_planned([*messages, a_message("theirs", account_id=OTHER)])
    for n, message in enumerate(sorted(await claim(stores), key=lambda m: m.id)):
        await stores.outbox.intend(message, digest="d", now=NOW + n * MINUTE, lease=LEASE)
        await stores.outbox.record(message, UNSURE)

    first = await stores.doubts.in_doubt(ACME, before=None, limit=3)
    place = (NOW + 2 * MINUTE, first[-1].id)
    rest = await stores.doubts.in_doubt(ACME, before=place, limit=3)

    assert [m.person_id for m in (*first, *rest)] == ["p4", "p3", "p2", "p1", "p0"]
    mine = await stores.doubts.of_ids(ACME, [messages[0].id, "s1:theirs:1"])
    assert [m.id for m in mine] == [messages[0].id]
