from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.kit.signing import Signer

SIGNER = Signer("the secret of this installation", "opt-out")
FACTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4)


@given(FACTS)
def test_what_was_signed_is_read_again(facts: list[str]) -> None:
    assert SIGNER.read(SIGNER.sign(*facts)) == facts


@given(FACTS)
def test_a_token_needs_no_quoting_in_an_address(facts: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", SIGNER.sign(*facts))


@given(st.text())
def test_a_token_we_did_not_make_is_none(token: str) -> None:
    assert SIGNER.read(token) is None


@given(st.binary(), st.binary())
def test_neither_is_one_in_the_right_form(body: bytes, seal: bytes) -> None:
    token = ".".join(base64.urlsafe_b64encode(part).decode() for part in (body, seal))

    assert SIGNER.read(token) is None


@given(FACTS, st.data())
def test_a_token_with_a_changed_character_never_says_anything_else(
    facts: list[str], data: st.DataObject
) -> None:
    token = SIGNER.sign(*facts)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters())

    read = SIGNER.read(token[:place] + other + token[place + 1 :])

    # The last character of base64 has bits that mean nothing, so the same may be said again.
    assert read in (None, facts)


@given(FACTS, st.integers(0, 200))
def test_a_token_that_was_cut_is_none(facts: list[str], length: int) -> None:
    token = SIGNER.sign(*facts)

    assert SIGNER.read(token[: min(length, len(token) - 1)]) is None


def test_the_seal_of_one_token_does_not_fit_another() -> None:
    mine, theirs = SIGNER.sign("acme", "seq:1"), SIGNER.sign("other", "seq:1")

    forged = theirs.partition(".")[0] + "." + mine.partition(".")[2]

    assert SIGNER.read(forged) is None


def test_a_token_of_another_purpose_or_installation_is_none() -> None:
    token = SIGNER.sign("acme", "seq:1")

    assert Signer("the secret of this installation", "invitation").read(token) is None
    assert Signer("another secret", "opt-out").read(token) is None


def test_a_huge_token_is_none_without_being_read_whole() -> None:
    token = SIGNER.sign("acme", "seq:1")

    assert SIGNER.read("A" * 50_000_000) is None
    assert SIGNER.read(token + "A" * 50_000_000) is None


def test_facts_cannot_flow_into_each_other() -> None:
    assert SIGNER.sign("ab", "c") != SIGNER.sign("a", "bc")
    assert SIGNER.sign('a","b') != SIGNER.sign("a", "b")


@given(st.binary(max_size=60), st.integers(0), st.integers(1, 63))
def test_a_short_token_gives_back_its_bytes_and_none_that_was_changed(
    body: bytes, place: int, other: int
) -> None:
    token = SIGNER.sign_short(body)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place %= len(token)
    old = letters.index(token[place])
    changed = token[:place] + letters[(old + other) % 64] + token[place + 1 :]

    assert SIGNER.read_short(token) == body
    assert SIGNER.read_short(changed) is None


@pytest.mark.parametrize("token", ["", "a", "é", "====", "a" * 10_000, SIGNER.sign("a", "b")])
def test_what_is_no_short_token_says_nothing(token: str) -> None:
    assert SIGNER.read_short(token) is None
