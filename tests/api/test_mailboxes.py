"""The mailboxes, as a program sees them."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio


async def first(program: Program) -> Any:
    answer = await program.get("/mailbox/list")
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"][0]


async def test_a_mailbox_is_worded_paused_and_set_going_again(door: Door) -> None:
    alice = await door.program()
    mailbox = await first(alice)

    worded = await alice.done("/mailbox/update", mailbox_id=mailbox["id"], signature="Alice")
    paused = await alice.done("/mailbox/pause", mailbox_id=mailbox["id"])
    going = await alice.done("/mailbox/resume", mailbox_id=mailbox["id"])

    assert worded["rows"][0]["signature"] == "Alice"
    assert paused["rows"][0]["is_paused"]
    assert not going["rows"][0]["is_paused"]


async def test_a_password_is_in_no_answer(door: Door) -> None:
    alice = await door.program()
    login = {"email": "a@b.test", "host": "127.0.0.1", "port": 1, "user": "a"}

    refused = await alice.post("/mailbox/connect/smtp", **login, password="s3cret-pass")
    unread = await alice.post("/mailbox/connect/smtp", **login, password=["s3cret-pass"])

    assert (refused.status_code, unread.status_code) == (409, 422)
    assert "s3cret" not in refused.text + unread.text


async def test_who_did_not_connect_a_mailbox_changes_nothing_of_it(door: Door) -> None:
    alice = await door.program()
    mailbox = await first(alice)
    bob = await door.joined(alice, "Bob", Role.SELLER)

    refused = await bob.post("/mailbox/pause", mailbox_id=mailbox["id"])
    missing = await bob.post("/mailbox/pause", mailbox_id="made-up")

    assert (refused.status_code, missing.status_code) == (403, 404)
    assert not (await first(bob))["may_change"]
