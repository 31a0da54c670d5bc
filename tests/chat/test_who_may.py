"""Somebody else's session, thread, action or file: all answer as if they were not there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import socketio

from tests.journeys.conftest import SAMPLE, drafted, proposed
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio
Refused = socketio.exceptions.ConnectionError


async def signed_in(base: str, name: str) -> Tab:
    return await Tab(base).sign_in(f"{name.lower()}@{name.lower()}.test", name)


@pytest.mark.parametrize(
    "made_up", ["", "../../etc", "x" * 36, "B2F95FE8-71BC-4726-A498-4A120D36BA5D"]
)
async def test_a_made_up_session_id_is_not_let_in(base: str, made_up: str) -> None:
    tab = await signed_in(base, "Alice")
    tab.session_id = made_up

    with pytest.raises(Refused):
        await tab.open()


async def test_a_page_of_another_origin_is_not_let_in(base: str) -> None:
    alice = await signed_in(base, "Alice")
    evil = Tab(base, origin="https://evil.test").same_browser(alice)

    with pytest.raises(Refused):
        await evil.open()


async def test_who_is_not_signed_in_is_not_let_in(base: str) -> None:
    nobody = Tab(base)

    with pytest.raises(Refused):
        await nobody.open()
    assert (await nobody.http.get("/user")).status_code == 401


async def test_another_members_thread_and_session_are_out_of_reach(base: str) -> None:
    alice = await (await signed_in(base, "Alice")).open()
    await alice.say("/help")
    await alice.text("Drop a CSV")
    mallory = await signed_in(base, "Mallory")

    with pytest.raises(Refused):
        await mallory.open(alice.thread_id)
    thread = await mallory.http.get(f"/project/thread/{alice.thread_id}")
    mallory.session_id = alice.session_id
    with pytest.raises(Refused):
        await mallory.open()
    action = {"name": "people_page", "payload": {}}
    pressed = await mallory.http.post(
        "/project/action", json={"sessionId": alice.session_id, "action": action}
    )

    missing = await mallory.http.get(f"/project/thread/{uuid.uuid4()}")

    assert (thread.status_code, pressed.status_code) == (404, 401)
    assert thread.text == missing.text


async def test_a_thread_id_that_a_browser_made_up_is_not_used(base: str) -> None:
    tab = await signed_in(base, "Alice")
    made_up = str(uuid.uuid4())
    await tab.http.get("/user")

    await tab.connect_only(made_up)
    await tab.say("/help")
    await tab.text("Drop a CSV")

    assert tab.thread_id not in ("", made_up)


async def test_foreign_ids_answer_like_missing_ones(base: str) -> None:
    alice = await (await signed_in(base, "Alice")).open()
    sequence_id = await drafted(alice)
    plan = await proposed(alice, sequence_id)
    page = await alice.view("draft_page", sequence_id=sequence_id)
    [draft, *_] = page["drafts"]
    mallory = await (await signed_in(base, "Mallory")).open()
    await mallory.say("/help")

    asked: list[tuple[str, dict[str, Any]]] = [
        ("draft_page", {"sequence_id": sequence_id}),
        ("draft_save", {"draft_id": draft["id"], "version": 1, "subject": "x", "body": "y"}),
        ("draft_reset", {"draft_id": draft["id"], "version": 1}),
        ("sequence_send", {"sequence_id": sequence_id}),
        ("order_propose", {"order": "stop", "sequence_id": sequence_id}),
        ("campaign_get", {"sequence_id": sequence_id}),
        ("proposal_get", {"proposal_id": plan["id"]}),
        ("proposal_confirm", {"proposal_id": plan["id"], "hash": plan["hash"]}),
        ("proposal_undo", {"proposal_id": plan["id"]}),
        ("outbox_read", {"message_id": plan["rows"][0]["id"]}),
    ]
    answers = [await mallory.ask(name, **payload) for name, payload in asked]
    missing = [
        await mallory.ask(
            name,
            **{key: "made-up" if key.endswith("_id") else value for key, value in payload.items()},
        )
        for name, payload in asked
    ]

    assert {answer["code"] for answer in answers} == {"not_found"}
    assert [a["message"] for a in answers] == [a["message"] for a in missing]
    assert (await mallory.view("people_page"))["total"] == 0


async def test_a_file_is_for_its_own_account_and_always_a_download(base: str) -> None:
    alice = await (await signed_in(base, "Alice")).open()
    await alice.say("", files=[await alice.drop(SAMPLE, name='a"b\u2028.csv')])
    upload_id = (await alice.card("ImportCard"))["upload_id"]
    mallory = await signed_in(base, "Mallory")

    own = await alice.http.get(f"/files/{upload_id}")
    foreign = await mallory.http.get(f"/files/{upload_id}")
    nobody = await Tab(base).http.get(f"/files/{upload_id}")

    assert (own.status_code, own.content) == (200, SAMPLE)
    assert own.headers["content-disposition"].startswith("attachment;")
    assert own.headers["x-content-type-options"] == "nosniff"
    assert (foreign.status_code, nobody.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("payload"),
    [
        {"sequence_id": {"$ne": ""}},
        {"sequence_id": ["a"]},
        {"sequence_id": "a" * 5000},
        {},
        {"sequence_id": None},
    ],
)
async def test_what_is_not_an_id_is_refused_in_words(base: str, payload: dict[str, Any]) -> None:
    tab = await (await signed_in(base, "Alice")).open()

    answer = await tab.ask("draft_page", **payload)

    assert (answer["ok"], answer["code"]) == (False, "invalid")
    assert "Reload" in answer["message"]
