"""Plans one can check by hand. Monday is 2 March 2026."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from qrev.campaigns.planning import Plan, PlanMailbox, PlanProspect, PlanStep, Rules, company_of
from tests.campaigns.planning.people import MONDAY, Inputs, a_box, a_person, a_taken, people

NINE, FIVE = time(9), time(17)
ALWAYS = dict.fromkeys(range(7), ((time(0), time(23, 59)),))


def days_of(plan: Plan) -> list[date]:
    return [m.send_at.date() for m in plan.messages]


def march(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_nobody_needs_no_plan() -> None:
    assert Inputs(prospects=[]).plan() == Plan((), ())


def test_a_mailbox_sends_its_cap_each_working_day() -> None:
    plan = Inputs(prospects=people(95), mailboxes=[a_box(cap=30)]).plan()

    assert Counter(days_of(plan)) == {
        date(2026, 3, 2): 30,
        date(2026, 3, 3): 30,
        date(2026, 3, 4): 30,
        date(2026, 3, 5): 5,
    }


def test_no_cap_is_above_the_ceiling() -> None:
    rules = Rules(account_timezone="UTC", windows=ALWAYS)

    plan = Inputs(prospects=people(200), mailboxes=[a_box(cap=1000)], rules=rules).plan()

    assert max(Counter(days_of(plan)).values()) == 50


def test_a_new_mailbox_begins_with_five_and_two_more_each_day() -> None:
    mailbox = a_box(cap=10, ramp_started_on=MONDAY.date())

    plan = Inputs(prospects=people(50), mailboxes=[mailbox]).plan()

    assert list(Counter(days_of(plan)).values())[:5] == [5, 7, 9, 10, 10]


def test_what_is_taken_counts_against_the_day() -> None:
    taken = [a_taken(march(2, 9, 10 * n), step=2) for n in range(4)]

    plan = Inputs(prospects=people(6), mailboxes=[a_box(cap=5)], taken=taken).plan()

    assert Counter(days_of(plan)) == {date(2026, 3, 2): 1, date(2026, 3, 3): 5}


def test_the_cap_is_of_the_mailboxes_own_day_not_of_utc() -> None:
    """Tokyo's Tuesday begins at 15:00 UTC on Monday."""
    rules = Rules(account_timezone="UTC", windows=ALWAYS)
    tokyo = a_box(cap=3, timezone="Asia/Tokyo")

    plan = Inputs(prospects=people(6), mailboxes=[tokyo], rules=rules).plan()

    local = Counter(m.send_at.astimezone(ZoneInfo("Asia/Tokyo")).date() for m in plan.messages)
    assert local == {date(2026, 3, 2): 3, date(2026, 3, 3): 3}
    assert set(days_of(plan)) == {date(2026, 3, 2)}


def test_the_first_hour_of_a_day_that_begins_twice_belongs_to_that_day() -> None:
    """In Havana it is midnight twice on 1 November 2026: clocks go from 1:00 back to 0:00."""
    inputs = Inputs(
        prospects=people(30),
        mailboxes=[a_box(cap=3, timezone="America/Havana")],
        rules=Rules(account_timezone="UTC", windows=ALWAYS),
        now=datetime(2026, 11, 1, 3, 59, tzinfo=UTC),  # a minute before the first midnight
    )

    plan = inputs.plan()

    zone = ZoneInfo("America/Havana")
    local = Counter(m.send_at.astimezone(zone).date() for m in plan.messages)
    assert max(local.values()) == 3


@pytest.mark.parametrize("seed", range(8))
def test_the_gap_is_kept_over_midnight(seed: int) -> None:
    taken = a_taken(march(3, 0, 1), step=2)
    inputs = Inputs(
        prospects=people(20),
        rules=Rules(account_timezone="UTC", windows=ALWAYS),
        taken=[taken],
        now=march(2, 23, 30),
        seed=seed,
    )

    minutes = sorted([taken.send_at, *(m.send_at for m in inputs.plan().messages)])

    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))


@pytest.mark.parametrize(
    ("mailboxes", "windows", "why"),
    [
        ([], {0: ((NINE, FIVE),)}, "No mailbox may send"),
        ([a_box(cap=0)], {0: ((NINE, FIVE),)}, "No mailbox may send"),
        ([a_box(cap=-3)], {0: ((NINE, FIVE),)}, "No mailbox may send"),
        ([a_box(is_paused=True)], {0: ((NINE, FIVE),)}, "No mailbox may send"),
        ([a_box()], {}, "never open"),
        ([a_box()], {0: ((NINE, NINE),)}, "never open"),
        ([a_box()], {0: ((FIVE, NINE),)}, "never open"),
        ([a_box()], {0: ((time(9, 0, 0, 500_000), time(9, 0, 0, 900_000)),)}, "no free minute"),
    ],
)
def test_settings_under_which_nothing_fits_are_refused_with_a_reason(
    mailboxes: list[PlanMailbox], windows: dict[int, tuple[tuple[time, time], ...]], why: str
) -> None:
    inputs = Inputs(
        prospects=[a_person(days=(0, 3))],
        mailboxes=mailboxes,
        rules=Rules(account_timezone="UTC", windows=windows),
    )

    plan = inputs.plan()

    assert not plan.messages
    assert [r.step for r in plan.refused] == [1, 2]
    assert why in plan.refused[0].reason


