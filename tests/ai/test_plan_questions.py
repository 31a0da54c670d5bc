"""Questions about a plan, understood by their words alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.interpreter import interpret
from qrev.ai.plan_questions import plan_question_in
from qrev.assistant.contract import QueryAction
from tests.ai.turns import SAMPLE, a_turn

ASKED = {
    "show me the plan": {"question": "show"},
    "Show the sending calendar.": {"question": "show"},
    "who gets mail on Friday?": {"question": "who_on", "day": "Friday"},
    "Who is written to tomorrow?": {"question": "who_on", "day": "tomorrow"},
    "how many mails leave on 6 March?": {"question": "who_on", "day": "6 March"},
    "What leaves next Monday?": {"question": "who_on", "day": "next Monday"},
    "what is planned for friday?": {"question": "who_on", "day": "friday"},
    "anything going out on the 12th?": {"question": "who_on", "day": "the 12th"},
    "is there anyone who gets a mail on March 3rd?": {"question": "who_on", "day": "March 3rd"},
    "when does the last one leave?": {"question": "last"},
    "When is it done?": {"question": "last"},
    "how long does it take?": {"question": "last"},
    "when does the first mail leave?": {"question": "first"},
    "when does it start?": {"question": "first"},
    "why does Anna get hers on Thursday?": {"question": "why", "person": "Anna"},
    "Why does Maria Gomez get hers only on Friday?": {"question": "why", "person": "Maria Gomez"},
    "why is maria@x.test not written to?": {"question": "why", "person": "maria@x.test"},
    "Why doesn't Anna get a mail?": {"question": "why", "person": "Anna"},
    "when does Anna get her mail?": {"question": "why", "person": "Anna"},
    "can it be done by Friday?": {"question": "done_by", "day": "Friday"},
    "will everything be out by 5 May?": {"question": "done_by", "day": "5 May"},
    "Could all of it leave before the end of the month?": {
        "question": "done_by",
        "day": "the end of the month",
    },
    "is this done in two weeks?": {"question": "done_by", "day": "in two weeks"},
    "what if Anna's mailbox dies?": {"question": "without", "mailbox": "Anna"},
    "what if alice@acme.test cannot send?": {"question": "without", "mailbox": "alice@acme.test"},
    "what happens if my mailbox fails?": {"question": "without", "mailbox": "my"},
    "without Anna's mailbox?": {"question": "without", "mailbox": "Anna"},
    "what if the cap were 40?": {"question": "with_cap", "cap": 40},
    "What if we send 40 a day?": {"question": "with_cap", "cap": 40},
    "and with 40 mails a day?": {"question": "with_cap", "cap": 40},
}
NOT_ASKED = (
    "who replied on Friday?",
    "what was sent on Friday?",
    "write to these people about our tool",
    "how many people do we have?",
    "when does our webinar start?",
    "Write to them about a tool that shows who gets mail on Friday",
    "what if we sell tea?",
    "how are my campaigns doing?",
    "Is everyone here?",
)


@pytest.mark.parametrize(("words", "asked"), ASKED.items())
def test_a_question_about_a_plan_is_understood_without_a_model(
    words: str, asked: dict[str, str | int]
) -> None:
    (action,) = interpret(a_turn(words), "k").actions

    assert isinstance(action, QueryAction)
    assert (action.entity, action.filter) == ("plan", asked)


@pytest.mark.parametrize("words", NOT_ASKED)
def test_what_asks_for_something_else_is_left_alone(words: str) -> None:
    assert plan_question_in(words) is None


def test_a_list_that_is_there_does_not_hide_the_question() -> None:
    (action,) = interpret(a_turn("who gets mail on Friday?", rows=SAMPLE), "k").actions

    assert isinstance(action, QueryAction)


@given(st.text(max_size=200))
def test_no_words_break_it(words: str) -> None:
    found = plan_question_in(words)

    assert found is None or found.entity == "plan"
