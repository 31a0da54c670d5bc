"""A plan to look at: every mail is in each of its pictures, and one person is told in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.checks import standing_of
from qrev.campaigns.dry_run import SendInputs, dry_run
from qrev.campaigns.looking import day_map, people_page, person, sentences
from qrev.campaigns.models import MessageStatus, Touch
from qrev.campaigns.planning import Rules
from qrev.campaigns.questions import Subject, about_run
from qrev.campaigns.running import Running, about_running, about_touches
from qrev.kit.errors import NotFound
from tests.campaigns.test_inquiring import inquiring_of
from tests.campaigns.things import a_mailbox, a_prospect, a_sequence, an_account, drafts_for
from tests.campaigns.world import HOLD, World
from tests.conftest import TUESDAY_10AM

SEQUENCE = a_sequence(days=(0, 3))
PEOPLE = tuple(a_prospect(SEQUENCE, n) for n in range(7))
RULES = Rules(account_timezone="UTC")
INPUTS = SendInputs(
    account=an_account(),
    sequence=SEQUENCE,
    rules=RULES,
    prospects=PEOPLE,
    standing=standing_of([d for p in PEOPLE for d in drafts_for(p)], PEOPLE),
    mailboxes=(a_mailbox(cap=3), a_mailbox("mbx_b", email="bob@acme.test", cap=2)),
)


def shown(inputs: SendInputs = INPUTS) -> Subject:
    return about_run(inputs, dry_run(inputs, planned_at=TUESDAY_10AM, seed=1, hold=HOLD), seed=1)


def test_the_map_has_every_mail_once_and_no_day_over_its_cap() -> None:
    subject = shown()

    found = day_map(subject)

    assert sum(sum(row.counts) for row in found.rows) + found.more == len(subject.messages) == 14
    assert [(row.mailbox, row.cap) for row in found.rows] == [
        ("alice@acme.test", 3),
        ("bob@acme.test", 2),
    ]
    assert all(count <= row.cap for row in found.rows for count in row.counts)
    assert found.days[0] == "2026-03-03"
    assert "2026-03-07" in found.days  # a Saturday, empty and shown
    assert len(found.days) == len(found.rows[0].counts)


def test_a_plan_of_months_is_shown_by_its_first_days_and_says_how_much_follows() -> None:
    long = replace(INPUTS, mailboxes=(a_mailbox(cap=1),), sequence=a_sequence(days=(0, 200)))
    people = tuple(replace(p, steps=long.sequence.steps) for p in PEOPLE)

    found = day_map(shown(replace(long, prospects=people)))

    assert len(found.days) == 120
    assert found.more == 7


def test_an_empty_plan_is_an_empty_map() -> None:
    assert day_map(shown(replace(INPUTS, mailboxes=()))).days == ()


def test_pages_of_people_have_everyone_once_the_first_to_be_written_to_first() -> None:
    subject = shown()

    first, total = people_page(subject, 0, 5)
    rest, _ = people_page(subject, 5, 5)

    assert (len(first), len(rest), total) == (5, 2, 7)
    assert {row.prospect_id for row in [*first, *rest]} == {p.id for p in PEOPLE}
    begins = [row.stops[0].at for row in [*first, *rest]]
    assert begins == sorted(begins)
    assert all([stop.step for stop in row.stops] == [1, 2] for row in first)


def test_one_person_is_told_in_sentences() -> None:
    row = person(shown(), PEOPLE[0].id)

    assert row is not None
    one, two = sentences(row)
    assert one.startswith("Mail 1 leaves on Tue 3 Mar ")
    assert one.endswith("from alice@acme.test. First mail.")
    assert two.endswith("Day 3 after the first mail.")
    assert person(shown(), "a stranger") is None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (MessageStatus.SENT, "Mail 1 left on Tue 3 Mar 10:05 UTC, from alice@acme.test. First"),
        (MessageStatus.SENDING, "Mail 1 is leaving now, from alice@acme.test."),
        (MessageStatus.UNKNOWN, "Mail 1 may have left on Tue 3 Mar 10:05 UTC: nobody said"),
        (MessageStatus.FAILED, "Mail 1 was to leave on Tue 3 Mar 10:05 UTC and could not be"),
        (MessageStatus.CANCELLED, "and was taken back: stopped by Alice."),
        (MessageStatus.HELD, "Mail 1 leaves on Tue 3 Mar 10:05 UTC"),
    ],
)
def test_what_became_of_a_mail_is_told(status: MessageStatus, said: str) -> None:
    touch = Touch(
        prospect_id="p",
        step=1,
        mailbox_id="mbx_alice",
        send_at=TUESDAY_10AM.replace(minute=5),
        email="ann@x.test",
        name="Ann",
        company="x.test",
        timezone="UTC",
        country="",
        because="Tue 3 Mar 10:05 in UTC; first mail",
        status=status,
        reason="stopped by Alice" if status is MessageStatus.CANCELLED else "",
        sent_at=None,
    )
    running = Running(
        touches=(touch,), mailboxes=(a_mailbox(),), rules=RULES, taken=(), now=TUESDAY_10AM
    )

    row = person(about_touches(about_running(running), [touch]), "p")

    assert row is not None
    (sentence,) = sentences(row)
    assert said in sentence


@pytest.mark.anyio
async def test_a_stopped_person_of_a_running_sequence_is_still_told_about(
    world: World, alice: Actor, mallory: Actor
) -> None:
    messages = await world.planned(alice, people=2, days=(0, 3))
    one = messages[0]
    await world.stores.messages.cancel(
        alice.account_id, reason="asked to stop", at=world.clock(), email=one.to
    )
    inquiring = inquiring_of(world)

    row = await inquiring.person(alice, one.sequence_id, one.prospect_id)

    assert [stop.state for stop in row.stops] == ["taken back", "taken back"]
    assert "asked to stop" in sentences(row)[0]
    for actor, prospect_id in ((mallory, one.prospect_id), (alice, "seq_x:per_1")):
        with pytest.raises(NotFound):
            await inquiring.person(actor, one.sequence_id, prospect_id)
