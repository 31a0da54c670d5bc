"""What every Outbox promises: claim, intent, outcome, and nobody gets the same mail twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from qrev.campaigns.models import Message, MessageStatus
from qrev.campaigns.ports import Attempts, Outcome
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

NOW = TUESDAY_10AM
LEASE = NOW + 5 * MINUTE
PLANNED, HELD, CLAIMED = MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED
SENDING, SENT, UNKNOWN = MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.UNKNOWN
CANCELLED, FAILED = MessageStatus.CANCELLED, MessageStatus.FAILED
DELIVERED = Outcome(status=SENT, note="sent", at=NOW, provider_id="provider-1")
BUSY = Outcome(status=PLANNED, note="busy", at=NOW, send_at=NOW + MINUTE)


async def claim(stores: Stores, *, limit: int = 50, after: int = 0) -> list[Message]:
    """Claim what is due that many minutes from now."""
    now = NOW + after * MINUTE
    return await stores.outbox.claim_due(
        since=now - 10 * MINUTE, now=now, lease=now + 5 * MINUTE, limit=limit
    )


async def claim_one(stores: Stores, message: Message | None = None) -> Message:
    await stores.messages.add_planned([message or a_message()])
    (claimed,) = await claim(stores)
    return claimed


async def intend(stores: Stores, message: Message) -> bool:
    return await stores.outbox.intend(message, digest="d", now=NOW, lease=LEASE)


async def now_is(stores: Stores, message: Message) -> Message:
    found = await stores.messages.get(message.account_id, message.id)
    assert found is not None
    return found


async def test_a_claimed_message_is_the_workers_until_its_lease(stores: Stores) -> None:
    claimed = await claim_one(stores)

    assert (claimed.status, claimed.lease_until) == (CLAIMED, LEASE)
    assert claimed.token
    assert [(e.kind, e.token) for e in claimed.ledger] == [
        ("planned", ""),
        ("claimed", claimed.token),
    ]
    assert await now_is(stores, claimed) == claimed
    assert await claim(stores) == []


async def test_workers_of_all_accounts_claim_each_message_once(stores: Stores) -> None:
    accounts = [ACME, OTHER]
    await stores.messages.add_planned(
        [a_message(f"p{n}", account_id=accounts[n % 2]) for n in range(60)]
    )

    async def work() -> list[str]:
        mine: list[str] = []
        while claimed := await claim(stores, limit=7):
            assert len({m.token for m in claimed}) == 1
            mine += [m.id for m in claimed]
        return mine

    shares = await asyncio.gather(*(work() for _ in range(8)))

    claims = Counter(message_id for share in shares for message_id in share)
    assert len(claims) >= 1
    assert set(claims.values()) == {1}
    rest = [m.id for m in await claim(stores, limit=99)]
    assert len(claims) + len(rest) == 60


async def test_only_what_is_due_and_not_held_is_claimed_in_order(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message("second"),
            a_message("first", send_at=NOW - MINUTE, status=HELD),
            a_message("too early", send_at=NOW + MINUTE),
            a_message("too late", send_at=NOW - 10 * MINUTE),
            a_message("held", held_until=NOW + MINUTE),
            a_message("over", status=CANCELLED),
        ]
    )

    assert [m.person_id for m in await claim(stores)] == ["first", "second"]


async def test_no_more_is_claimed_than_was_asked_for_and_the_earliest_first(
    stores: Stores,
) -> None:
    await stores.messages.add_planned(
        [a_message(f"p{n}", send_at=NOW - n * MINUTE) for n in range(5)]
    )

    assert [m.person_id for m in await claim(stores, limit=2)] == ["p4", "p3"]
    assert [m.person_id for m in await claim(stores, limit=9)] == ["p2", "p1", "p0"]


async def test_an_intent_is_written_down_before_the_wire(stores: Stores) -> None:
    claimed = await claim_one(stores)

    assert await stores.outbox.intend(claimed, digest="abc", now=NOW + MINUTE, lease=LEASE + MINUTE)

    sending = await now_is(stores, claimed)
    assert (sending.status, sending.attempts, sending.lease_until) == (SENDING, 1, LEASE + MINUTE)
    line = sending.ledger[-1]
    assert (line.kind, line.digest, line.token) == ("intent", "abc", claimed.token)
    assert line.mailbox_id == "m1"
    attempts = {"m1": Attempts(count=1, last_at=NOW + MINUTE)}
    assert await stores.outbox.attempted({(ACME, "m1"): NOW + MINUTE}) == attempts


async def test_of_intents_at_once_one_may_send(stores: Stores) -> None:
    claimed = await claim_one(stores)

    intents = await asyncio.gather(*(intend(stores, claimed) for _ in range(8)))

    assert intents.count(True) == 1
    assert (await now_is(stores, claimed)).attempts == 1


async def test_a_stopped_message_may_not_be_sent(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await stores.messages.cancel(ACME, reason="stop", at=NOW, sequence_id="s1")

    assert await intend(stores, claimed) is False

    assert (await now_is(stores, claimed)).status is CANCELLED


async def test_either_the_stop_comes_first_or_the_intent_never_both(stores: Stores) -> None:
    messages = [a_message(f"p{n}") for n in range(20)]
    await stores.messages.add_planned(messages)
    claimed = await claim(stores)

    intents = [intend(stores, message) for message in claimed]
    stop = stores.messages.cancel(ACME, reason="stop", at=NOW, sequence_id="s1")
    *may_send, cancelled = await asyncio.gather(*intents[:10], stop, *intents[10:])

    answers = [*may_send, cancelled]
    count = answers.pop(10)
    assert answers.count(True) + count == 20


async def test_who_lost_the_lease_may_neither_send_nor_record(stores: Stores) -> None:
    lost = await claim_one(stores)
    await stores.outbox.release_expired(now=LEASE)
    (again,) = await claim(stores, after=6)

    assert await intend(stores, lost) is False
    assert await stores.outbox.record(lost, DELIVERED) is False

    assert await now_is(stores, again) == again
    assert await intend(stores, again) is True


async def test_a_sent_message_is_over(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)

    assert await stores.outbox.record(claimed, DELIVERED) is True

    sent = await now_is(stores, claimed)
    assert (sent.status, sent.sent_at, sent.provider_id) == (SENT, NOW, "provider-1")
    assert (sent.reason, sent.token) == ("", "")
    assert [e.kind for e in sent.ledger] == ["planned", "claimed", "intent", "outcome"]
    assert await stores.outbox.record(claimed, DELIVERED) is False
    assert await claim(stores) == []


async def test_a_message_put_back_is_claimed_again_at_its_new_minute(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)

    assert await stores.outbox.record(claimed, BUSY) is True

    back = await now_is(stores, claimed)
    assert (back.status, back.send_at, back.reason, back.attempts) == (
        PLANNED,
        NOW + MINUTE,
        "busy",
        1,
    )
    assert await claim(stores) == []
    (again,) = await claim(stores, after=1)
    assert again.token not in ("", claimed.token)


async def test_a_message_put_back_before_the_wire_is_no_attempt(stores: Stores) -> None:
    claimed = await claim_one(stores)
    waits = replace(BUSY, is_attempt=False, send_at=None, held_until=NOW + DAY)

    assert await stores.outbox.record(claimed, waits) is True

    back = await now_is(stores, claimed)
    assert (back.status, back.send_at, back.held_until) == (PLANNED, NOW, NOW + DAY)
    assert (back.attempts, back.ledger[-1].kind) == (0, "put back")


async def test_an_uncertain_message_is_never_claimed_again(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)
    unsure = Outcome(status=UNKNOWN, note="no answer", at=NOW)

    assert await stores.outbox.record(claimed, unsure) is True

    unknown = await now_is(stores, claimed)
    assert (unknown.status, unknown.reason, unknown.sent_at) == (UNKNOWN, "no answer", None)
    assert await stores.outbox.record(claimed, DELIVERED) is False
    assert await claim(stores) == []
    assert await stores.outbox.release_expired(now=NOW + DAY) == (0, 0)


async def test_who_comes_late_still_says_what_became_of_the_mail(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)
    await stores.outbox.release_expired(now=LEASE)

    assert await stores.outbox.record(claimed, DELIVERED) is True

    sent = await now_is(stores, claimed)
    assert (sent.status, sent.provider_id, sent.token) == (SENT, "provider-1", "")


async def test_the_ledger_keeps_when_and_how_a_mail_went_to_the_wire(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)
    refused = Outcome(
        status=FAILED,
        note="no such user",
        at=NOW + MINUTE,
        channel="smtp",
        began_at=NOW,
        code="550 5.1.1",
    )

    assert await stores.outbox.record(claimed, refused) is True

    *_, wire, outcome = (await now_is(stores, claimed)).ledger
    assert (wire.kind, wire.at, wire.channel, wire.token) == ("wire", NOW, "smtp", claimed.token)
    assert (outcome.kind, outcome.at, outcome.code) == ("outcome", NOW + MINUTE, "550 5.1.1")


async def test_many_at_once_are_each_told_of_their_own(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(f"p{n}") for n in range(30)])
    claimed = await claim(stores)
    stopped = {m.to for m in claimed[::3]}
    for email in stopped:
        await stores.messages.cancel(ACME, reason="stop", at=NOW, email=email)

    may_send = await asyncio.gather(*(intend(stores, message) for message in claimed))
    kept = await asyncio.gather(*(stores.outbox.record(m, DELIVERED) for m in claimed))

    wanted = [m.to not in stopped for m in claimed]
    assert (list(may_send), list(kept)) == (wanted, wanted)


async def test_what_is_stopped_on_the_wire_is_not_tried_again(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)
    assert await stores.messages.cancel(ACME, reason="stop", at=NOW, email=claimed.to) == 0

    assert await stores.outbox.record(claimed, BUSY) is True

    stopped = await now_is(stores, claimed)
    assert (stopped.status, stopped.send_at) == (CANCELLED, NOW)
    assert await claim(stores, after=1) == []


async def test_what_is_stopped_on_the_wire_and_left_has_left(stores: Stores) -> None:
    claimed = await claim_one(stores)
    await intend(stores, claimed)
    await stores.messages.cancel(ACME, reason="stop", at=NOW, sequence_id="s1")

    assert await stores.outbox.record(claimed, DELIVERED) is True

    assert (await now_is(stores, claimed)).status is SENT


async def test_a_lost_workers_claims_go_back_and_its_intents_become_unknown(
    stores: Stores,
) -> None:
    await stores.messages.add_planned([a_message(), a_message("ann", send_at=NOW - MINUTE)])
    ann, bob = await claim(stores)
    await intend(stores, ann)

    too_early = await stores.outbox.release_expired(now=LEASE - MINUTE)
    settled = await stores.outbox.release_expired(now=LEASE)

    assert (too_early, settled) == ((0, 0), (1, 1))
    ann, bob = await now_is(stores, ann), await now_is(stores, bob)
    assert (ann.status, ann.ledger[-1].kind) == (UNKNOWN, "lease over")
    assert (bob.status, bob.token, bob.ledger[-1].kind) == (PLANNED, "", "lease over")
    assert await stores.outbox.release_expired(now=LEASE) == (0, 0)


async def test_sweeps_at_once_settle_each_lease_once(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(f"p{n}") for n in range(20)])
    for message in (await claim(stores))[:8]:
        await intend(stores, message)

    settled = await asyncio.gather(*(stores.outbox.release_expired(now=LEASE) for _ in range(4)))

    assert tuple(map(sum, zip(*settled, strict=True))) == (12, 8)


async def test_attempts_are_counted_by_mailbox_since_its_own_midnight(stores: Stores) -> None:
    boxes = [
        ("ann", ACME, "m1"),
        ("bob", ACME, "m1"),
        ("cat", ACME, "m1"),
        ("dan", ACME, "m2"),
        ("eve", OTHER, "m3"),
        ("fay", OTHER, "m1"),
        ("guy", ACME, "m4"),
    ]
    await stores.messages.add_planned(
        [a_message(key, account_id=account, mailbox_id=box) for key, account, box in boxes]
    )
    for n, message in enumerate(sorted(await claim(stores), key=lambda m: m.person_id)):
        await stores.outbox.intend(message, digest="d", now=NOW + n * MINUTE, lease=LEASE)

    attempted = await stores.outbox.attempted(
        {
            (ACME, "m1"): NOW + MINUTE,  # not Ann's, that was before midnight
            (ACME, "m2"): NOW,
            (OTHER, "m3"): NOW + MINUTE,
            (ACME, "m9"): NOW + MINUTE,
        }
    )

    assert attempted == {
        "m1": Attempts(count=2, last_at=NOW + 2 * MINUTE),
        "m2": Attempts(count=1, last_at=NOW + 3 * MINUTE),
        "m3": Attempts(count=1, last_at=NOW + 4 * MINUTE),
    }
    assert dict(await stores.outbox.attempted({})) == {}
    assert dict(await stores.outbox.attempted({(ACME, "m1"): NOW + DAY})) == {}


async def test_a_held_mailbox_keeps_its_mails_and_no_others(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message("mine"),
            a_message("mine too", status=HELD),
            a_message("other box", mailbox_id="m2"),
            a_message("other account", account_id=OTHER),
        ]
    )

    await stores.outbox.hold_mailbox(ACME, "m1", until=NOW + DAY)

    assert {m.person_id for m in await claim(stores)} == {"other box", "other account"}
    assert (await now_is(stores, a_message("mine"))).held_until == NOW + DAY
