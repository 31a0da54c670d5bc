"""Settings are read by name, each with its reason, and make the planner's rules."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.planning import Rules
from qrev.campaigns.policies import DAYS_END
from qrev.campaigns.rulebook import (
    BY_NAME,
    SETTINGS,
    Rulebook,
    checked_values,
    look_back,
    rules_of,
    values_of,
)
from qrev.kit.errors import InvalidInput

USUAL = Rules(account_timezone="Europe/Berlin")


def test_nothing_set_is_what_the_planner_does_by_itself() -> None:
    assert rules_of("Europe/Berlin", Rulebook()) == USUAL


def test_every_setting_says_why_and_where_that_is_from() -> None:
    assert all(s.reason.endswith(".") and s.source and s.title and s.unit for s in SETTINGS)
    assert len(BY_NAME) == len(SETTINGS)
    assert checked_values(values_of()) == {}


def test_each_setting_reaches_the_planner() -> None:
    book = Rulebook(
        values=checked_values(
            {
                "windows": {"0": [["13:00", "24:00"], ["9:00", "12:00"]], "6": []},
                "skips_holidays": False,
                "ceiling": 20,
                "ramp_start": 3,
                "ramp_step": 0,
                "min_gap_minutes": 6,
                "max_gap_minutes": 30,
                "company_people": 1,
                "company_period_days": 14,
                "company_spacing_days": 4,
                "hold_minutes": 0,
            }
        )
    )

    rules = rules_of("UTC", book)

    assert rules.windows == {0: ((time(9), time(12)), (time(13), DAYS_END))}
    assert (rules.skips_holidays, rules.ceiling, rules.ramp_start, rules.ramp_step) == (
        False,
        20,
        3,
        0,
    )
    assert (rules.min_gap, rules.max_gap) == (timedelta(minutes=6), timedelta(minutes=30))
    assert rules.company_people == 1
    assert (rules.hold, USUAL.hold) == (timedelta(), None)
    assert (rules.company_period, rules.company_spacing) == (timedelta(14), timedelta(4))
    assert look_back(rules) == timedelta(days=15)
    assert look_back(USUAL) == timedelta(days=8)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"ceiling": 51}, "Most mails a mailbox and day: .* 1 to 50"),
        ({"ceiling": "30"}, "Most mails"),
        ({"ceiling": True}, "Most mails"),
        ({"ramp_step": -1}, "more each day"),
        ({"hold_minutes": 61}, "Wait after Confirm: .* 0 to 60"),
        ({"skips_holidays": "yes"}, "Skip public holidays"),
        ({"company_period_days": 61}, "1 to 60"),
        ({"min_gap_minutes": 13}, "Longest gap .* 12 minutes are shorter"),
        ({"weather": 1}, "no setting “weather”"),
        ({"windows": {}}, "at least one weekday"),
        ({"windows": {"0": []}}, "at least one weekday"),
        ({"windows": {"7": [["09:00", "10:00"]]}}, "weekdays 0"),
        ({"windows": {"0": [["10:00", "09:00"]]}}, "10:00 is not before 09:00"),
        ({"windows": {"0": [["25:00", "26:00"]]}}, "no time of day"),
        ({"windows": {"0": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "overlap at 11:00"),
        ({"windows": {"0": "all day"}}, "at most 4 spans"),
        ({"windows": {"0": [["09:00"]]}}, "begin and its end"),
    ],
)
def test_a_bad_value_is_refused_by_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        checked_values(values)


def test_a_sequences_own_settings_count_before_those_of_the_workspace() -> None:
    whole = Rulebook(values=checked_values({"company_people": 1, "ceiling": 10}))
    own = Rulebook(values=checked_values({"company_people": 2}, is_of_sequence=True))

    rules = rules_of("UTC", whole, own)

    assert (rules.company_people, rules.ceiling) == (2, 10)
    with pytest.raises(InvalidInput, match="for the workspace"):
        checked_values({"ceiling": 10}, is_of_sequence=True)


@given(st.dictionaries(st.sampled_from(sorted(BY_NAME)), st.integers() | st.text() | st.none()))
def test_whatever_is_given_is_read_or_refused(values: dict[str, Any]) -> None:
    try:
        kept = checked_values(values)
    except InvalidInput:
        return
    assert checked_values(kept) == kept
    rules_of("UTC", Rulebook(values=kept))
