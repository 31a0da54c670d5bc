"""Whether what should leave does: plan and ledger compared, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qrev.campaigns.models import MessageStatus
from qrev.campaigns.telling import Telling
from qrev.campaigns.watchdog import Watchdog
from qrev.campaigns.watching import Stall, Waiting, span, stalled, told
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import a_mailbox, a_message, a_sequence
from tests.fakes import (
    FakeClock,
    FakeMailboxes,
    FakeMessages,
    FakeNotices,
    FakeSequenceBook,
    FakeStallBook,
    FakeStillness,
)

pytestmark = pytest.mark.anyio
NOW = TUESDAY_10AM
MINUTE = timedelta(minutes=1)


def waiting(**changes: Any) -> Waiting:
    each = Waiting(
        account_id=ACME, mailbox_id="m1", sequence_id="s1", since=NOW - 40 * MINUTE, count=1
    )
    return replace(each, **changes)


def seen(*waits: Waiting, **changes: Any) -> Stall | None:
    facts: dict[str, Any] = {
        "last_left_at": None,
        "worker_seen_at": NOW,
        "now": NOW,
        "mailboxes": {"m1": a_mailbox("m1")},
    }
    facts |= changes
    return stalled(ACME, waits, facts.pop("mailboxes"), **facts)


@pytest.mark.parametrize(
    ("waits", "facts"),
    [
        ([], {}),
        ([waiting(since=NOW - 39 * MINUTE)], {}),
        ([waiting(since=NOW + MINUTE)], {}),
        ([waiting()], {"last_left_at": NOW - 39 * MINUTE}),
    ],
    ids=["nothing waits", "not for long", "their window opens later", "others leave"],
)
def test_all_is_as_it_should_be(waits: list[Waiting], facts: dict[str, Any]) -> None:
    assert seen(*waits, **facts) is None


@pytest.mark.parametrize(
    ("facts", "wait", "kind", "words"),
    [
        ({"worker_seen_at": None}, {}, "worker", "no worker is running"),
        ({"worker_seen_at": NOW - 4 * MINUTE}, {}, "worker", "no worker is running"),
        (
            {
                "mailboxes": {
                    "m1": replace(a_mailbox("m1"), is_paused=True, paused_reason="revoked")
                }
            },
            {},
            "mailbox",
            "is paused (revoked). Resume it",
        ),
        ({"mailboxes": {}}, {}, "gone", "mailbox of these mails is gone"),
        ({}, {"reason": "the server is busy"}, "refused", "the server is busy. It is tried again"),
        ({}, {}, "slow", "too slow"),
    ],
)
def test_the_reason_is_the_one_that_has_to_be_mended_first(
    facts: dict[str, Any], wait: dict[str, Any], kind: str, words: str
) -> None:
    stall = seen(waiting(**wait), **facts)

    assert stall is not None
    assert stall.kind == kind
    assert words in stall.because


def test_it_is_told_for_how_long_how_many_and_what_to_do() -> None:
    stall = seen(waiting(since=NOW - 90 * MINUTE, count=1200), last_left_at=NOW - 41 * MINUTE)

    assert stall is not None
    assert told(stall, NOW) == (
        "Nothing has left for 41 minutes, and 1,200 mails wait: the database or the worker is too "
        "slow. Whoever operates QRev has to look."
    )
    lengths = (timedelta(minutes=119), timedelta(hours=47), timedelta(days=3))
    assert [span(length) for length in lengths] == ["119 minutes", "47 hours", "3 days"]


class Kennel:
    """A watchdog, and all it looks at."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.messages, self.mailboxes = FakeMessages(), FakeMailboxes()
        self.notices, sequences = FakeNotices(), FakeSequenceBook()
        self.sequences = sequences
        self.watchdog = Watchdog(
            stillness=FakeStillness(self.messages),
            stalls=FakeStallBook(),
            mailboxes=self.mailboxes,
            telling=Telling(notices=self.notices, sequences=sequences, clock=clock),
            worker_seen_at=self._seen_at,
            clock=clock,
        )

    async def _seen_at(self) -> Any:
        return self.clock()

    @property
    def said(self) -> list[str]:
        return [notice.text for notice in self.notices.by_id.values()]


async def test_owners_are_told_once_and_again_when_mails_leave(clock: FakeClock) -> None:
    kennel = Kennel(clock)
    await kennel.sequences.add_if_new(a_sequence())
    await kennel.mailboxes.add_if_new(a_mailbox("m1"))
    await kennel.messages.add_planned([a_message()])
    clock.advance(minutes=41)

    assert [await kennel.watchdog.look() for _ in range(3)] == [1, 1, 1]
    [stall] = await kennel.watchdog.all()
    message = kennel.messages.by_id["s1:bob:1"]
    kennel.messages.by_id[message.id] = replace(message, status=MessageStatus.SENT, sent_at=clock())
    assert await kennel.watchdog.look() == 0

    assert (stall.kind, stall.waiting) == ("slow", 1)
    assert len(kennel.said) == 2
    assert kennel.said[0].startswith("Nothing has left for 41 minutes, and 1 mail waits:")
    assert kennel.said[1] == "Mails leave again."
