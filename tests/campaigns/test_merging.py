"""Words with fields in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.merging import (
    filled,
    for_person,
    must_be_fields,
    template_of,
    variant_of,
)
from qrev.kit.errors import InvalidInput
from tests.campaigns.things import a_prospect, a_sequence

ANNA = replace(
    a_prospect(a_sequence(), 0),
    name="Anna Berg",
    company_name="Nordvik",
    job_title="Head of Supply",
    email="anna@nordvik.test",
)


def test_fields_are_filled_in_whatever_their_spaces_and_case() -> None:
    new = filled(("Hi {{First Name}}", "{{ company }}, {{JOB_TITLE}}, {{name}}"), ANNA)

    assert (new.subject, new.body) == ("Hi Anna", "Nordvik, Head of Supply, Anna Berg")
    assert new.missing == ()


def test_what_is_not_known_is_named_unless_something_stands_in_for_it() -> None:
    nobody = replace(ANNA, name="", company_name="")

    new = filled(("Hi {{first_name | there}}", "at {{company_name}} and {{company_name}}"), nobody)

    assert (new.subject, new.missing) == ("Hi there", ("company_name",))


def test_a_field_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="no field “shoe_size”"):
        must_be_fields("Hi {{first_name}}", "{{ shoe_size }}")


def test_what_was_written_for_one_becomes_a_template_for_all() -> None:
    words = ("Nordvik and us", "Hi Anna,\n\nas Head of Supply at Nordvik, Annabel asked.")

    template = template_of(words, ANNA)

    assert template == (
        "{{company_name}} and us",
        "Hi {{first_name}},\n\nas {{job_title}} at {{company_name}}, Annabel asked.",
    )
    assert filled(template, ANNA).body == words[1]


def test_a_fact_that_names_a_field_does_not_break_the_template() -> None:
    odd = replace(ANNA, company_name="name", job_title="company_name")

    template = template_of(("Hi", "at name as company_name"), odd)

    assert filled(template, odd).body == "at name as company_name"


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=200))
def test_a_template_filled_for_the_same_person_says_the_same(
    name: str, company: str, body: str
) -> None:
    person = replace(ANNA, name=name, company_name=company, job_title="")
    if "{{" in body or "}}" in body or "{" in name + company or "}" in name + company:
        return

    assert filled(template_of(("S", body), person), person).body == body


@given(st.text(min_size=1, max_size=40), st.integers(1, 12), st.integers(1, 4))
def test_who_gets_which_variant_never_changes(prospect: str, step: int, count: int) -> None:
    first = variant_of(prospect, step, count)

    assert 0 <= first < count
    assert variant_of(prospect, step, count) == first


@pytest.mark.parametrize("count", [2, 3, 4])
def test_variants_are_dealt_out_evenly(count: int) -> None:
    dealt = Counter(variant_of(f"seq:per_{n}", 1, count) for n in range(4000))

    assert all(abs(dealt[n] - 4000 / count) < 4000 / count * 0.15 for n in range(count))


def test_each_person_reads_their_own_variant() -> None:
    variants = [("A", "a {{first_name}}"), ("B", "b {{first_name}}")]

    new = for_person(variants, ANNA, 1)

    assert new.subject == "AB"[variant_of(ANNA.id, 1, 2)]
