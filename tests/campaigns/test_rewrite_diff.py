"""Two versions of a mail, told apart word by word and part by part."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.rewriting.diff import changed_parts, pieces, summary

WORDS = st.text(string.ascii_letters + " .,!?\n\t'“é", max_size=200)
BODY = "Hi Ann,\n\nNice day. We sell tea.\n\nShall we talk?\n\nBest,\nAlice"


@given(WORDS, WORDS)
def test_both_versions_can_be_read_out_of_a_diff(old: str, new: str) -> None:
    found = pieces(old, new)

    assert "".join(p.text for p in found if p.kind != "new") == old
    assert "".join(p.text for p in found if p.kind != "gone") == new
    assert (old == new) == all(p.kind == "same" for p in found)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("Hi Ann", "Dear Ann", "greeting"),
        ("Nice day.", "Bad day.", "first"),
        ("We sell tea.", "We sell rum.", "offer"),
        ("Shall we talk?", "Can we talk?", "ask"),
        ("Best,", "Kind regards,", "closing"),
        ("Nice day. We sell tea.", "Bad day. We sell rum.", "first+offer"),
        ("Nice day. We sell tea.\n\nShall we talk?", "No day. We buy.\n\nTalk?", "many"),
    ],
)
def test_what_changed_is_named(old: str, new: str, parts: str) -> None:
    assert changed_parts(("S", BODY), ("S", BODY.replace(old, new))) == parts


def test_one_line_says_what_how_many_changed() -> None:
    assert summary({"offer": 16, "first": 184, "many": 2, "greeting+closing": 3}) == (
        "184 changed only the first line, 16 changed only the offer, "
        "3 changed the greeting and the closing, 2 changed most of the mail"
    )
