"""What keeps words from being sent, and what is merely unwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.campaigns.checks import blocked, remark_on, standing_of, warnings, wrong_with
from qrev.campaigns.models import Draft, DraftStatus
from tests.campaigns.things import a_draft, a_prospect, a_sequence, drafts_for

ANN = a_prospect(a_sequence(days=(0, 3)), 1)


def words(body: str = "Hi Ann,\n\nmay I ask something?", subject: str = "A question") -> Draft:
    return replace(a_draft(ANN), body=body, subject=subject)


@pytest.mark.parametrize(
    "body",
    [
        "Hi {{first_name}}, hello",
        "Hi Ann, {{ company",
        "Hi Ann, {% if company %}x{% endif %}",
        "Hi Ann, ${company}",
        "Hi Ann, %FIRST_NAME%",
        "Hi Ann, at [Your Company] we",
        "Hi Ann, at <your company> we",
        "Best, [name]",
        "Hi Ann, see [insert link here]",
        "",
        "   \n ",
        "Hi ,\n\nhello",
        "Hello !\n\nhello",
        "Dear,\n\nhello",
        "Hallo ,\n\nhallo",
        "Estimado ,\n\nhola",
    ],
)
def test_words_that_were_never_finished_are_blocked(body: str) -> None:
    assert wrong_with(words(body)) is not None


@pytest.mark.parametrize(
    "body",
    [
        "Hi Ann,\n\nhello",
        "Hi there,\n\nhello",
        "Hello,\n\nI read your post.",
        "Hey Ann - a question",
        "Dear Ms Lee,\n\nhello",
        "Hallo Ann,\n\nguten Tag",
        "We cut costs by 50% and [1] says so.",
        "I saw {curly} braces and <b>.",
        "Dear-priced goods are our theme.",
    ],
)
def test_words_people_write_are_not(body: str) -> None:
    assert wrong_with(words(body)) is None


@pytest.mark.parametrize("subject", ["", "  ", "Hi\nthere", "Hi\r\nBcc: x@y.test", "Hi\u2028you"])
def test_a_subject_is_one_line_of_something(subject: str) -> None:
    assert wrong_with(words(subject=subject)) is not None


def test_an_unfilled_field_in_the_subject_is_named() -> None:
    reason, repair = wrong_with(words(subject="For {{company}}")) or ("", "")

    assert reason == "“{{company}}” was never filled in."
    assert repair.startswith("Edit the draft")


def test_a_draft_that_failed_says_why_and_what_mends_it() -> None:
    failed = replace(words(), status=DraftStatus.FAILED, reason="The page was empty.")

    assert wrong_with(failed) == ("The page was empty.", "Write it yourself: press Edit.")
    assert wrong_with(replace(failed, reason="")) is not None


def test_missing_facts_are_named_as_people_name_them() -> None:
    reason, _ = wrong_with(replace(words(), missing=("company_name", "deal_size"))) or ("", "")

    assert reason == "Missing: company, deal size."


def test_a_suppressed_address_is_blocked_whatever_its_drafts_say() -> None:
    finding = blocked(
        ANN, standing_of([], [ANN]), {ANN.email: "On the suppression list: asked to stop."}
    )

    assert finding is not None
    assert (finding.step, finding.reason) == (0, "On the suppression list: asked to stop.")


def test_one_bad_or_missing_step_blocks_the_person() -> None:
    first, second = drafts_for(ANN)

    assert blocked(ANN, standing_of([first, second], [ANN]), {}) is None
    for drafts in ([first], [replace(second, body="Hi {{name}}"), first]):
        finding = blocked(ANN, standing_of(drafts, [ANN]), {})
        assert finding is not None
        assert (finding.prospect_id, finding.step) == (ANN.id, 2)


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (words("word " * 201), "more than 200 words"),
        (words("Hi, https://a.test and https://b.test"), "more than one link"),
        (words(subject="x" * 61), "over 60 characters"),
        (words(subject="BIG NEWS"), "capitals only"),
        (words("Act now, Ann"), "“act now”"),
    ],
)
def test_what_a_seasoned_sender_frowns_at_is_counted(draft: Draft, said: str) -> None:
    (warning,) = warnings(map(remark_on, [draft, words(), draft]))

    assert warning.startswith("2 × ")
    assert said in warning


def test_good_words_and_later_links_are_not_warned_about() -> None:
    later = replace(words("https://a.test https://b.test"), step=2)

    assert warnings(map(remark_on, [words(), words(subject="FAQ?"), later])) == []
