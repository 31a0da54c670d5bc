"""Whatever happens to the ledger in whatever order, stand-in and store agree about it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.campaigns.life.models import Scope
from qrev.campaigns.models import LedgerEntry, Message, MessageStatus
from qrev.campaigns.ports import Outcome
from qrev.campaigns.store.messages import INDEXES
from qrev.kit.mongo import ensure_indexes, open_client
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores, fake_stores, mongo_stores
from tests.servers import a_database_name

PEOPLE = 6
Step = tuple[Any, ...]

minutes = st.integers(0, 12)
people = st.integers(0, PEOPLE - 1)
outcomes = st.sampled_from(
    [
        MessageStatus.PLANNED,
        MessageStatus.SENT,
        MessageStatus.FAILED,
        MessageStatus.UNKNOWN,
        MessageStatus.CANCELLED,
    ]
)
steps = st.one_of(
    st.tuples(st.just("claim"), minutes, st.integers(1, 4)),
    st.tuples(st.just("claim"), minutes, st.integers(1, 4)),
    st.tuples(st.just("intend"), people, minutes),
    st.tuples(st.just("intend"), people, minutes),
    st.tuples(st.just("record"), people, outcomes, minutes),
    st.tuples(st.just("record"), people, outcomes, minutes),
    st.tuples(st.just("expire"), minutes),
    st.tuples(st.just("stop sequence"), st.sampled_from(["s1", "s2"])),
    st.tuples(st.just("stop address"), people),
    st.tuples(st.just("hold"), minutes),
    st.tuples(st.just("move"), people, minutes),
    st.tuples(st.just("take back")),
    st.tuples(st.just("pause"), st.sampled_from(["s1", "s2", ""]), st.sampled_from(["o1", "o2"])),
    st.tuples(st.just("release"), st.sampled_from(["o1", "o2"]), minutes),
    st.tuples(st.just("restore"), minutes),
)


@dataclass
class Walk:
    """One ledger, and what its workers have in hand: person by person, the newest claim."""

    stores: Stores
    in_hand: dict[str, Message] = field(default_factory=dict)

    async def take(self, step: Step) -> Any:
        """Do one step and return what the ports answered, without the tokens."""
        match step:
            case ("claim", minute, limit):
                return await self._claim(at(minute), limit)
            case ("intend", person, minute):
                held = self._held(person)
                return await self.stores.outbox.intend(
                    held, digest="d", now=at(minute), lease=at(minute + 5)
                )
            case ("record", person, status, minute):
                back = minute_of(person, minute) if status is MessageStatus.PLANNED else None
                outcome = Outcome(status=status, note="so it went", at=at(minute), send_at=back)
                return await self.stores.outbox.record(self._held(person), outcome)
            case ("expire", minute):
                return await self.stores.outbox.release_expired(now=at(minute))
            case _:
                return await self._plan_otherwise(step)

    async def _claim(self, now: datetime, limit: int) -> list[Message]:
        claimed = await self.stores.outbox.claim_due(
            since=now - 10 * MINUTE, now=now, lease=now + 5 * MINUTE, limit=limit
        )
        self.in_hand |= {message.person_id: message for message in claimed}
        return [without_token(message) for message in claimed]

    async def _plan_otherwise(self, step: Step) -> Any:
        messages = self.stores.messages
        match step:
            case ("stop sequence", sequence_id):
                return await messages.cancel(
                    ACME, reason="stop", at=at(0), sequence_id=sequence_id, by="o9"
                )
            case ("pause", sequence_id, pause_id):
                scope = Scope(sequence_id=sequence_id)
                return await self.stores.reach.pause(ACME, scope, pause_id, at=at(0))
            case ("release", pause_id, minute):
                return await self.stores.reach.release(ACME, pause_id, at=at(minute))
            case ("restore", minute):
                return await self.stores.reach.restore(ACME, "o9", at=at(minute))
            case ("stop address", person):
                return await messages.cancel(
                    ACME, reason="opted out", at=at(0), email=f"p{person}@pine.test"
                )
            case ("hold", minute):
                return await self.stores.outbox.hold_mailbox(ACME, "m1", until=at(minute))
            case ("move", person, minute):
                known = await messages.get(ACME, f"s1:p{person}:1")
                return known and await self.stores.lateness.move(
                    known, send_at=minute_of(person, minute), because="late", at=at(0)
                )
            case ("take back",):
                return await self.stores.reach.take_back(ACME, "p1", reason="undone", at=at(0))
        raise AssertionError(step)

    def _held(self, person: int) -> Message:
        never_claimed = replace(a_plan()[person], token="invented")
        return self.in_hand.get(f"p{person}", never_claimed)

    async def ends(self) -> list[Message | None]:
        found = [await self.stores.messages.get(ACME, each.id) for each in a_plan()]
        return [None if message is None else without_token(message) for message in found]


def at(minute: int) -> datetime:
    return TUESDAY_10AM + minute * MINUTE


def minute_of(person: int, minute: int) -> datetime:
    """Return a minute nobody else can have, so that "the earliest" is always one."""
    return at(minute) + timedelta(seconds=person)


def a_plan() -> list[Message]:
    statuses = [MessageStatus.PLANNED, MessageStatus.HELD]
    return [
        a_message(
            f"p{n}",
            send_at=minute_of(n, n),
            status=statuses[n % 2],
            sequence_id=f"s{1 + n % 2}",
            mailbox_id=f"m{1 + n // 3}",
            proposal_id=f"p{1 + n // 4}",
            created_at=TUESDAY_10AM - DAY,
            ledger=(LedgerEntry(kind="planned", at=TUESDAY_10AM, status=statuses[n % 2]),),
        )
        for n in range(PEOPLE)
    ]


def without_token(message: Message) -> Message:
    """Return the message with a mark where its tokens, which are random, were."""
    lines = tuple(replace(line, token=line.token and "token") for line in message.ledger)
    return replace(message, token=message.token and "token", ledger=lines)


async def walk(stores: Stores, path: Iterable[Step]) -> tuple[list[Any], list[Message | None]]:
    await stores.messages.add_planned(a_plan())
    walked = Walk(stores)
    return [await walked.take(step) for step in path], await walked.ends()


async def walk_both(
    url: str, path: list[Step]
) -> tuple[tuple[list[Any], list[Message | None]], tuple[list[Any], list[Message | None]]]:
    client = open_client(url)
    database = client[a_database_name()]
    try:
        await ensure_indexes(database, [INDEXES])
        return await walk(fake_stores(), path), await walk(mongo_stores(database), path)
    finally:
        await client.drop_database(database.name)
        await client.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, min_size=5, max_size=40))
def test_stand_in_and_store_go_the_same_way(embedded_url: str, path: list[Step]) -> None:
    in_memory, in_the_store = asyncio.run(walk_both(embedded_url, path))

    assert in_the_store == in_memory


@settings(max_examples=200, deadline=None)
@given(st.lists(steps, min_size=5, max_size=60))
def test_nobody_is_written_to_again_unless_the_mail_came_back(path: list[Step]) -> None:
    _, ends = asyncio.run(walk(fake_stores(), path))

    for message in filter(None, ends):
        assert message.ledger[-1].status is message.status
        is_out = False
        for line in message.ledger:
            assert not (is_out and line.kind in ("claimed", "intent"))
            is_out = line.kind == "intent" or (is_out and line.status is not MessageStatus.PLANNED)
