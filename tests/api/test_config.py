"""Sending rules and mailboxes, as a program sets them."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door
from tests.api.test_plans import a_shown_plan

pytestmark = pytest.mark.anyio


async def test_settings_are_told_with_their_reasons_tried_and_saved(door: Door) -> None:
    alice = await door.program()
    shown = (await alice.get("/campaign/config/defaults")).json()
    values = {"ceiling": 12, "windows": {"0": [["09:00", "12:00"], ["13:00", "17:30"]]}}

    trial = await alice.done("/campaign/config/defaults/try", values=values, version=0)
    saved = await alice.done(
        "/campaign/config/defaults/save", values=values, version=0, hash=trial["hash"]
    )

    assert all(s["reason"] and s["source"] for s in shown["settings"])
    by_name = {s["name"]: s["value"] for s in saved["settings"]}
    assert (by_name["ceiling"], by_name["windows"]) == (12, values["windows"])
    assert saved["version"] == 1


async def test_bad_values_are_refused_by_name_and_old_versions_too(door: Door) -> None:
    alice = await door.program()

    bad = await alice.post("/campaign/config/defaults/save", values={"ceiling": 500}, version=0)
    unknown = await alice.post("/campaign/config/defaults/try", values={"x": 1}, version=0)
    old = await alice.post("/campaign/config/defaults/save", values={}, version=3)

    assert (bad.status_code, unknown.status_code, old.status_code) == (422, 422, 409)
    assert "Most mails a mailbox and day" in bad.text
    assert "no setting" in unknown.text


async def test_a_rule_is_tried_added_switched_off_and_removed(door: Door) -> None:
    alice, _ = await a_shown_plan(door)
    rule = {"rule": "closed", "weekdays": [4], "begins": "14:00"}

    tried = await alice.done("/campaign/config/rules/try", **rule)
    added = await alice.done("/campaign/config/rules/add", **rule, hash=tried["hash"])
    again = await alice.post("/campaign/config/rules/add", **rule)
    policy = {"policy_id": added["policy_id"]}
    off = await alice.done("/campaign/config/rules/switch", **policy, is_on=False)
    gone = await alice.done("/campaign/config/rules/remove", **policy)

    assert added["sentence"] == "never on Fridays after 14:00"
    assert again.status_code == 409
    assert [p["is_on"] for p in off["policies"]] == [False]
    assert gone["policies"] == []


async def test_a_mailbox_is_set_by_those_who_run_the_workspace(door: Door) -> None:
    alice, _ = await a_shown_plan(door)
    bob = await door.joined(alice, "Bob", Role.SELLER)
    (sender,) = (await alice.get("/campaign/config/senders")).json()

    (changed,) = await alice.done("/campaign/config/senders/save", mailbox_id=sender["id"], cap=44)
    refused = await bob.post("/campaign/config/senders/save", mailbox_id=sender["id"], cap=1)
    foreign = await (await door.program("Mallory")).post(
        "/campaign/config/senders/save", mailbox_id=sender["id"], cap=1
    )

    assert changed["cap"] == 44
    assert (refused.status_code, foreign.status_code) == (403, 404)
