"""A conversation is called by what it is about, in six words at most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.chat.titles import title_of


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            "Write to these people about our demand forecasting tool, in 3 steps over two weeks",
            "Demand forecasting tool",
        ),
        ("Please pause Germany until Monday", "Pause Germany until Monday"),
        ("How many replied this week and which of them did not open", "How many replied this week"),
        ("/campaigns", "Campaigns"),
        ("Mail maria@x.test, please", "Mail maria@x.test"),
        ("Write about acme.test tea, to all", "Acme.test tea"),
        ("", "New conversation"),
        ("?!", "New conversation"),
        ("Can you pitch a free audit to everyone", "Free audit"),
    ],
)
def test_it_says_what_it_is_about(said: str, title: str) -> None:
    assert title_of(said) == title


@given(st.text(max_size=300))
def test_it_has_one_to_six_words(said: str) -> None:
    assert 1 <= len(title_of(said).split()) <= 6
