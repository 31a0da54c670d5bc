"""Mails to other words: by rules all of a wish or none of it, by a model one mail at a time."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.cells import reader_of
from qrev.ai.edit_orders import edit_in
from qrev.ai.edit_words import edits_in
from qrev.ai.rewording import About, reworded
from qrev.ai.rewriting import Rewriter
from qrev.ai.writer import Brief, write
from qrev.assistant.contract import (
    DraftEditAction,
    MailsRewrittenAction,
    MailToRewrite,
    RewriteRequest,
    TextAction,
)
from tests.ai.turns import a_turn, often

pytestmark = pytest.mark.anyio
ANNA = {"email": "anna@bosch.com", "name": "Anna Lee", "company_name": "Bosch", "job_title": "CTO"}
BRIEF = Brief(offer="our demand forecasting tool", steps=3, sender_name="Alice Moreau")
MAIL = write(BRIEF, reader_of(ANNA), 1)
TEXT = st.text(string.ascii_letters + " .,!?\n'’“”éß<>{}[]", max_size=120)


def changed(instruction: str, body: str = MAIL.body) -> str:
    edits, unread = edits_in(instruction)
    assert not unread, unread
    return reworded(MAIL.subject, body, edits, About(person=ANNA, sender_company="Acme"))[1]


@pytest.mark.parametrize(
    ("instruction", "there", "gone"),
    [
        ("more formal", "Dear Anna Lee,", "Hi Anna"),
        ("friendlier", "I'd like to tell you", "I would like"),
        ("mention that we won an award", "We won an award.", "mention"),
        ("ask for a call in May instead", "Would you be open to a call in May?", "next week suit"),
        ("change the offer to a free audit", "offer you a free audit.", "forecasting"),
        ("replace Bosch with your company", "your company", "Bosch"),
        ("add a PS saying they can visit us", "P.S. You can visit us.", "They can"),
        ("sign as Bob Smith", "Bob Smith", "Alice Moreau"),
        ("remove the sentence about Bosch", "our demand forecasting tool", "Bosch"),
    ],
)
def test_rules_change_what_was_asked_for(instruction: str, there: str, gone: str) -> None:
    body = changed(instruction)

    assert there in body
    assert gone not in body


def test_shorter_keeps_the_offer_and_the_question() -> None:
    body = changed("make it shorter")

    assert len(body) < len(MAIL.body)
    assert "forecasting tool" in body
    assert "?" in body


@often
@given(TEXT, st.sampled_from(["shorter", "more formal", "friendlier", "no links", "drop tea"]))
def test_no_wish_breaks_a_mail_or_invents_a_word(body: str, instruction: str) -> None:
    edits, _ = edits_in(instruction)
    known = {"Dear", "Kind", "regards,", "All", "the", "best,", "Hi", "Anna", "Anna,", "Lee,"}

    subject, new, facts = reworded("Tea", body, edits, About(person=ANNA))

    assert subject == "Tea"
    assert facts == ()
    letters = sum(c.isalpha() for c in body)
    assert sum(c.isalpha() for c in new) <= letters + 12 * len(body.split()) + sum(map(len, known))


@pytest.mark.parametrize(
    ("words", "only"),
    [
        ("shorter, not for interns", {"not_titles": ["intern"]}),
        ("more formal, only for CTOs", {"titles": ["cto"]}),
        ("make the second mail shorter", {"steps": [2]}),
        ("mention the fair for people at Bosch", {"companies": ["Bosch"]}),
    ],
)
def test_whose_mails_are_meant_is_no_part_of_the_wish(words: str, only: object) -> None:
    order = edit_in(words)

    assert isinstance(order, DraftEditAction)
    assert {name: v for name, v in order.only.model_dump().items() if v} == only
    assert "intern" not in order.instruction.lower()
    assert "for" not in order.instruction.split()


@pytest.mark.parametrize(
    "words", ["remove bob@x.com", "change the cap to 40", "add these people to the tea campaign"]
)
def test_orders_about_something_else_are_none(words: str) -> None:
    assert edit_in(words) is None


async def test_without_a_model_a_wish_is_followed_whole_or_not_at_all() -> None:
    mail = MailToRewrite(id="m1", subject=MAIL.subject, body=MAIL.body, person=ANNA)

    (done,) = await Rewriter().actions(
        a_turn("x"), RewriteRequest(instruction="shorter", mails=[mail])
    )
    (said,) = await Rewriter().actions(
        a_turn("x"), RewriteRequest(instruction="shorter, and make it rhyme", mails=[mail])
    )

    assert isinstance(done, MailsRewrittenAction)
    assert [each.status for each in done.mails] == ["changed"]
    assert isinstance(said, TextAction)
    assert "“make it rhyme” needs a language model" in said.response
