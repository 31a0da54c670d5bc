"""Sentences about the reader without a source are found, and honest ones are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.cells import reader_of
from qrev.ai.writer import Brief, write
from qrev.campaigns.claims import MAX_DOUBTS, unsupported, without
from qrev.campaigns.models import Fact
from tests.ai.turns import SAMPLE, often

TITLE = Fact(text="Head of Sales", source="csv:job_title")
NOTE = Fact(text="won the Green Prize in 2025", source="csv:notes")
OFFERS = (
    "our demand forecasting tool",
    "we help teams reduce stockouts",
    "a free first consultation",
    "an invitation to our next webinar",
    "a partnership",
    "our new office",
    "SwiftDesk, a help desk",
)


def doubts(sentence: str, *facts: Fact) -> tuple[str, ...]:
    body = f"Hi Ann,\n\n{sentence}\n\nBest,\nAlice"
    return unsupported(body, facts, "Ann Lee")


@pytest.mark.parametrize(
    "sentence",
    [
        "I saw that you raised $5M last month.",
        "Congratulations on the new office in Milan!",
        "Your team is growing fast.",
        "You are one of the leaders in logistics.",
        "I noticed your stockouts.",
        "I was impressed by your talk.",
        "As you mentioned, budgets are tight.",
        "You recently launched a new product.",
        "You've just opened a second plant.",
        "Your latest report caught my eye.",
    ],
)
def test_what_is_stated_about_the_reader_needs_a_source(sentence: str) -> None:
    assert doubts(sentence) == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "Would ten minutes next week suit you?",
        "We help companies plan demand.",
        "You could save a day a week with it.",
        "If you are the wrong person, who is the right one?",
        "I would like to show you how it works.",
        "Let me know when you have time.",
        "I wrote to you recently about our tool.",
        "Our customers saved 30 % last year.",
    ],
)
def test_what_is_offered_asked_or_supposed_needs_none(sentence: str) -> None:
    assert doubts(sentence) == ()


def test_a_fact_with_a_source_backs_the_sentence_it_stands_in() -> None:
    sentence = "I read that you won the Green Prize in 2025."

    assert doubts(sentence, NOTE) == ()
    assert doubts(sentence, TITLE) == (sentence,)
    assert doubts(sentence, Fact(text=NOTE.text, source=" ")) == (sentence,)


def test_a_number_needs_a_source_of_its_own() -> None:
    assert doubts("As Head of Sales you lead a team.", TITLE) == ()
    assert len(doubts("As Head of Sales you lead a team of 40.", TITLE)) == 1


def test_what_someone_is_called_says_nothing_about_them() -> None:
    sentence = "Ann, your team is growing fast."

    assert doubts(sentence, Fact(text="Ann", source="csv:name")) == (sentence,)


@pytest.mark.parametrize(
    ("greeting", "is_wrong"),
    [
        ("Hi Ann,", False),
        ("Dear Ann Lee,", False),
        ("Dear Ms Lee,", False),
        ("Hello,", False),
        ("Hi there,", False),
        ("Hi Bob,", True),
        ("Dear Dr Smith:", True),
    ],
)
def test_a_greeting_of_somebody_else_is_found(greeting: str, is_wrong: bool) -> None:
    found = unsupported(f"{greeting}\n\nwe sell tea.\n\nAlice", (), "Ann Lee")

    assert found == ((greeting,) if is_wrong else ())


def test_nothing_our_own_writer_writes_is_doubted() -> None:
    odd = [{"email": "a@x.test", "name": "Ann Lee"}, {"email": "b@x.test", "job_title": "Weaver"}]
    wrong = set()
    for offer in OFFERS:
        for tone in ("", "friendly", "formal"):
            for row in [*SAMPLE, *odd]:
                brief = Brief(offer=offer, tone=tone, steps=4, sender_name="Alice")
                for step in range(1, 5):
                    mail = write(brief, reader_of(row), step)
                    facts = [Fact(text=f.text, source=f.source) for f in mail.facts]
                    wrong |= set(unsupported(mail.body, facts, row.get("name", "")))

    assert wrong == set()


@often
@given(st.text(max_size=400))
def test_whatever_the_words_doubts_stand_in_them_and_are_few(body: str) -> None:
    found = unsupported(body, (), "Ann")

    assert len(found) <= MAX_DOUBTS
    assert all(sentence in body for sentence in found)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("Hi,\n\nYou won. We sell tea.\n\nBest", "Hi,\n\nWe sell tea.\n\nBest"),
        ("Hi,\n\nWe sell tea. You won.\n\nBest", "Hi,\n\nWe sell tea.\n\nBest"),
        ("Hi,\n\nYou won.\n\nBest", "Hi,\n\nBest"),
        ("Hi,\n\nWe sell tea.\n\nBest", "Hi,\n\nWe sell tea.\n\nBest"),
    ],
)
def test_a_sentence_that_is_taken_out_leaves_no_hole(body: str, left: str) -> None:
    assert without(body, "You won.") == left
