"""Whom of a list they mean: fewer people, never more, and never by what a cell says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.choosing import EVERYONE, choose
from qrev.ai.interpreter import interpret
from qrev.assistant.contract import QuestionAction, TextAction
from qrev.kit.roles import has_role
from tests.ai.turns import a_turn, often


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ("only CTOs", ("cto",)),
        ("Just the founders, please", ("founder",)),
        ("only write to heads of operations and CFOs", ("head of operations", "cfo")),
        ("sell our glue to the lawyers only", ("lawyer",)),
        ("write to VPs of Sales about our coaching", ("vp of sales",)),
        ("our tool is the only CRM for dentists", ()),
        ("we only sell tea", ()),
        ("write to our partners about tea", ()),
    ],
)
def test_roles_to_write_to_are_understood(words: str, roles: tuple[str, ...]) -> None:
    assert choose(words).whom.only_titles == roles


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ("but not to interns or students", ("intern", "student")),
        ("everyone but the CEOs", ("ceo",)),
        ("exclude all managers", ("manager",)),
        ("skip gmail addresses", ()),
    ],
)
def test_roles_to_leave_out_are_understood(words: str, roles: tuple[str, ...]) -> None:
    assert choose(words).whom.not_titles == roles


@pytest.mark.parametrize(
    ("title", "role", "is_one"),
    [
        ("Chief Technology Officer", "cto", True),
        ("CTO & Co-Founder", "founder", True),
        ("Director of Marketing EMEA", "marketing director", True),
        ("Vice President, Sales", "vp of sales", True),
        ("International Sales", "intern", False),
        ("Sales Director", "marketing director", False),
        ("", "cto", False),
    ],
)
def test_a_title_is_compared_word_by_word(title: str, role: str, is_one: bool) -> None:
    assert has_role(title, [role]) is is_one


def test_an_address_or_a_company_can_be_what_they_mean() -> None:
    german = choose("only .de addresses").whom
    two = choose("only people at siemens.com and bosch.com").whom
    acme = choose("only people at Acme Foods").whom

    assert german.includes({"email": "a@x.de"})
    assert not german.includes({"email": "a@de.com"})
    assert two.includes({"email": "a@mail.bosch.com"})
    assert not two.includes({"email": "a@notbosch.com"})
    assert acme.includes({"email": "a@x.test", "company_name": "ACME Foods Ltd"})
    assert not acme.includes({"email": "a@x.test", "company_name": ""})


@pytest.mark.parametrize(
    ("words", "day", "rest"),
    [
        ("sell tea to them, from next Tuesday", "next Tuesday", "sell tea to them"),
        ("Start on 12 March. We sell tea", "12 March", ". We sell tea"),
        ("starting tomorrow, we sell tea", "tomorrow", "we sell tea"),
        ("we sell tea from Monday to Friday", "", "we sell tea from Monday to Friday"),
        ("we sell tea from India", "", "we sell tea from India"),
    ],
)
def test_the_day_it_begins_is_no_part_of_the_offer(words: str, day: str, rest: str) -> None:
    choice = choose(words)

    assert (choice.begins, choice.rest) == (day, rest)


@often
@given(st.text(max_size=300), st.dictionaries(st.just("job_title"), st.text(max_size=60)))
def test_any_words_at_all_choose_somebody_or_everybody(words: str, row: dict[str, str]) -> None:
    whom = choose(words).whom

    assert whom.includes(row) or whom != EVERYONE


def test_whom_they_mean_is_said_and_kept_for_the_drafts() -> None:
    rows = [{"email": "a@x.test", "job_title": "CTO"}, {"email": "b@x.test", "job_title": "CEO"}]

    reading = interpret(a_turn("we sell tea, only CTOs, from next Tuesday", rows=rows), "k")

    said = reading.actions[0]
    assert isinstance(said, TextAction)
    assert "only to people with **cto** in the job title" in said.response
    assert "You asked for **next Tuesday**" in said.response
    assert reading.job is not None
    assert [reading.job.whom.includes(row) for row in rows] == [True, False]


def test_a_list_without_anybody_who_is_meant_is_asked_about() -> None:
    rows = [{"email": "a@x.test", "job_title": "CEO"}]

    (question,) = interpret(a_turn("we sell tea, only CTOs", rows=rows), "k").actions

    assert isinstance(question, QuestionAction)
    assert question.choices == ["we sell tea", "Never mind"]
