"""A rule said in a sentence changes the planner's rules, and is named where it moves a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.campaigns.planning import PlanMailbox, PlanProspect, PlanStep, Rules, plan
from qrev.campaigns.policies import DAYS_END, Policy, PolicyKind, checked, under, without
from qrev.kit.errors import InvalidInput

RULES = Rules(account_timezone="UTC")
FRIDAY_1PM = datetime(2026, 3, 6, 13, 30, tzinfo=UTC)
NO_FRIDAY_AFTERNOON = Policy(id="p", kind=PolicyKind.CLOSED, weekdays=(4,), begins=time(14))
ONE_A_WEEK = Policy(id="p", kind=PolicyKind.COMPANY, count=1, days=7)
NO_GMAIL = Policy(id="p", kind=PolicyKind.NO_DOMAIN, domains=("gmail.com",))
TEN_A_DAY = Policy(id="p", kind=PolicyKind.DAILY, count=10)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (NO_FRIDAY_AFTERNOON, "never on Fridays after 14:00"),
        (
            replace(NO_FRIDAY_AFTERNOON, weekdays=(0, 4), begins=time(0)),
            "never on Mondays and Fridays",
        ),
        (replace(NO_FRIDAY_AFTERNOON, weekdays=(5, 6), begins=time(0)), "never on weekends"),
        (replace(NO_FRIDAY_AFTERNOON, weekdays=tuple(range(7))), "never after 14:00"),
        (
            Policy(id="p", kind=PolicyKind.CLOSED, begins=time(12), ends=time(13)),
            "never between 12:00 and 13:00",
        ),
        (Policy(id="p", kind=PolicyKind.CLOSED, ends=time(10)), "never before 10:00"),
        (ONE_A_WEEK, "never more than 1 person of one company a week"),
        (
            replace(ONE_A_WEEK, count=3, days=10),
            "never more than 3 people of one company in 10 days",
        ),
        (NO_GMAIL, "nobody at gmail.com"),
        (TEN_A_DAY, "never more than 10 mails a day from one mailbox"),
    ],
)
def test_a_rule_is_said_back_as_it_was_understood(policy: Policy, sentence: str) -> None:
    assert policy.sentence == sentence
    assert checked(policy) == policy


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (replace(ONE_A_WEEK, count=0), "How many"),
        (replace(ONE_A_WEEK, days=0), "In how many days"),
        (replace(TEN_A_DAY, count=10**9), "How many"),
        (replace(NO_GMAIL, domains=()), "Domains"),
        (replace(NO_FRIDAY_AFTERNOON, weekdays=()), "Weekdays"),
        (replace(NO_FRIDAY_AFTERNOON, weekdays=(7,)), "Weekdays"),
        (replace(NO_FRIDAY_AFTERNOON, ends=time(13)), "Hours"),
        (Policy(id="p", kind=PolicyKind.CLOSED), "nothing could leave"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(policy: Policy, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        checked(policy)


def one_after(at: datetime, rules: Rules, *companies: str) -> list[str]:
    """Return why each of these people is written to when they are, planned at that moment."""
    people = [
        PlanProspect(
            id=f"p{n}", steps=(PlanStep(number=1, day=0),), timezone="UTC", company=company
        )
        for n, company in enumerate(companies)
    ]
    box = PlanMailbox(id="m", timezone="UTC", cap=30, ramp_started_on=None)
    return [str(m.because) for m in plan(people, [box], rules, (), now=at, seed=1).messages]


def test_a_mail_that_a_rule_moves_says_which_one() -> None:
    rules = under(RULES, [NO_FRIDAY_AFTERNOON])

    (because,) = one_after(FRIDAY_1PM + timedelta(hours=1), rules, "a.test")

    assert "moved from Fri 6 Mar: your rule “never on Fridays after 14:00”" in because


def test_a_company_rule_is_named_too() -> None:
    rules = under(RULES, [ONE_A_WEEK])

    first, second = one_after(FRIDAY_1PM, rules, "a.test", "a.test")

    assert "moved" not in first
    assert second.startswith("Fri 13 Mar")
    assert "your rule “never more than 1 person of one company a week”" in second


def test_a_looser_rule_than_the_setting_changes_nothing() -> None:
    strict = replace(RULES, company_people=1)

    assert under(strict, [replace(ONE_A_WEEK, count=5)]) == strict
    assert under(replace(RULES, ceiling=5), [TEN_A_DAY]).ceiling == 5


def test_a_rule_that_is_off_does_nothing() -> None:
    off = [replace(p, is_on=False) for p in (NO_FRIDAY_AFTERNOON, ONE_A_WEEK, NO_GMAIL, TEN_A_DAY)]

    assert under(RULES, off) == RULES


def test_domains_of_several_rules_are_all_closed() -> None:
    rules = under(RULES, [NO_GMAIL, replace(NO_GMAIL, domains=("web.de",))])

    assert rules.closed_domains == {
        "gmail.com": "your rule “nobody at gmail.com”",
        "web.de": "your rule “nobody at web.de”",
    }


clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(st.lists(st.tuples(clocks, clocks), max_size=3), clocks, clocks, clocks)
def test_nothing_of_the_closed_hours_is_left_and_nothing_else_is_gone(
    spans: list[tuple[time, time]], begins: time, ends: time, at: time
) -> None:
    intervals = tuple((a, b) for a, b in spans if a < b)
    if begins >= ends:
        begins, ends = time(0), DAYS_END

    left = without(intervals, begins, ends)

    was_open = any(a <= at < b for a, b in intervals)
    is_open = any(a <= at < b for a, b in left)
    assert is_open == (was_open and not begins <= at < ends)


@settings(max_examples=30, deadline=None)
@given(
    st.sets(st.integers(0, 4), max_size=4),
    st.integers(10, 16),
    st.integers(1, 3),
    st.integers(1, 20),
)
def test_no_plan_breaks_a_rule(weekdays: set[int], hour: int, count: int, daily: int) -> None:
    closed = Policy(id="c", kind=PolicyKind.CLOSED, weekdays=tuple(weekdays), begins=time(hour))
    policies = [replace(ONE_A_WEEK, count=count), replace(TEN_A_DAY, count=daily)]
    rules = under(RULES, [*policies, closed] if weekdays else policies)
    people = [
        PlanProspect(
            id=f"p{n}",
            steps=(PlanStep(number=1, day=0), PlanStep(number=2, day=3)),
            timezone="UTC",
            company=f"c{n % 5}.test",
        )
        for n in range(20)
    ]
    box = PlanMailbox(id="m", timezone="UTC", cap=50, ramp_started_on=None)

    made = plan(people, [box], rules, (), now=FRIDAY_1PM, seed=3)

    assert not made.refused
    starts: dict[str, list[date]] = {}
    days: dict[date, int] = {}
    for message in made.messages:
        at = message.send_at
        assert not (at.weekday() in weekdays and at.time() >= time(hour))
        days[at.date()] = days.get(at.date(), 0) + 1
        if message.step == 1:
            company = f"c{int(message.prospect_id[1:]) % 5}.test"
            starts.setdefault(company, []).append(at.date())
    assert max(days.values()) <= daily
    for each in starts.values():
        each.sort()
        assert all(b - a >= timedelta(days=7) for a, b in zip(each, each[count:], strict=False))
