"""What is said about the suppression list, as actions."""

from __future__ import annotations

import pytest

from qrev.ai.commands import command_in
from qrev.assistant.contract import ProposalAction, QueryAction


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("never write to bob@acme.test", "bob@acme.test"),
        ("Please don't email bob@acme.test again.", "bob@acme.test"),
        ("don’t ever contact acme.co.uk", "acme.co.uk"),
        ("stop writing to bob@acme.test!", "bob@acme.test"),
        ("never send anything to anyone at acme.com.", "acme.com"),
        ("unsubscribe bob@acme.test", "bob@acme.test"),
        ("block @acme.com", "@acme.com"),
    ],
)
def test_whom_nobody_should_write_to_fills_the_form_of_the_list(words: str, value: str) -> None:
    assert command_in(words) == ProposalAction(kind="suppress", arguments={"value": value})


@pytest.mark.parametrize(
    "words", ["show my suppression list", "show the opt-outs", "show me the do-not-contact list"]
)
def test_the_suppression_list_is_shown_when_asked_for(words: str) -> None:
    assert command_in(words) == QueryAction(entity="suppressions")


def test_stopping_a_campaign_is_no_word_about_the_list() -> None:
    stop = command_in("stop the campaign for acme")

    assert isinstance(stop, ProposalAction)
    assert stop.kind == "stop"


@pytest.mark.parametrize(
    "words",
    [
        "what do you hold on bob@acme.test?",
        "What do we know about bob@acme.test",
        "erase everything about bob@acme.test",
        "forget bob@acme.test.",
        "please delete all data of bob@acme.test",
    ],
)
def test_asking_what_is_held_on_somebody_opens_a_card_and_does_nothing(words: str) -> None:
    assert command_in(words) == ProposalAction(kind="hold", arguments={"email": "bob@acme.test"})


def test_what_somebody_offers_is_not_what_is_held() -> None:
    assert command_in("what can you do for my people?") is None
