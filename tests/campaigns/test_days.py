"""Which day people mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.days import MONTHS, WEEKDAYS, day_in

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2026, 3, 3)),
        ("tomorrow", date(2026, 3, 4)),
        ("the day after tomorrow", date(2026, 3, 5)),
        ("Friday", date(2026, 3, 6)),
        ("this friday", date(2026, 3, 6)),
        ("tuesday", date(2026, 3, 3)),
        ("monday", date(2026, 3, 9)),
        ("next Friday", date(2026, 3, 13)),
        ("fri", date(2026, 3, 6)),
        ("6 March", date(2026, 3, 6)),
        ("6th of march", date(2026, 3, 6)),
        ("March 6th", date(2026, 3, 6)),
        ("6 Mar 2027", date(2027, 3, 6)),
        ("1 March", date(2027, 3, 1)),
        ("the 12th", date(2026, 3, 12)),
        ("the 1st", date(2026, 4, 1)),
        ("2026-05-01", date(2026, 5, 1)),
        ("in two weeks", date(2026, 3, 17)),
        ("in 10 days", date(2026, 3, 13)),
        ("the end of the week", date(2026, 3, 8)),
        ("the end of the month", date(2026, 3, 31)),
        ("the end of next month", date(2026, 4, 30)),
    ],
)
def test_a_day_is_found_in_words(words: str, day: date) -> None:
    assert day_in(words, TUESDAY) == day


@pytest.mark.parametrize("words", ["", "soon", "31 February", "2026-13-01", "the 32nd", "some day"])
def test_what_names_no_day_is_none(words: str) -> None:
    assert day_in(words, TUESDAY) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(WEEKDAYS))
def test_a_weekday_is_within_the_week_and_is_that_weekday(today: date, name: str) -> None:
    day = day_in(name, today)

    assert day is not None
    assert today <= day < today + timedelta(days=7)
    assert WEEKDAYS[day.weekday()] == name


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 330))
def test_a_date_is_the_next_one_of_that_name(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)

    assert day_in(f"{meant.day} {MONTHS[meant.month - 1]}", today) == meant


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.text(max_size=40))
def test_no_words_break_it(today: date, words: str) -> None:
    assert day_in(words, today) is None or day_in(words, today)
