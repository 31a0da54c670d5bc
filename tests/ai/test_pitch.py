"""An offer as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.pitch import pitch_of
from tests.ai.turns import often


@pytest.mark.parametrize(
    ("offer", "sentence", "topic"),
    [
        (
            "our forecasting tool",
            "I would like to tell you about our forecasting tool.",
            "our forecasting tool",
        ),
        ("solar panels", "We offer solar panels.", "solar panels"),
        (
            "payroll tool",
            "I would like to tell you about our payroll tool.",
            "our payroll tool",
        ),
        ("a payroll tool", "We offer a payroll tool.", "our payroll tool"),
        ("we make packaging machines", "We make packaging machines.", "packaging machines"),
        ("we help teams cut costs", "We help teams cut costs.", "how we help teams cut costs"),
        (
            "to help them keep their customers",
            "We help you keep your customers.",
            "how we help you keep your customers",
        ),
        ("reduce energy bills", "We reduce energy bills.", "how we reduce energy bills"),
        (
            "reducing energy bills",
            "I am writing to you about reducing energy bills.",
            "reducing energy bills",
        ),
        ("design services", "We offer design services.", "design services"),
        ("we are a design agency", "We are a design agency.", "what we do"),
        ("Free SEO audits", "We offer free SEO audits.", "free SEO audits"),
        ("Forecasta", "I would like to introduce you to Forecasta.", "Forecasta"),
        (
            "AI-powered invoice processing",
            "We offer AI-powered invoice processing.",
            "AI-powered invoice processing",
        ),
        ("a partnership", "I would like to talk to you about a partnership.", "a partnership"),
        ("A product demo", "I would like to offer you a product demo.", "a product demo"),
        (
            "An invitation to our next webinar",
            "I would like to invite you to our next webinar.",
            "our next webinar",
        ),
        (
            "our tool, which predicts demand",
            "I would like to tell you about our tool, which predicts demand.",
            "our tool",
        ),
    ],
)
def test_an_offer_becomes_a_sentence_and_something_to_refer_back_to(
    offer: str, sentence: str, topic: str
) -> None:
    pitch = pitch_of(offer)

    assert (pitch.sentence, pitch.topic) == (sentence, topic)


def test_a_topic_is_not_offered() -> None:
    pitch = pitch_of("energy costs", is_topic=True)

    assert pitch.sentence == "I am writing to you about energy costs."


def test_the_senders_company_says_who_we_are() -> None:
    pitch = pitch_of("solar panels", sender_company="Acme")

    assert pitch.sentence == "At Acme, we offer solar panels."


@pytest.mark.parametrize("offer", ["our tool", "our new app", "a platform", "we help teams"])
def test_an_offer_that_says_little_makes_no_headline(offer: str) -> None:
    assert pitch_of(offer).headline == ""


def test_a_long_offer_is_cut_at_a_word_and_not_behind_a_preposition() -> None:
    long = "we help small and middle-sized logistics companies all over Europe to cut the costs of"

    topic = pitch_of(long).topic

    assert len(topic) <= 80
    assert long.startswith(topic.removeprefix("how "))
    assert topic.split()[-1] not in {"to", "of", "the", "cut the"}


@often
@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=3))
def test_any_offer_makes_a_sentence(text: str) -> None:
    offer = " ".join(text.split()) or "tea"

    pitch = pitch_of(offer)

    assert pitch.sentence[0].isupper()
    assert pitch.sentence.endswith(".")
    assert len(pitch.headline) <= 80