def test_a_window_only_at_the_weekend_is_used() -> None:
    rules = Rules(account_timezone="UTC", windows={5: ((NINE, FIVE),), 6: ((NINE, FIVE),)})

    plan = Inputs(prospects=people(3, days=(0, 3)), mailboxes=[a_box(cap=2)], rules=rules).plan()

    assert {day.weekday() for day in days_of(plan)} == {5, 6}
    assert "outside their working hours" in str(plan.messages[0].because)


def test_a_window_too_short_for_one_day_is_used_on_many() -> None:
    rules = Rules(account_timezone="UTC", windows=dict.fromkeys(range(7), ((NINE, time(9, 13)),)))

    plan = Inputs(prospects=people(20), rules=rules).plan()

    assert len(plan.messages) == 20
    assert all(NINE <= m.send_at.time() < time(9, 13) for m in plan.messages)


def test_a_hundred_people_of_one_company_take_months_and_nobody_is_refused() -> None:
    plan = Inputs(prospects=people(100, company="acme.test")).plan()

    days = days_of(plan)
    assert len(days) == 100
    assert all(later - day >= timedelta(days=2) for day, later in itertools.pairwise(days))
    assert all(c - a >= timedelta(days=7) for a, c in zip(days, days[2:], strict=False))
    assert days[-1] > date(2027, 1, 1)


def test_a_hundred_people_of_a_free_mail_provider_are_strangers_to_each_other() -> None:
    company = company_of("ann@gmail.com")

    plan = Inputs(prospects=people(100, company=company), mailboxes=[a_box(cap=50)]).plan()

    assert company == ""
    assert set(days_of(plan)) == {date(2026, 3, 2), date(2026, 3, 3)}


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("ann@Acme.test", "acme.test"),
        ("ann@GMAIL.com", ""),
        ("ann@web.de", ""),
        ("ann@eu.acme.test", "eu.acme.test"),
        ("ann", "ann"),
    ],
)
def test_a_company_is_a_domain_that_is_no_free_mail(email: str, company: str) -> None:
    assert company_of(email) == company


def test_someone_held_back_for_a_colleague_holds_back_nobody_else() -> None:
    """The colleague in Lisbon waits until Wednesday; strangers in Lisbon do not."""
    prospects = [
        a_person("first", company="acme.test"),
        a_person("colleague", timezone="Europe/Lisbon", company="acme.test"),
        a_person("stranger", timezone="Europe/Lisbon"),
    ]

    first, colleague, stranger = Inputs(prospects=prospects).plan().messages

    assert first.send_at.date() == stranger.send_at.date() == date(2026, 3, 2)
    assert colleague.send_at.date() == date(2026, 3, 4)
    assert "moved from Mon 2 Mar: others of their company" in str(colleague.because)


def test_someone_held_back_says_so_even_when_the_days_before_were_full() -> None:
    first, colleague = (a_person(id, company="acme.test") for id in ("first", "colleague"))
    prospects = [first, *people(4), colleague]

    *_, last = Inputs(prospects=prospects, mailboxes=[a_box(cap=2)]).plan().messages

    assert last.send_at.date() == date(2026, 3, 4)
    assert "moved from Mon 2 Mar: others of their company" in str(last.because)


def test_a_colleague_in_another_sequence_counts() -> None:
    taken = [a_taken(march(2, 9), mailbox="elsewhere", company="acme.test")]

    plan = Inputs(prospects=people(1, company="acme.test"), taken=taken).plan()

    assert days_of(plan) == [date(2026, 3, 4)]


def test_three_hundred_mailboxes_share_the_people_fairly() -> None:
    boxes = [a_box(f"box{n:03}", cap=4) for n in range(300)]

    plan = Inputs(prospects=people(900), mailboxes=boxes).plan()

    assert set(Counter(m.mailbox_id for m in plan.messages).values()) == {3}
    assert set(days_of(plan)) == {date(2026, 3, 2)}


