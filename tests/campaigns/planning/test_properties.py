"""What holds for every plan, whatever it was made from."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from hypothesis import given, settings

from qrev.campaigns.planning import PlanMailbox, PlannedMessage, Rules
from tests.campaigns.planning.people import (
    ALL_ZONES,
    Inputs,
    a_person,
    a_taken,
    changing_weeks,
    worlds,
)

often = settings(max_examples=40, deadline=None)


def by_prospect(messages: tuple[PlannedMessage, ...]) -> dict[str, list[PlannedMessage]]:
    found: dict[str, list[PlannedMessage]] = defaultdict(list)
    for message in messages:
        found[message.prospect_id].append(message)
    return found


def allowance(mailbox: PlanMailbox, rules: Rules, day: date) -> int:
    """Return what the mailbox may send that day, worked out the plain way."""
    if mailbox.is_paused:
        return 0
    cap = min(mailbox.cap, 50)
    if mailbox.ramp_started_on is None:
        return cap
    return min(cap, 5 + 2 * max(0, (day - mailbox.ramp_started_on).days))


@often
@given(worlds())
def test_every_step_of_everyone_is_planned_or_refused_once(inputs: Inputs) -> None:
    plan = inputs.plan()

    answered = [(m.prospect_id, m.step) for m in plan.messages]
    answered += [(r.prospect_id, r.step) for r in plan.refused]
    assert sorted(answered) == sorted((p.id, s.number) for p in inputs.prospects for s in p.steps)
    assert all(r.reason for r in plan.refused)


@often
@given(worlds())
def test_two_mails_of_a_mailbox_keep_the_gap(inputs: Inputs) -> None:
    plan = inputs.plan()

    planned: dict[str, list[datetime]] = defaultdict(list)
    for message in plan.messages:
        planned[message.mailbox_id].append(message.send_at)
    for mailbox_id, minutes in planned.items():
        taken = [t.send_at for t in inputs.taken if t.mailbox_id == mailbox_id]
        pairs = [*itertools.pairwise(sorted(minutes)), *itertools.product(minutes, taken)]
        assert all(abs(a - b) >= inputs.rules.min_gap for a, b in pairs)


@often
@given(worlds())
def test_no_mailbox_goes_over_its_day(inputs: Inputs) -> None:
    plan = inputs.plan()

    for mailbox in inputs.mailboxes:
        zone = ZoneInfo(mailbox.timezone)
        own = [m for m in plan.messages if m.mailbox_id == mailbox.id]
        planned = Counter(m.send_at.astimezone(zone).date() for m in own)
        taken = Counter(
            t.send_at.astimezone(zone).date() for t in inputs.taken if t.mailbox_id == mailbox.id
        )
        for day, count in planned.items():
            assert count + taken[day] <= allowance(mailbox, inputs.rules, day)


@often
@given(worlds())
def test_every_mail_leaves_in_a_window_of_its_reader_and_not_before_now(inputs: Inputs) -> None:
    for message in inputs.plan().messages:
        local = message.send_at.astimezone(inputs.zone_of(message.prospect_id))
        hours = inputs.rules.windows.get(local.weekday(), ())

        assert message.send_at >= inputs.now
        assert any(begin <= local.time() < end for begin, end in hours), local
        assert message.because.local == local


@often
@given(worlds())
def test_nobody_is_written_to_on_a_public_holiday_of_theirs(inputs: Inputs) -> None:
    codes = {"DE": "DE", "US": "US", "Japan": "JP"}
    country = {p.id: codes.get(p.country or "") for p in inputs.prospects}

    for message in inputs.plan().messages:
        code = country[message.prospect_id]
        local = message.send_at.astimezone(inputs.zone_of(message.prospect_id)).date()
        assert code is None or local not in holidays.country_holidays(code, years=local.year)


@often
@given(worlds())
def test_a_persons_steps_keep_their_mailbox_their_order_and_their_days(inputs: Inputs) -> None:
    days = {(p.id, s.number): s.day for p in inputs.prospects for s in p.steps}

    for prospect_id, messages in by_prospect(inputs.plan().messages).items():
        zone = inputs.zone_of(prospect_id)
        local = [m.send_at.astimezone(zone).date() for m in messages]
        assert [m.step for m in messages] == list(range(1, len(messages) + 1))
        assert len({m.mailbox_id for m in messages}) == 1
        assert all(later > earlier for earlier, later in itertools.pairwise(local))
        for message, day in zip(messages, local, strict=True):
            assert (day - local[0]).days >= days[prospect_id, message.step]


@often
@given(worlds())
def test_two_people_of_a_company_a_week_and_two_days_apart(inputs: Inputs) -> None:
    company = {p.id: p.company for p in inputs.prospects}
    starts: dict[str, list[date]] = defaultdict(list)
    for message in inputs.plan().messages:
        if message.step == 1 and company[message.prospect_id]:
            zone = inputs.zone_of(message.prospect_id)
            starts[company[message.prospect_id]].append(message.send_at.astimezone(zone).date())

    for name, days in starts.items():
        earlier = sorted(
            t.send_at.astimezone(ZoneInfo(t.timezone)).date()
            for t in inputs.taken
            if t.company == name and t.step == 1
        )
        every = [*earlier[-2:], *sorted(days)]
        old = len(earlier[-2:])
        for index in range(max(1, old), len(every)):
            assert every[index] - every[index - 1] >= timedelta(days=2)
        for index in range(max(2, old), len(every)):
            assert every[index] - every[index - 2] >= timedelta(days=7)


@often
@given(worlds())
def test_the_same_arguments_give_the_same_plan(inputs: Inputs) -> None:
    assert inputs.plan() == inputs.plan()


@often
@given(worlds(zones=ALL_ZONES, when=changing_weeks))
def test_in_the_weeks_clocks_change_windows_and_caps_hold_in_every_zone(inputs: Inputs) -> None:
    messages = inputs.plan().messages

    for message in messages:
        local = message.send_at.astimezone(inputs.zone_of(message.prospect_id))
        hours = inputs.rules.windows.get(local.weekday(), ())
        assert message.send_at >= inputs.now
        assert any(begin <= local.time() < end for begin, end in hours), local
    for mailbox in inputs.mailboxes:
        zone = ZoneInfo(mailbox.timezone)
        own = (m.send_at.astimezone(zone).date() for m in messages if m.mailbox_id == mailbox.id)
        assert all(n <= allowance(mailbox, inputs.rules, day) for day, n in Counter(own).items())


@often
@given(worlds())
def test_no_two_mails_of_a_mailbox_leave_at_one_instant(inputs: Inputs) -> None:
    instants = [(m.mailbox_id, m.send_at) for m in inputs.plan().messages]

    assert len(set(instants)) == len(instants)


@often
@given(worlds())
def test_one_more_person_moves_nobody_who_came_before(inputs: Inputs) -> None:
    more = replace(inputs, prospects=[*inputs.prospects, a_person("late", timezone="UTC")])

    before, after = inputs.plan().messages, more.plan().messages

    assert after[: len(before)] == before


@often
@given(worlds())
def test_what_is_planned_once_keeps_its_minutes_when_more_people_are_planned(
    inputs: Inputs,
) -> None:
    """The first plan is taken when the second is made: together they keep every cap and gap."""
    first = inputs.plan().messages
    taken = [a_taken(m.send_at, mailbox=m.mailbox_id, step=m.step) for m in first]
    later = replace(
        inputs,
        prospects=[a_person(f"new{n}", timezone="UTC") for n in range(5)],
        taken=[*inputs.taken, *taken],
    ).plan()

    for mailbox in inputs.mailboxes:
        every = [m.send_at for m in (*first, *later.messages) if m.mailbox_id == mailbox.id]
        assert all(b - a >= inputs.rules.min_gap for a, b in itertools.pairwise(sorted(every)))
        zone = ZoneInfo(mailbox.timezone)
        old = [t.send_at for t in inputs.taken if t.mailbox_id == mailbox.id]
        days = Counter(at.astimezone(zone).date() for at in (*every, *old))
        new = [m.send_at for m in later.messages if m.mailbox_id == mailbox.id]
        for day in {at.astimezone(zone).date() for at in new}:
            assert days[day] <= allowance(mailbox, inputs.rules, day)
