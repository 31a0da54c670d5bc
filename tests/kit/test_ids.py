from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from qrev.kit.ids import new_id, stable_id

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARTS = st.lists(TEXT, max_size=4).map(tuple)


def test_new_ids_are_all_different() -> None:
    ids = {new_id() for _ in range(10_000)}

    assert len(ids) == 10_000
    assert all(re.fullmatch("[0-9a-f]{24}", each) for each in ids)


@given(PARTS)
def test_the_same_parts_have_the_same_id(parts: tuple[str, ...]) -> None:
    assert stable_id("per", *parts) == stable_id("per", *parts)
    assert re.fullmatch("per_[0-9a-f]{24}", stable_id("per", *parts))


@given(PARTS, PARTS)
def test_different_parts_have_different_ids(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (stable_id("per", *one) == stable_id("per", *other)) == (one == other)


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_joined_parts_are_other_parts(parts: list[str]) -> None:
    assert stable_id("per", *parts) != stable_id("per", "".join(parts))


def test_a_person_and_a_company_of_one_name_are_two_things() -> None:
    assert stable_id("per", "acme", "x").removeprefix("per_") != stable_id(
        "com", "acme", "x"
    ).removeprefix("com_")


def test_an_id_is_the_same_in_every_release() -> None:
    # Changed, it would make a second person of everyone who is in a database already.
    assert stable_id("per", "acme", "bob@solarex.test") == "per_6e3ab323ac883d24765595b3"
