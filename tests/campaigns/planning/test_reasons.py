"""What moved a mail is named: each rule, in the order it did. Monday is 2 March 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from qrev.campaigns.planning import PlanStep
from tests.campaigns.planning.people import MONDAY, Inputs, a_box, a_person, a_taken, people


def march(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_company_is_counted_by_the_days_of_its_people_not_of_utc() -> None:
    """It was Tuesday morning in Auckland: 21:00 UTC on Monday. The next may be on Thursday."""
    auckland = "Pacific/Auckland"
    taken = [a_taken(march(2, 21), mailbox="x", company="acme.test", timezone=auckland)]
    colleague = a_person(timezone=auckland, company="acme.test")

    (message,) = Inputs(prospects=[colleague], taken=taken, now=march(3)).plan().messages

    assert message.because.local.date() == date(2026, 3, 5)


def test_everything_that_moved_a_mail_is_named_in_order() -> None:
    """Easter 2026: planned on Saturday, Monday is a holiday in Germany, Tuesday has no room."""
    now = datetime(2026, 4, 4, tzinfo=UTC)
    taken = [a_taken(datetime(2026, 4, 7, 9, tzinfo=UTC), step=2)]
    person = a_person(timezone="Europe/Berlin")

    (message,) = (
        Inputs(prospects=[person], mailboxes=[a_box(cap=1)], taken=taken, now=now).plan().messages
    )

    assert message.because.moved_by == ("hours", "holiday", "full")
    assert str(message.because).endswith(
        "moved from Sat 4 Apr: outside their working hours, then a public holiday there, "
        "then the mailbox was full"
    )


def test_a_mail_moved_with_others_names_what_moved_it_not_them() -> None:
    plan = Inputs(prospects=people(2), now=march(7, 12)).plan()

    assert {m.because.moved_by for m in plan.messages} == {("hours",)}


def test_a_mail_a_new_mailbox_has_no_room_for_says_that_it_is_new() -> None:
    mailbox = a_box(cap=10, ramp_started_on=MONDAY.date())

    last = Inputs(prospects=people(6), mailboxes=[mailbox]).plan().messages[-1]

    assert "moved from Mon 2 Mar: the mailbox is new and sends little" in str(last.because)


def test_a_step_that_follows_too_soon_says_what_it_waits_for() -> None:
    second = Inputs(prospects=[a_person(days=(0, 0))]).plan().messages[1]

    assert "moved from Mon 2 Mar: the mail before leaves only the day before" in str(second.because)


def test_a_step_whose_day_has_passed_says_so() -> None:
    person = replace(
        a_person(), steps=(PlanStep(number=2, day=3),), mailbox_id="box", first_at=march(2, 9)
    )

    (message,) = Inputs(prospects=[person], now=march(10)).plan().messages

    assert "moved from Thu 5 Mar: its day has passed" in str(message.because)
