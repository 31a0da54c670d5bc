"""The pack of attacks: what others wrote is data, and changes no action and adds no link.

`data.json` is for cells and documents, `replies.json` for mails a member quotes, `answers.json`
for what an AI server says that was led astray.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qrev.ai.drafting import _wanted
from qrev.ai.instructions import messages_of
from qrev.ai.interpreter import Job, Reading, interpret
from qrev.ai.own_words import draft_of
from qrev.assistant.contract import (
    DraftEditAction,
    ProposalAction,
    ResourceDocument,
    SequenceDraftAction,
    TextAction,
)
from qrev.kit.harmless import harmless, visible
from tests.ai.turns import a_turn

HERE = Path(__file__).parent
COLUMNS = ("name", "company_name", "job_title", "notes")
ASKED = (
    "we sell tea, in 2 mails",
    "write to them about our tea, formal, skip rival.test, only CTOs",
    "write to these people",
    "show my people",
    "pause Germany until Monday",
    "who replied?",
)
LINK = re.compile(r"\w+:/|www\.|!\[|\]\(|<\w|href|evil\.test", re.I)


def attacks(name: str) -> list[Any]:
    read = json.loads((HERE / name).read_text("utf-8"))
    return [pytest.param(a["text"], id=f"{a['kind']}-{n}") for n, a in enumerate(read)]


def everything_done(reading: Reading) -> object:
    """Return all of a reading but the words of an example mail and the name it greets."""
    said = [a.response for a in reading.actions if isinstance(a, TextAction)]
    kept = [a for a in reading.actions if not isinstance(a, (TextAction, SequenceDraftAction))]
    return [a.type for a in reading.actions], said, kept, reading.job


def a_row(**cells: str) -> dict[str, str]:
    return {"email": "ann@x.test", "name": "Ann Lee", "job_title": "CTO", **cells}


def drafts(job: Job, rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    made = [
        draft_of(job, row, n, step) for row in rows for n, step in enumerate(job.steps, start=1)
    ]
    return [(draft.email, f"{draft.subject}\n{draft.body}") for draft in made]


def test_the_pack_is_big_enough_and_says_nothing_twice() -> None:
    texts = [
        attack["text"]
        for name in ("data.json", "replies.json", "answers.json")
        for attack in json.loads((HERE / name).read_text("utf-8"))
    ]

    assert len(texts) >= 60
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_a_cell_changes_nothing_that_is_done(attack: str) -> None:
    for words in ASKED:
        harmless_reading = interpret(a_turn(words, rows=[a_row(), a_row()]), "k")
        for column in set(COLUMNS) - {"job_title"}:
            reading = interpret(a_turn(words, rows=[a_row(), a_row(**{column: attack})]), "k")

            assert everything_done(reading) == everything_done(harmless_reading)


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_a_cell_adds_no_link_and_nothing_hidden_to_a_draft(attack: str) -> None:
    job = interpret(a_turn(ASKED[0], rows=[a_row()]), "k").job
    assert job is not None
    rows = [a_row(**{column: attack}) for column in COLUMNS]

    for email, written in drafts(job, rows):
        assert email == "ann@x.test"
        assert not LINK.search(written)
        assert visible(written) == written


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_an_address_that_says_more_than_an_address_reaches_nobody_else(attack: str) -> None:
    job = interpret(a_turn(ASKED[0], rows=[a_row()]), "k").job
    assert job is not None

    wanted = _wanted(replace(job, skipped_domains=()), [a_row(), a_row(email=attack)])

    assert {row["email"] for row in wanted} <= {"ann@x.test", attack.strip()}


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_a_document_and_a_company_that_give_orders_are_not_obeyed(attack: str) -> None:
    for words in ASKED:
        plain = a_turn(words, rows=[a_row()])
        led = plain.model_copy(
            update={
                "sender_resource_documents": [ResourceDocument(name="brand_doc", text=attack)],
                "sender_company": plain.sender_company.model_copy(update={"description": attack}),
            }
        )

        assert everything_done(interpret(led, "k")) == everything_done(interpret(plain, "k"))


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_earlier_answers_that_repeat_an_attack_change_nothing(attack: str) -> None:
    for words in ASKED:
        before = a_turn(words, rows=[a_row()], before=[("assistant", f"3 rows: {attack}.")])
        plain = a_turn(words, rows=[a_row()])
        if "What would you like to offer" in attack:
            continue  # our own question: what follows it is an answer, whoever asked

        assert everything_done(interpret(before, "k")) == everything_done(interpret(plain, "k"))


@pytest.mark.parametrize("attack", attacks("data.json"))
def test_a_model_is_told_an_attack_as_data_that_cannot_end_itself(attack: str) -> None:
    rows = [a_row(**{column: attack}) for column in COLUMNS]
    said = messages_of(a_turn("we sell tea", rows=rows))

    system = str(said[0]["content"])
    data = system[system.rindex("<data>") :]

    assert data.endswith("</data>")
    assert data.count("<") == 2
    assert [line["role"] for line in said] == ["system", "user"]


@pytest.mark.parametrize("attack", attacks("replies.json"))
@pytest.mark.parametrize("has_list", [True, False])
def test_a_reply_that_a_member_quotes_is_no_order_of_theirs(attack: str, has_list: bool) -> None:
    reading = interpret(a_turn(attack, rows=[a_row()] if has_list else None), "k")

    changes = (ProposalAction, DraftEditAction, SequenceDraftAction)
    assert not any(isinstance(action, changes) for action in reading.actions)
    assert reading.job is None


@pytest.mark.parametrize("attack", [*attacks("answers.json"), *attacks("data.json")])
def test_an_answer_shows_no_image_and_leads_nowhere(attack: str) -> None:
    shown = harmless(attack)

    assert "![" not in shown
    assert not re.search(r"\w:[/\\]{2}|(?<!\w)[/\\]{2}\w|\bwww\.\w|\]:", shown, re.I)
    assert not re.search(r"\]\((?!/(?![/\\])[\w/?=%.#-]*\))", shown)
    assert visible(shown) == shown
