"""The mails of the built-in writer: what one could send without blushing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.accounts.models import AccountId
from qrev.ai.cells import reader_of
from qrev.ai.understanding import clean_offer, understand
from qrev.ai.writer import Brief, Written, write
from qrev.campaigns.checks import remark_on, warnings, wrong_with
from qrev.campaigns.models import Draft, DraftStatus
from tests.ai.turns import SAMPLE, often

MAX_WORDS = 120
FIELDS = {"name": "name", "company_name": "company_name", "job_title": "job_title"}
OFFERS = (
    "Write to them about our demand forecasting tool",
    "We help logistics teams cut their fuel costs by 20%",
    "Invite them to our webinar on supply chain resilience on 12 May",
    "Contact them about reducing energy bills",
    "we sell solar panels",
    "We are a design agency",
    "about a partnership",
    "Offer them a free trial of our tool",
    "Introduce Forecasta to them",
    "We make packaging machines",
)
offers = st.sampled_from([(w.offer, w.is_topic) for w in map(understand, OFFERS)])
briefs = st.builds(
    lambda offer, tone, is_short, steps: Brief(
        offer=offer[0],
        is_topic=offer[1],
        tone=tone,
        is_short=is_short,
        steps=steps,
        sender_name="Alice Moreau",
        sender_company="Acme Analytics",
    ),
    offers,
    st.sampled_from(["", "friendly", "formal"]),
    st.booleans(),
    st.integers(1, 8),
)
cells = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "{company}",
            "{{name}}",
            "[Name]",
            "%NAME%",
            "${x}",
            "Acme Inc.",
            "Maria Gomez",
            "=1+1",
        ]
    ),
    st.sampled_from([value for row in SAMPLE for value in row.values()]),
)
rows = st.fixed_dictionaries(
    {"name": cells, "company_name": cells, "job_title": cells, "email": st.emails()}
)


def a_draft(written: Written, step: int) -> Draft:
    return Draft(
        id="d",
        account_id=AccountId("acme"),
        sequence_id="s",
        prospect_id="p",
        step=step,
        subject=written.subject,
        body=written.body,
        facts=(),
        missing=written.missing,
        status=DraftStatus.READY,
        reason="",
        version=1,
    )


def mails(brief: Brief, row: dict[str, str]) -> list[Written]:
    return [write(brief, reader_of(row), step) for step in range(1, brief.steps + 1)]


@often
@given(briefs, rows)
def test_every_mail_without_a_missing_fact_may_go_out_as_it_is(
    brief: Brief, row: dict[str, str]
) -> None:
    for step, written in enumerate(mails(brief, row), start=1):
        if not written.missing:
            assert wrong_with(a_draft(written, step)) is None


@often
@given(briefs, rows)
def test_nothing_is_left_unfilled_and_no_greeting_is_empty(
    brief: Brief, row: dict[str, str]
) -> None:
    for written in mails(brief, row):
        greeting, *_, sign_off = written.body.split("\n\n")

        assert not set("{}") & set(written.subject + written.body)
        assert re.fullmatch(r"(?:(?:Hi|Dear) \S.*|Hello),", greeting)
        assert re.fullmatch(r"\w+ .+,\nAlice Moreau\nAcme Analytics", sign_off)
        assert "  " not in written.body
        assert ".." not in written.body
        assert "\n" not in written.subject


@often
@given(briefs, rows)
def test_every_fact_stands_in_the_row_and_in_the_mail(brief: Brief, row: dict[str, str]) -> None:
    for written in mails(brief, row):
        for fact in written.facts:
            column = fact.source.removeprefix("csv:")
            visible = "".join(c for c in row[FIELDS[column]] if c.isprintable() or c.isspace())

            assert " ".join(fact.text.split()).casefold().replace(" ", "") in (
                "".join(visible.split()).casefold()
            )
            assert fact.text in written.body


@often
@given(briefs, rows)
def test_what_the_row_does_not_say_is_missing_from_the_first_mail(
    brief: Brief, row: dict[str, str]
) -> None:
    reader, first = reader_of(row), mails(brief, row)[0]

    assert ("name" in first.missing) == (not reader.first_name)
    assert ("company_name" in first.missing) == (not reader.company)
    assert ("job_title" in first.missing) == (not reader.title)


@often
@given(briefs, rows)
def test_no_two_mails_to_one_person_read_the_same(brief: Brief, row: dict[str, str]) -> None:
    written = mails(brief, row)

    assert len({mail.body for mail in written}) == len(written)
    assert len({mail.subject for mail in written}) == 1


@often
@given(briefs, rows)
def test_the_same_person_gets_the_same_words_however_often_they_are_written(
    brief: Brief, row: dict[str, str]
) -> None:
    assert mails(brief, row) == mails(brief, dict(row))


@often
@given(briefs)
def test_follow_ups_refer_back_to_the_offer(brief: Brief) -> None:
    for row in SAMPLE:
        first, *later = mails(brief, row)

        assert brief.pitch.sentence.rstrip(".")[-20:] in first.body
        for mail in later:
            assert brief.pitch.topic in mail.body


@often
@given(briefs)
def test_nobody_is_offered_the_same_page_twice(brief: Brief) -> None:
    for row in SAMPLE:
        assert sum(mail.body.count("one page") for mail in mails(brief, row)) <= 1


@often
@given(briefs)
def test_the_sample_list_gets_mails_a_sender_would_not_frown_at(brief: Brief) -> None:
    for row in SAMPLE:
        for step, written in enumerate(mails(brief, row), start=1):
            assert warnings([remark_on(a_draft(written, step))]) == []
            assert len(written.body.split()) <= MAX_WORDS
            assert 1 <= len(re.findall(r"\?", written.body)) <= 1 or (
                step == brief.steps > 2 and "?" not in written.body
            )


def test_only_those_of_the_sample_who_lack_a_fact_are_held_back() -> None:
    brief = Brief(offer="our demand forecasting tool", steps=3)
    lacking = {
        row["name"]: [mail.missing for mail in mails(brief, row)]
        for row in SAMPLE
        if any(mail.missing for mail in mails(brief, row))
    }

    assert lacking == {
        "Emily Carter": [("company_name",), (), ()],
        "Lucas Martin": [("job_title",), (), ()],
    }


def test_the_first_mail_speaks_of_the_readers_own_company_and_title() -> None:
    brief = Brief(offer="our demand forecasting tool", steps=1)

    for row in SAMPLE:
        body = mails(brief, row)[0].body

        assert row["company_name"] in body
        assert row["job_title"] in body


def test_a_role_is_read_by_whole_words() -> None:
    brief = Brief(offer="our tool", steps=1)
    director = write(
        brief, reader_of({"name": "A B", "job_title": "Director", "email": "a@b.c"}), 1
    )
    cto = write(brief, reader_of({"name": "A B", "job_title": "CTO", "email": "a@b.c"}), 1)

    assert "you may be" in director.body  # there is a "cto" in "director"
    assert "you will want" in cto.body


@pytest.mark.parametrize(
    ("tone", "greeting", "sign_off", "words"),
    [
        ("", "Hi Maria,", "Best regards,", "I would like"),
        ("friendly", "Hi Maria,", "All the best,", "I'd like"),
        ("formal", "Dear Maria Gomez,", "Kind regards,", "I would like"),
    ],
)
def test_the_tone_is_heard(tone: str, greeting: str, sign_off: str, words: str) -> None:
    brief = Brief(offer="our tool", tone=tone, steps=2, sender_name="Alice")

    body = mails(brief, SAMPLE[0])[0].body

    assert body.startswith(greeting)
    assert f"\n\n{sign_off}\nAlice" in body
    assert words in body


def test_short_mails_are_shorter() -> None:
    for row in SAMPLE:
        long, short = (
            mails(Brief(offer="our tool", is_short=is_short, steps=2), row)
            for is_short in (False, True)
        )

        assert all(len(s.body) < len(one.body) for s, one in zip(short, long, strict=True))


def test_a_company_that_ends_in_a_full_stop_ends_the_sentence_once() -> None:
    row = {"name": "Ann Lee", "company_name": "Acme Inc.", "job_title": "", "email": "a@b.test"}

    for offer in ("our tool", "a partnership", "our webinar"):
        for mail in mails(Brief(offer=offer, steps=8), row):
            assert ".." not in mail.body
            assert ".?" not in mail.body


@often
@given(st.text(max_size=200), st.booleans())
def test_no_offer_can_break_a_mail(words: str, is_topic: bool) -> None:
    offer = clean_offer(words)
    if not offer:
        return
    brief = Brief(offer=offer, is_topic=is_topic, steps=3, sender_name="Alice")

    for step, mail in enumerate(mails(brief, SAMPLE[0]), start=1):
        assert mail.subject.strip() == mail.subject != ""
        assert len(mail.subject) <= 60
        assert not set("{}[]<>") & set(mail.body)
        finding = wrong_with(a_draft(mail, step))
        assert finding is None or "%" in offer
