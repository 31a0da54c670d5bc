"""Questions that narrow, orders in many verbs, and what is asked back: each with its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.asking_back import question_in
from qrev.ai.commands import command_in
from qrev.ai.inquiries import inquiry_in
from qrev.ai.interpreter import DID_NOT_UNDERSTAND, interpret
from qrev.ai.orders import order_in
from qrev.assistant.contract import (
    ProposalAction,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
)
from tests.ai.turns import SAMPLE, a_turn, often


@pytest.mark.parametrize(
    ("words", "entity", "narrowed"),
    [
        ("who clicked but didn't reply?", "prospects", {"clicked": True, "replied": False}),
        ("who has not heard from us?", "people", {"written": False}),
        ("firms we never contacted", "companies", {"written": False}),
        ("how many VPs of Sales do we have?", "people", {"title": "vp of sales"}),
        ("contacts at acme.com", "people", {"domain": "acme.com"}),
        ("which mails failed today?", "messages", {"status": "failed", "when": "today"}),
        ("who is Maria Gomez?", "people", {"search": "Maria Gomez"}),
        ("are there any paused campaigns?", "sequences", {"status": "paused"}),
    ],
)
def test_a_question_carries_its_filter(
    words: str, entity: str, narrowed: dict[str, str | bool]
) -> None:
    query = inquiry_in(words)

    assert query is not None
    assert (query.entity, query.filter) == (entity, narrowed)


@pytest.mark.parametrize(
    "words",
    [
        "find me new customers",
        "who is in my team?",
        "find people and write to them about our tea",
        "We sell a CRM that shows who opened and who replied",
        "show our team how our forecasting tool works",
    ],
)
def test_what_narrows_nothing_is_no_such_question(words: str) -> None:
    assert inquiry_in(words) is None


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("put Germany on hold until Monday", "pause", "pause Germany until Monday"),
        ("halt all mails to bob@x.test", "stop", "stop bob@x.test"),
        ("suspend everything", "pause", "pause everything"),
        ("carry on with the tea campaign", "resume", "resume the tea campaign"),
        ("stop", "stop", "stop"),
    ],
)
def test_an_order_is_told_in_one_verb(words: str, kind: str, said: str) -> None:
    order = order_in(words)

    assert order is not None
    assert (order.kind, order.arguments["words"]) == (kind, said)


@pytest.mark.parametrize(
    "words",
    [
        "don't stop",
        "hold on",
        "should I stop the campaign?",
        "what happens if we pause Germany?",
        "how do I archive a campaign?",
        "please do not pause anything",
        "Stop losing customers: we sell a churn tool",
    ],
)
def test_what_only_speaks_of_an_order_changes_nothing(words: str) -> None:
    assert not isinstance(command_in(words), ProposalAction)


@pytest.mark.parametrize(
    "words",
    [
        "remove Anna Lee",
        "remove bob@x.test",
        "remove the tea campaign",
        "skip gmail addresses",
        "write to everyone who opened but did not reply",
        "how many?",
        "show",
        "add bob@x.test",
    ],
)
def test_every_choice_is_understood_in_one_way(words: str) -> None:
    question = question_in(words, has_list=False)

    assert isinstance(question, QuestionAction)
    assert len(question.choices) >= 2
    for choice in question.choices:
        (action,) = interpret(a_turn(choice), "k").actions
        assert not isinstance(action, QuestionAction), choice
        assert action != TextAction(response=DID_NOT_UNDERSTAND), choice


def test_a_company_to_leave_out_of_a_list_is_not_left_alone_for_good() -> None:
    words = "don't write to anyone at rival.com, pitch our tea to the rest"

    actions = interpret(a_turn(words, rows=SAMPLE), "k").actions

    assert any(isinstance(action, SequenceDraftAction) for action in actions)
    assert not any(isinstance(action, ProposalAction) for action in actions)


@often
@given(st.text(max_size=300), st.booleans())
def test_no_words_break_it(words: str, has_list: bool) -> None:
    query = inquiry_in(words)
    order = order_in(words)

    assert query is None or query.entity
    assert order is None or len(order.arguments["words"]) <= 300
    question_in(words, has_list=has_list)