def test_steps_are_spaced_from_the_day_the_first_mail_really_leaves() -> None:
    """Planned on Saturday: the first leaves on Monday, so day 3 is Thursday, day 7 Monday."""
    plan = Inputs(prospects=[a_person(days=(0, 3, 7))], now=march(7, 12)).plan()

    assert days_of(plan) == [date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 16)]


def test_a_step_that_falls_on_a_weekend_waits_for_monday_and_says_so() -> None:
    plan = Inputs(prospects=[a_person(days=(0, 5))]).plan()

    assert days_of(plan) == [date(2026, 3, 2), date(2026, 3, 9)]
    assert "moved from Sat 7 Mar: outside their working hours" in str(plan.messages[1].because)


def test_two_steps_never_leave_on_one_day() -> None:
    plan = Inputs(prospects=[a_person(days=(0, 0, 0))]).plan()

    assert days_of(plan) == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]


def test_what_is_left_of_a_sequence_goes_on_from_its_mailbox_and_its_first_day() -> None:
    steps = (PlanStep(number=2, day=3), PlanStep(number=3, day=7))
    person = PlanProspect(
        id="p",
        steps=steps,
        timezone="UTC",
        mailbox_id="b",
        first_at=march(2, 9),
        previous_at=march(2, 9),
    )

    plan = Inputs(prospects=[person], mailboxes=[a_box("a"), a_box("b")], now=march(3)).plan()

    assert days_of(plan) == [date(2026, 3, 5), date(2026, 3, 9)]
    assert {m.mailbox_id for m in plan.messages} == {"b"}


def test_what_is_left_is_refused_when_its_mailbox_is_paused() -> None:
    person = replace(a_person(), mailbox_id="b")
    boxes = [a_box("a"), a_box("b", is_paused=True)]

    plan = Inputs(prospects=[person], mailboxes=boxes).plan()

    assert plan.refused[0].reason == "The mailbox the first mail came from is paused or gone."


def test_a_german_is_not_written_to_on_easter_monday_and_an_american_is() -> None:
    berlin = a_person("de", timezone="Europe/Berlin")
    chicago = a_person("us", timezone="America/Chicago")

    plan = Inputs(prospects=[berlin, chicago], now=datetime(2026, 4, 4, tzinfo=UTC)).plan()

    assert days_of(plan) == [date(2026, 4, 7), date(2026, 4, 6)]
    assert "moved from Sat 4 Apr" in str(plan.messages[0].because)


def test_holidays_can_be_switched_off() -> None:
    rules = Rules(account_timezone="UTC", skips_holidays=False)
    berlin = a_person(timezone="Europe/Berlin")

    plan = Inputs(prospects=[berlin], rules=rules, now=datetime(2026, 4, 6, tzinfo=UTC)).plan()

    assert days_of(plan) == [date(2026, 4, 6)]


@pytest.mark.parametrize(
    ("timezone", "country", "zone", "said"),
    [
        ("Asia/Tokyo", "Germany", "Asia/Tokyo", "first mail"),
        ("Mars/Phobos", "Japan", "Asia/Tokyo", "taken from their country"),
        ("europe/berlin", None, "America/New_York", "not known, so yours is used"),
        ("", "", "America/New_York", "not known, so yours is used"),
        (None, "US", "America/New_York", "not known, so yours is used"),
        ("../../etc/passwd", "Atlantis", "America/New_York", "not known, so yours is used"),
    ],
)
def test_the_zone_is_the_persons_else_the_countrys_only_one_else_ours(
    timezone: str | None, country: str | None, zone: str, said: str
) -> None:
    rules = Rules(account_timezone="America/New_York")
    person = a_person(timezone=timezone, country=country)

    (message,) = Inputs(prospects=[person], rules=rules).plan().messages

    assert message.because.zone == zone
    assert said in str(message.because)
    assert NINE <= message.send_at.astimezone(ZoneInfo(zone)).time() < FIVE


def test_an_account_with_no_known_zone_lives_in_utc() -> None:
    rules = Rules(account_timezone="nowhere")

    (message,) = Inputs(prospects=[a_person(timezone=None)], rules=rules).plan().messages

    assert message.because.zone == "UTC"


def test_another_seed_gives_other_minutes() -> None:
    inputs = Inputs(prospects=people(10))

    minutes = {tuple(m.send_at for m in replace(inputs, seed=n).plan().messages) for n in range(9)}

    assert len(minutes) == 9


def test_gaps_are_four_to_twelve_minutes_when_people_are_waiting() -> None:
    minutes = sorted(m.send_at for m in Inputs(prospects=people(30)).plan().messages)

    gaps = [later - at for at, later in itertools.pairwise(minutes)]
    assert timedelta(minutes=4) <= min(gaps)
    assert max(gaps) <= timedelta(minutes=12)
    assert len(set(gaps)) > 10
