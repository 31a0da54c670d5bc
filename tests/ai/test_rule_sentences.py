"""Rules about sending, understood by their words alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.interpreter import interpret
from qrev.ai.rule_sentences import rule_in
from qrev.assistant.contract import ProposalAction
from qrev.assistant.rules_cards import RuleAsked
from tests.ai.turns import a_turn

ALL_WEEK = list(range(7))
RULES: dict[str, dict[str, Any]] = {
    "never more than two people per company a week": {"rule": "company", "count": 2, "days": 7},
    "Never more than 2 people of one company per week.": {"rule": "company", "count": 2, "days": 7},
    "at most 3 people per company in 10 days": {"rule": "company", "count": 3, "days": 10},
    "no more than one person per company a month": {"rule": "company", "count": 1, "days": 30},
    "never on Fridays after 14": {"rule": "closed", "weekdays": [4], "begins": "14:00"},
    "never on fridays after 2pm": {"rule": "closed", "weekdays": [4], "begins": "14:00"},
    "never after 18:00 on Fridays": {"rule": "closed", "weekdays": [4], "begins": "18:00"},
    "no mails on Mondays": {"rule": "closed", "weekdays": [0]},
    "Don't send on weekends": {"rule": "closed", "weekdays": [5, 6]},
    "never before 10": {"rule": "closed", "weekdays": ALL_WEEK, "ends": "10:00"},
    "never between 12 and 13": {
        "rule": "closed",
        "weekdays": ALL_WEEK,
        "begins": "12:00",
        "ends": "13:00",
    },
    "never on Monday mornings": {"rule": "closed", "weekdays": [0], "ends": "12:00"},
    "no one at gmail.com": {"rule": "no_domain", "domains": ["gmail.com"]},
    "Nobody at gmail": {"rule": "no_domain", "domains": ["gmail.com", "googlemail.com"]},
    "never write to anyone at acme.com and rival.org": {
        "rule": "no_domain",
        "domains": ["acme.com", "rival.org"],
    },
    "never more than 20 mails a day": {"rule": "daily", "count": 20},
    "at most 15 mails per day from each mailbox": {"rule": "daily", "count": 15},
}
NO_RULES = (
    "never mind",
    "nothing",
    "not now",
    "no",
    "never write about our tool",
    "don't write to them yet",
    "nobody",
    "do not send",
    "stop sending on Friday",
    "Write to these people, never on Fridays",
    "don't write to Anna",
)


@pytest.mark.parametrize(("words", "rule"), RULES.items())
def test_a_rule_is_understood_without_a_model(words: str, rule: dict[str, Any]) -> None:
    (action,) = interpret(a_turn(words), "k").actions

    assert isinstance(action, ProposalAction)
    assert (action.kind, action.arguments) == ("sending_rule", {**rule, "said": words})
    assert RuleAsked.model_validate(action.arguments).rule == rule["rule"]


@pytest.mark.parametrize("words", NO_RULES)
def test_what_is_no_rule_is_left_alone(words: str) -> None:
    assert rule_in(words) is None


@given(st.text(max_size=250))
def test_no_words_break_it(words: str) -> None:
    found = rule_in(words)

    assert found is None or RuleAsked.model_validate(found.arguments)
