"""What backend and AI server say to each other, and what is made of it when it is said badly."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from qrev.assistant.answers import UnreadableAnswer, read_action, read_answer
from qrev.assistant.contract import (
    MAX_ACTIONS,
    MAX_ANSWER,
    Callback,
    ListAction,
    MessageRow,
    ProspectRow,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
    TimeOfDispatch,
    UnknownAction,
)

often = settings(max_examples=60, deadline=None)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def answered(*actions: object) -> bytes:
    return json.dumps({"actions": list(actions)}).encode()


def test_an_answer_is_read_in_its_order() -> None:
    read = read_answer(
        answered({"type": "text", "response": "a"}, {"type": "question", "response": "b"})
    )

    assert read == [TextAction(response="a"), QuestionAction(response="b")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<html><body>502</body></html>", "HTML instead of JSON"),
        (answered({"type": "text", "response": "a"})[:-5], "text instead of JSON"),
        (b"", "text instead of JSON"),
        (b"\xff\xfe\x00", "text instead of JSON"),
        (b"[" * 100_000, "text instead of JSON"),
        (b"[]", "a JSON list"),
        (b"null", "a JSON NoneType"),
        (b'{"actions": {}}', "actions is a dict"),
        (b'{"actions": "text"}', "actions is a str"),
        (b" " * (MAX_ANSWER + 1), "more than an answer may have"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_answer_is_said_to_be_what_it_is(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableAnswer, match=said):
        read_answer(raw)


@pytest.mark.parametrize("raw", [b'{"actions": null}', b"{}", b'{"actions": []}'])
def test_an_empty_answer_is_an_empty_list(raw: bytes) -> None:
    assert read_answer(raw) == []


def test_an_answer_of_ten_megabytes_is_still_read() -> None:
    filler = MAX_ANSWER - len(answered({"type": "text", "response": "a"}))

    assert len(read_answer(answered({"type": "text", "response": "a"}) + b" " * filler)) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "hologram", "response": "a"},
        {"type": "text"},
        {"type": "text", "response": {"a": 1}},
        {"type": {"$ne": 1}},
        {"response": "no type at all"},
        "text",
        None,
        17,
    ],
)
def test_an_action_that_cannot_be_read_costs_no_other(bad: object) -> None:
    first, unknown, last = read_answer(
        answered({"type": "text", "response": "a"}, bad, {"type": "text", "response": "b"})
    )

    assert isinstance(unknown, UnknownAction)
    assert (first, last) == (TextAction(response="a"), TextAction(response="b"))


def test_an_unknown_type_is_kept_for_the_log() -> None:
    action = read_action({"type": "hologram"})

    assert isinstance(action, UnknownAction)
    assert action.type == "hologram"


def test_the_older_spelling_of_the_discriminator_is_read() -> None:
    assert read_action({"action": "text", "response": "a"}) == TextAction(response="a")


def test_no_more_actions_are_read_than_a_member_could_look_at() -> None:
    many = [{"type": "text", "response": "a"}] * (MAX_ACTIONS + 10)

    assert len(read_answer(answered(*many))) == MAX_ACTIONS


def a_draft_of(**fields: Any) -> SequenceDraftAction:
    action = read_action({"type": "email_sequence_draft", **fields})
    assert isinstance(action, SequenceDraftAction), action
    return action


def test_the_words_of_a_draft_may_be_called_content() -> None:
    assert a_draft_of(sequence={"id": "s"}, content="old").body == "old"
    assert a_draft_of(sequence={"id": "s"}, body="new", content="old").body == "new"


def test_a_draft_may_name_its_sequence_by_id_alone() -> None:
    draft = a_draft_of(sequence_id="s1")

    assert draft.sequence.id == "s1"
    assert draft.sequence.steps == []


def test_numbers_for_ids_are_read_as_text() -> None:
    draft = a_draft_of(sequence={"id": 7, "steps": [{"id": 3}, {}]})

    assert draft.sequence.id == "7"
    assert [step.id for step in draft.sequence.steps] == ["3", ""]


@pytest.mark.parametrize(
    ("value", "unit", "span"),
    [
        (2, "days", timedelta(days=2)),
        (1.5, "Hours", timedelta(hours=1.5)),
        (30, "min", timedelta(minutes=30)),
        (2, "WEEKS ", timedelta(weeks=2)),
        (1, "month", timedelta(days=30)),
        (3, "fortnights", timedelta(days=3)),
        (100_000, "months", timedelta(days=3650)),
    ],
)
def test_times_of_dispatch_are_understood(value: float, unit: str, span: timedelta) -> None:
    assert TimeOfDispatch(time_value=value, time_unit=unit).span() == span


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e12])
def test_a_time_that_is_no_time_makes_the_action_unknown(value: float) -> None:
    steps = [{"time_of_dispatch": {"time_value": value}}]

    action = read_action({"type": "email_sequence_draft", "sequence": {"id": "s", "steps": steps}})

    assert isinstance(action, UnknownAction)


def test_a_tables_columns_are_those_of_all_its_rows() -> None:
    assert ListAction(values=[{"a": 1}, {"b": 2, "a": 3}, {"c": 4}]).columns() == ["a", "b", "c"]


@often
@given(st.one_of(json_values, st.dictionaries(st.sampled_from(["type", "action"]), json_values)))
def test_anything_at_all_is_read_as_some_action(value: object) -> None:
    assert read_action(value).type


@often
@given(st.binary(max_size=200))
def test_bytes_that_are_no_object_are_said_to_be_no_answer(raw: bytes) -> None:
    with pytest.raises(UnreadableAnswer, match="instead of"):
        read_answer(b"]" + raw)


def test_a_callback_is_read() -> None:
    callback = Callback.model_validate({"type": "messages_progress", "sequence_id": "s", "done": 3})

    assert (callback.done, callback.is_historical) == (3, False)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("prospect_generation_completion", "prospects_ready"),
        ("sequence_step_personalized_messages", "messages_ready"),
    ],
)
def test_the_historical_callback_is_read_as_the_typed_one(said: str, read: str) -> None:
    callback = Callback.model_validate(
        {"type": said, "sequence_id": 12, "sequence_step_id": 3, "token": "x"}
    )

    assert (callback.type, callback.sequence_id, callback.step_id) == (read, "12", "3")
    assert callback.is_historical


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"type": "messages_ready"},
        {"type": "messages_ready", "sequence_id": ""},
        {"type": "party", "sequence_id": "s"},
        {"type": "messages_ready", "sequence_id": "s", "done": -1},
        {"type": "messages_ready", "sequence_id": "s", "messages": [{}] * 501},
        [],
    ],
)
def test_a_callback_that_is_none_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        Callback.model_validate(bad)


def test_rows_of_the_drop_box_are_named_after_what_they_are() -> None:
    assert ProspectRow(sequence_id="s", email="a@x.test").id == "s:a@x.test"
    assert MessageRow(sequence_id="s", email="a@x.test", step=2).id == "s:a@x.test:2"
