"""An address is found wherever it stands, and no other with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.kit.mentions import GONE, Mention

BOB = Mention("bob@pine.test", "per_1")


@pytest.mark.parametrize(
    "text",
    [
        "bob@pine.test",
        "Ask BOB@Pine.Test.",
        "<bob@pine.test>, and so on",
        "“bob@pine.test” is one",
        "mailto:bob@pine.test?subject=x",
        "s1:per_1:2",
    ],
)
def test_it_is_found_in_text(text: str) -> None:
    assert BOB.is_in(text)
    assert BOB.may_be_in(text.encode())
    assert not BOB.is_in(BOB.without(text))


@pytest.mark.parametrize(
    "text", ["jbob@pine.test", "x.bob@pine.test", "bob@pine.tests", "bob@pine.test.org", "bob"]
)
def test_another_address_is_another_one(text: str) -> None:
    assert not BOB.is_in(text)
    assert BOB.without(text) == text


def test_a_row_about_it_goes_and_the_others_stay() -> None:
    rows = [["Bob Ray", "bob@pine.test", "CEO"], ["Ann Lee", "ann@pine.test", "CTO"]]

    assert BOB.without({"rows": rows, "total": 2}) == {
        "rows": [[GONE, GONE, GONE], ["Ann Lee", "ann@pine.test", "CTO"]],
        "total": 2,
    }


def test_what_is_about_it_says_nothing_but_what_it_is() -> None:
    found = {"id": "x", "type": "person", "email": "Bob@pine.test", "name": "Bob Ray", "age": 4}

    assert BOB.without([found]) == [
        {"id": "x", "type": "person", "email": GONE, "name": GONE, "age": 4}
    ]


VALUES = st.recursive(
    st.none() | st.integers() | st.text() | st.sampled_from(["bob@pine.test", "to BOB@pine.test."]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(VALUES)
def test_nothing_of_it_is_left_in_anything(value: Any) -> None:
    cleaned = BOB.without(value)

    assert not BOB.is_in(cleaned)
    if not BOB.is_in(value):
        assert cleaned == value
