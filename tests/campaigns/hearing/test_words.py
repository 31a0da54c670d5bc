"""Wishes, absences and own words, as people in many countries write them."""

from __future__ import annotations

from datetime import date

import pytest

from qrev.campaigns.hearing.absence import back_on
from qrev.campaigns.hearing.own_words import own_words
from qrev.campaigns.hearing.stop_words import asks_to_stop

TODAY = date(2026, 3, 3)  # a Tuesday


@pytest.mark.parametrize(
    "words",
    [
        "stop",
        "STOP!",
        "Stop.\n\nBest regards\nAnna Berg\nPine Ltd",
        "Please remove me",
        "unsubscribe",
        "stop stop stop",
        "Thanks, but please take me off your list.",
        "I do not want to receive any more emails from you, your offer is not for us.",
        "Hi Alice, could you stop emailing me? We buy from somebody else.",
        "Bitte nehmen Sie mich aus dem Verteiler",
        "Keine weiteren Mails mehr bitte",
        "Ich möchte keine Werbung",
        "Merci de me désinscrire",
        "Ne m’écrivez plus",
        "No me escriban más",
        "cancellatemi",
        "Não quero mais receber",
        "schrijf me uit",
        "Sluta mejla mig",
        "Proszę usunąć mnie z listy",
        "отписаться",
        "退订",
    ],
)
def test_a_wish_to_be_left_alone_is_heard(words: str) -> None:
    assert asks_to_stop(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Don't stop, this is great",
        "Please don't stop sending these",
        "We cannot stop our production line now, but call me",
        "How does your unsubscribe link work? Our unsubscribe rate is 2 %",
        "Can you remove the second item from the offer?",
        "I don't want to unsubscribe, I like it",
        "Bus stop 12 is near us, come by",
        "Hören Sie bitte nicht auf!",
        "No more questions, send the contract",
        "Yes",
    ],
)
def test_an_answer_with_such_words_in_it_is_no_wish(words: str) -> None:
    assert not asks_to_stop(words)


def test_a_subject_counts_where_nothing_is_written_under_it() -> None:
    assert asks_to_stop("", "unsubscribe")
    assert not asks_to_stop("", "Re: Solar roofs")
    assert not asks_to_stop("Call me on Monday", "unsubscribe")


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until 12 March 2026.",
        "until March 12th",
        "I am away from 5 to 12 March and back after that (fair on 20 October 2026)",
        "Ich bin bis zum 12.03.2026 nicht im Büro",
        "Ab dem 12.3. bin ich wieder erreichbar",
        "jusqu'au 12 mars inclus",
        "del 1 de marzo al 12 de marzo",
        "fino al 12 marzo",
        "até 12 de março",
        "tot 12 maart",
        "till den 12 mars",
        "do 12 marca",
        "2026-03-12",
        "12/03/2026",
    ],
)
def test_the_last_day_of_an_absence_is_read(text: str) -> None:
    assert back_on(text, TODAY) == date(2026, 3, 12)


@pytest.mark.parametrize("text", ["until 5 January", "the meeting at 10.30", "soon", "31.02.2026"])
def test_where_no_day_ahead_is_named_none_is_made_up(text: str) -> None:
    assert back_on(text, TODAY) is None


def test_a_weekday_is_the_next_one_and_a_year_turns() -> None:
    assert back_on("I'm back on Monday", TODAY) == date(2026, 3, 9)
    assert back_on("until 7 January", date(2026, 12, 20)) == date(2027, 1, 7)


@pytest.mark.parametrize(
    "text",
    [
        "Sure.\n\nOn Tue, Mar 3, 2026 at 10:00 AM Alice <alice@acme.test>\nwrote:\n> stop",
        "Sure.\n\nAm 03.03.2026 um 10:00 schrieb Alice <alice@acme.test>:\n> stop",
        "Sure.\n\nVon: Alice\nGesendet: Montag\nAn: Bob\nBetreff: x\n\nunsubscribe here",
        "Sure.\n-- \nBob\nunsubscribe from our news",
        "Sure.\n\n-----Original Message-----\nunsubscribe here",
        "> unsubscribe here\nSure.",
    ],
)
def test_what_is_quoted_is_not_what_they_say(text: str) -> None:
    assert own_words(text) == "Sure."
