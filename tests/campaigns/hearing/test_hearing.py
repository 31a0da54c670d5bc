"""What follows from a mail that came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.hearing.models import EventKind, Meaning
from qrev.campaigns.models import Message, MessageStatus, ProspectStatus
from tests.campaigns.hearing.conftest import Ear, a_mail, a_report
from tests.conftest import ACME

pytestmark = pytest.mark.anyio
OPEN = {MessageStatus.PLANNED, MessageStatus.HELD}


async def written_to(ear: Ear, alice: Actor, *, people: int = 2) -> list[Message]:
    """Return the mails of people who got the first of three."""
    world = ear.world
    sequence = await world.a_sequence(people=people, days=(0, 3, 7))
    await world.confirmed(alice, sequence)
    firsts = [m for m in await world.messages() if m.step == 1]
    await world.work_until(max(m.send_at for m in firsts))
    return sorted(await world.messages(), key=lambda m: (m.prospect_id, m.step))


def of(messages: list[Message], step: int, person: int = 0) -> Message:
    return [m for m in messages if m.step == step][person]


async def statuses(ear: Ear, like: Message) -> list[MessageStatus]:
    return [
        m.status
        for m in sorted(await ear.world.messages(), key=lambda m: m.step)
        if m.prospect_id == like.prospect_id
    ]


SENT, CANCELLED = MessageStatus.SENT, MessageStatus.CANCELLED
STOPPED = [SENT, CANCELLED, CANCELLED]


async def test_who_replies_gets_nothing_more_and_the_chat_says_what_they_wrote(
    ear: Ear, alice: Actor
) -> None:
    mails = await written_to(ear, alice)
    first, other = of(mails, 1), of(mails, 1, person=1)

    mail = a_mail("Sounds good!\n\nOn Tue, Alice wrote:\n> stop", sender=first.to, answers=first)
    meaning = await ear.take(mail)
    await ear.take(mail, "letter-1")

    assert meaning is Meaning.REPLY
    assert await statuses(ear, first) == STOPPED
    assert set(await statuses(ear, other)) - {SENT} <= OPEN
    [event] = await ear.events_of(first)
    assert (event.kind, event.note, event.message_id) == (
        EventKind.REPLIED,
        "Sounds good!",
        first.id,
    )
    prospect = await ear.world.stores.prospects.get(ACME, first.prospect_id)
    assert prospect is not None
    assert prospect.status is ProspectStatus.STOPPED
    said = f"{first.to_name} replied: “Sounds good!” Nothing more leaves for them."
    assert (await ear.world.said()).count(said) == 1


async def test_a_reply_in_another_thread_or_from_another_address_stops_them_as_well(
    ear: Ear, alice: Actor
) -> None:
    mails = await written_to(ear, alice)
    first, other = of(mails, 1), of(mails, 1, person=1)

    await ear.take(a_mail("New topic", subject="Our fair", sender=first.to))
    await ear.take(a_mail("From home", sender="private@home.test", answers=other))

    assert await statuses(ear, first) == STOPPED
    assert await statuses(ear, other) == STOPPED


async def test_a_stranger_and_our_own_copy_change_nothing(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)

    heard = [
        await ear.take(a_mail("Hello", sender="stranger@else.test")),
        await ear.take(a_mail("Hello", sender="alice@acme.test", answers=first)),
    ]

    assert heard == [None, Meaning.OWN]
    assert set((await statuses(ear, first))[1:]) <= OPEN
    assert await ear.events_of(first) == []


async def test_who_asks_to_be_left_alone_is_never_written_to_again(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)

    meaning = await ear.take(
        a_mail("Please remove me from your list.", sender="alias@pine.test", answers=first)
    )

    unreachable = await ear.world.suppressions.unreachable(ACME, [first.to, "alias@pine.test"])
    assert meaning is Meaning.STOP
    assert set(unreachable) == {first.to, "alias@pine.test"}
    assert await statuses(ear, first) == STOPPED
    assert [e.kind for e in await ear.events_of(first)] == [EventKind.UNSUBSCRIBED]


async def test_who_is_away_is_written_to_once_they_are_back(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)

    meaning = await ear.take(
        a_mail(
            "I am out of the office until 12 March 2026.",
            subject="Automatic reply: Solar roofs",
            sender=first.to,
            answers=first,
            Auto_Submitted="auto-replied",
        )
    )
    await ear.world.work_until(datetime(2026, 3, 12, 23, 59, tzinfo=UTC))
    kept = await statuses(ear, first)
    for day in (13, 18):
        await ear.world.work_until(datetime(2026, 3, day, 12, tzinfo=UTC))

    assert meaning is Meaning.AWAY
    assert kept[0] is SENT
    assert set(kept[1:]) <= OPEN
    assert (await statuses(ear, first))[1] is SENT
    assert any("is away until 12 March" in said for said in await ear.world.said())


async def test_without_a_date_an_absence_is_taken_for_a_week(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)

    await ear.take(
        a_mail(
            "Ich bin nicht im Büro.",
            subject="Abwesenheitsnotiz",
            sender=first.to,
            Auto_Submitted="auto-replied",
        )
    )

    second = [m for m in await ear.world.messages() if m.prospect_id == first.prospect_id][1]
    assert second.held_until == datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", ["5.1.1", "5.0.0"])
async def test_an_address_that_takes_no_mail_is_suppressed(
    ear: Ear, alice: Actor, status: str
) -> None:
    first = of(await written_to(ear, alice), 1)

    meaning = await ear.take(a_report(first, first.to, status))

    assert meaning is Meaning.REFUSED
    assert await statuses(ear, first) == STOPPED
    assert first.to in await ear.world.suppressions.unreachable(ACME, [first.to])
    assert [e.kind for e in await ear.events_of(first)] == [EventKind.BOUNCED]


async def test_a_report_on_somebody_elses_mail_costs_nobody_anything(
    ear: Ear, alice: Actor
) -> None:
    first = of(await written_to(ear, alice), 1)

    assert await ear.take(a_report(None, first.to, "5.1.1")) is None

    assert set((await statuses(ear, first))[1:]) <= OPEN
    assert await ear.world.suppressions.unreachable(ACME, [first.to]) == {}


async def test_three_refusals_for_now_are_one_for_good(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)
    kinds = []

    for number in range(3):
        await ear.take(a_report(first, first.to, "4.2.2"), f"soft-{number}")
        await ear.take(a_report(first, first.to, "4.2.2"), f"soft-{number}")
        kinds.append(first.to in await ear.world.suppressions.unreachable(ACME, [first.to]))

    assert kinds == [False, False, True]
    assert await statuses(ear, first) == STOPPED


async def test_a_report_that_it_is_still_being_tried_says_nothing(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)

    await ear.take(a_report(first, first.to, "4.4.1", action="delayed"))

    assert set((await statuses(ear, first))[1:]) <= OPEN
    assert await ear.events_of(first) == []


async def test_a_complaint_stops_everything_to_them(ear: Ear, alice: Actor) -> None:
    first = of(await written_to(ear, alice), 1)
    report = a_report(first, first.to, "5.1.1").replace(b"delivery-status", b"feedback-report")

    assert await ear.take(report) is Meaning.COMPLAINT

    assert await statuses(ear, first) == STOPPED
    assert [e.kind for e in await ear.events_of(first)] == [EventKind.COMPLAINED]


async def test_a_mailbox_of_which_too_much_comes_back_pauses_itself_and_says_why(
    ear: Ear, alice: Actor
) -> None:
    world = ear.world
    await world.a_sequence(people=60)
    [sequence] = await world.stores.sequences.page(ACME, before=None, limit=5)
    await world.confirmed(alice, sequence)
    await world.work_until(world.clock() + timedelta(days=7))
    sent = [m for m in await world.messages() if m.status is SENT]
    paused = []

    for message in sent[:4]:
        await ear.take(a_report(message, message.to, "5.1.1"))
        [mailbox] = await world.stores.mailboxes.of_account(ACME)
        paused.append(mailbox.is_paused)

    assert len(sent) == 60
    assert paused == [False, False, False, True]
    assert mailbox.paused_reason.startswith("4 of its last 60 mails came back.")
    assert any("has paused itself: 4 of its last 60" in said for said in await world.said())
