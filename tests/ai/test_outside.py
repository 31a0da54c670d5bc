"""Calls to be booked and questions about other services, as they are said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qrev.ai.commands import command_in
from qrev.assistant.contract import ProposalAction
from qrev.assistant.integrations_saying import minutes_in, moment_in

TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "kind", "arguments"),
    [
        ("book a call with Anna on Tuesday at 3", "book_call", {}),
        (
            "please schedule a 45 minute Zoom call with anna@globex.test tomorrow at 11",
            "book_call",
            {},
        ),
        ("set up a meeting with Anna Lee on 12 March at 15:30", "book_call", {}),
        ("what was sent to HubSpot about Anna?", "integrations", {"about": "Anna"}),
        (
            "which fields were written to hubspot about anna@globex.test",
            "integrations",
            {"about": "anna@globex.test"},
        ),
        ("what did we say to Zoom", "integrations", {}),
        ("connect HubSpot", "integrations", {}),
        ("show my integrations", "integrations", {}),
    ],
)
def test_what_is_said_of_other_services_is_understood(
    words: str, kind: str, arguments: dict[str, str]
) -> None:
    action = command_in(words)

    assert isinstance(action, ProposalAction)
    found = {name: value for name, value in action.arguments.items() if name != "words"}
    assert (action.kind, found) == (kind, arguments)


@pytest.mark.parametrize(
    "words",
    [
        "Write to these people to book a call with our sales team",
        "We sell an app that books meetings with HubSpot",
    ],
)
def test_what_is_offered_to_others_books_nothing(words: str) -> None:
    action = command_in(words, has_list=True)

    assert not (isinstance(action, ProposalAction) and action.kind == "book_call")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("on Tuesday at 3", "03 Mar 15:00"),
        ("tomorrow at 9", "04 Mar 09:00"),
        ("on Friday at 9:30", "06 Mar 09:30"),
        ("next Monday at 7am", "09 Mar 07:00"),
        ("on 12 March at 12 pm", "12 Mar 12:00"),
        ("on the 12th at 15:30", "12 Mar 15:30"),
    ],
)
def test_a_moment_is_read_as_people_mean_it(words: str, said: str) -> None:
    moment = moment_in(words, TUESDAY)

    assert moment is not None
    assert f"{moment:%d %b %H:%M}" == said


@pytest.mark.parametrize("words", ["on Tuesday", "at 3", "on Friday at 25", "on Friday at 9:75"])
def test_half_a_moment_is_none(words: str) -> None:
    assert moment_in(words, TUESDAY) is None


@pytest.mark.parametrize(
    ("words", "minutes"),
    [("a call", 30), ("a 45 minute call", 45), ("a 20-min call", 20), ("for 1 hour", 60)],
)
def test_a_length_is_read_or_half_an_hour(words: str, minutes: int) -> None:
    assert minutes_in(words) == minutes
