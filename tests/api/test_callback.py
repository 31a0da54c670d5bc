"""The AI server says that drafts arrived: in both forms, twice, too early, and with nonsense."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qrev.campaigns.models import Step
from qrev.campaigns.sequences import NewSequence
from tests.api.conftest import CALLBACK, TOKEN, Door
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
PEOPLE = b"email,name,company\nann@acme.test,Ann Lee,Acme\nbob@bolt.test,Bob Ray,Bolt\n"


async def a_sequence(door: Door, name: str = "ai-1") -> str:
    """Make a sequence of two mails for Ann and Bob, as a turn would; return its id."""
    upload_id = (await bring_in(door.services, door.actor, PEOPLE)).upload_id
    new = NewSequence(
        dropbox_id=name,
        name="Tea",
        steps=(Step(number=1, delay=0 * DAY), Step(number=2, delay=3 * DAY)),
        upload_id=upload_id,
        conversation_id="thread-1",
    )
    return (await door.services.sequences.create(door.actor, new)).id


async def lay_out_people(door: Door, name: str = "ai-1") -> None:
    rows = [
        {"_id": f"{name}:{email}", "sequence_id": name, "email": email}
        for email in ("ann@acme.test", "bob@bolt.test")
    ]
    await door.database.ai_prospects.insert_many(rows)


def a_message(email: str, step: int, **changes: Any) -> dict[str, Any]:
    words = {"subject": f"Tea {step}", "body": f"Hi,\n\ntea.\n\n{email}"}
    return {"email": email, "step": step, "step_id": str(step), **words, **changes}


EVERYTHING = [a_message(e, s) for e in ("ann@acme.test", "bob@bolt.test") for s in (1, 2)]


async def test_messages_in_the_body_become_drafts_and_twice_changes_nothing(door: Door) -> None:
    sequence_id = await a_sequence(door)
    await lay_out_people(door)

    for _ in range(2):
        answer = await door.call_back(
            type="messages_ready", sequence_id="ai-1", done=4, total=4, messages=EVERYTHING
        )

    assert answer.json() == {"status": "ok", "ready": 4, "total": 4}
    assert await door.database.drafts.count_documents({"sequence_id": sequence_id}) == 4


async def test_a_server_whose_drafting_was_stopped_is_told(door: Door) -> None:
    await a_sequence(door)
    await door.services.dropbox.ask_to_stop("ai-1")

    answer = await door.call_back(type="messages_progress", sequence_id="ai-1", done=1, total=4)

    assert answer.json()["status"] == "stopped"


async def test_a_server_without_a_database_needs_nothing_but_the_body(door: Door) -> None:
    sequence_id = await a_sequence(door)
    nameless = [{k: v for k, v in m.items() if k != "step"} for m in EVERYTHING]

    answer = await door.call_back(type="messages_ready", sequence_id="ai-1", messages=nameless)

    assert answer.json() == {"status": "ok", "ready": 4, "total": 4}
    assert await door.database.prospects.count_documents({"sequence_id": sequence_id}) == 2


async def test_a_callback_before_its_turns_answer_is_kept_and_used_later(door: Door) -> None:
    early = await door.call_back(type="messages_ready", sequence_id="ai-1", messages=EVERYTHING)
    await a_sequence(door)

    later = await door.call_back(type="messages_ready", sequence_id="ai-1")

    assert (early.status_code, early.json()) == (202, {"status": "kept"})
    assert later.json()["ready"] == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_historical_form_is_understood(door: Door, method: str) -> None:
    await a_sequence(door)
    await lay_out_people(door)
    await door.database.ai_messages.insert_many(
        [{"_id": f"ai-1:{m['email']}:{m['step']}", "sequence_id": "ai-1", **m} for m in EVERYTHING]
    )
    headers = {"Authorization": f"Bearer {TOKEN}"}

    for said in (
        {"type": "prospect_generation_completion", "sequence_id": "ai-1"},
        {
            "type": "sequence_step_personalized_messages",
            "sequence_id": "ai-1",
            "sequence_step_id": "2",
        },
    ):
        answer = await door.http.request(method, CALLBACK, params=said, headers=headers)

    assert answer.json() == {"status": "ok", "ready": 4, "total": 4}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}],
)
async def test_without_the_token_nothing_is_heard(door: Door, headers: dict[str, str]) -> None:
    await a_sequence(door)

    answer = await door.http.post(
        CALLBACK, json={"type": "messages_ready", "sequence_id": "ai-1"}, headers=headers
    )

    assert (answer.status_code, answer.headers["content-type"]) == (
        401,
        "application/problem+json",
    )


@pytest.mark.parametrize("name", ["token", "secret", "API_KEY"])
async def test_a_secret_in_the_address_is_refused_and_the_log_says_why(
    door: Door, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await door.http.get(
        CALLBACK,
        params={"type": "messages_ready", "sequence_id": "ai-1", name: TOKEN},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    assert answer.status_code == 401
    assert "secret in its address" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"type": "something else", "sequence_id": "ai-1"},
        {"type": "messages_ready"},
        {"type": "messages_ready", "sequence_id": {"$ne": ""}},
        {"type": "messages_ready", "sequence_id": "x" * 300},
        {"type": "messages_ready", "sequence_id": "ai-1", "messages": [{}] * 501},
        {"type": "messages_ready", "sequence_id": "ai-1", "done": -1},
    ],
)
async def test_a_callback_that_cannot_be_read_names_what_is_wrong(
    door: Door, said: dict[str, Any]
) -> None:
    answer = await door.call_back(**said)

    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"<html>", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answer = await door.http.post(CALLBACK, content=body, headers=headers)

    assert answer.status_code == 422


async def test_a_body_over_the_limit_is_not_read_to_its_end(door: Door) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answer = await door.http.post(CALLBACK, content=b" " * 11_000_000, headers=headers)

    assert answer.status_code == 413


async def test_one_unreadable_message_does_not_cost_the_others(door: Door) -> None:
    await a_sequence(door)
    await lay_out_people(door)
    bad: list[Any] = [{"step": 1}, {"email": "ann@acme.test", "step": "first"}]

    answer = await door.call_back(
        type="messages_ready", sequence_id="ai-1", messages=[*bad, *EVERYTHING]
    )

    assert answer.json()["ready"] == 4


async def test_drafts_for_people_nobody_asked_for_are_kept_apart(door: Door) -> None:
    sequence_id = await a_sequence(door)
    await lay_out_people(door)
    stranger = a_message("eve@evil.test", 1)

    answer = await door.call_back(
        type="messages_ready", sequence_id="ai-1", messages=[*EVERYTHING, stranger]
    )

    assert answer.json()["ready"] == 4
    kept = await door.database.ai_messages.find_one({"email": "eve@evil.test"})
    assert kept is not None
    assert kept["taken"] is False
    assert await door.database.drafts.count_documents({"sequence_id": sequence_id}) == 4
