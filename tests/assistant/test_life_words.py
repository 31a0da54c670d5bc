"""What orders in everyday words are about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.assistant.life_words import day_said, meant

TODAY = date(2026, 3, 3)  # a Tuesday


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("pause the Berlin campaign", "Berlin"),
        ("Please pause “Spring offer”!", "Spring offer"),
        ("stop Anna", "Anna"),
        ("could you stop writing to anna@pine.test", "anna@pine.test"),
        ("stop mails to Anna Berg please", "Anna Berg"),
        ("resume my Berlin sequence", "Berlin"),
        ("pause Germany", "Germany"),
        ("stop", ""),
        ("stop it", ""),
        ("undo", ""),
        ("pause the mailbox", ""),
    ],
)
def test_what_is_named_is_found(words: str, subject: str) -> None:
    assert meant(words, TODAY).subject == subject


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("pause Germany until Monday", date(2026, 3, 9)),
        ("pause Germany until Tuesday", date(2026, 3, 10)),
        ("pause Germany till tomorrow", date(2026, 3, 4)),
        ("pause Germany until next week", date(2026, 3, 9)),
        ("pause Germany until next month", date(2026, 4, 1)),
        ("pause Germany until 9 March", date(2026, 3, 9)),
        ("pause Germany until March 9th", date(2026, 3, 9)),
        ("pause Germany until the 2nd of March", date(2027, 3, 2)),
        ("pause Germany until 2026-03-09", date(2026, 3, 9)),
        ("pause Germany for two weeks", date(2026, 3, 17)),
        ("pause Germany for 3 days", date(2026, 3, 6)),
    ],
)
def test_the_day_it_goes_on_is_found(words: str, until: date) -> None:
    found = meant(words, TODAY)

    assert (found.subject, found.until, found.is_day_unclear) == ("Germany", until, False)


def test_a_day_that_is_none_is_said_to_be_unclear() -> None:
    assert meant("pause Germany until the cows come home", TODAY).is_day_unclear


def test_a_part_of_a_campaign_is_told_from_a_campaign() -> None:
    found = meant("pause Germany in the Berlin campaign", TODAY)

    assert (found.subject, found.within) == ("Germany", "Berlin")


@pytest.mark.parametrize("words", ["pause everything", "resume all", "pause all campaigns"])
def test_everything_is_everything(words: str) -> None:
    assert meant(words, TODAY).is_everything


@given(st.text(max_size=60))
def test_whatever_is_said_is_read_without_failing(words: str) -> None:
    meant(f"pause {words}", TODAY)
    day_said(words, TODAY)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_the_next_one_and_never_today(today: date, number: int) -> None:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

    day = day_said(names[number], today)

    assert day is not None
    assert day.weekday() == number
    assert 1 <= (day - today).days <= 7
