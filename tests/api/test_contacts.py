"""People, as a program sees them."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio
LIST = b"email,name,deal\n" + b"".join(b"p%d@pine.test,P%d,%d\n" % (n, n, n) for n in range(5))


async def imported(door: Door) -> Program:
    alice = await door.program()
    actor = await door.services.accounts.sign_in("alice@alice.test", "Alice")
    await bring_in(door.services, actor, LIST)
    return alice


async def page(program: Program, **asked: Any) -> Any:
    answer = await program.get("/crm/contact/list", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_pages_show_everyone_once_in_the_order_asked_for(door: Door) -> None:
    alice = await imported(door)
    asked = {"sort": "email", "is_descending": True, "limit": 2}

    first = await page(alice, **asked)
    second = await page(alice, **asked, after=first["next"])
    third = await page(alice, **asked, after=second["next"])

    people = [*first["people"], *second["people"], *third["people"]]
    assert [person["name"] for person in people] == ["P4", "P3", "P2", "P1", "P0"]
    assert (first["total"], first["is_total_exact"], third["next"]) == (5, True, None)
    assert third["total"] is None


async def test_a_place_is_of_the_order_it_was_made_for(door: Door) -> None:
    alice = await imported(door)
    first = await page(alice, limit=2)

    for asked in ({"sort": "email", "after": first["next"]}, {"after": "made-up"}):
        answer = await alice.get("/crm/contact/list", **asked)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("That page does not exist")


async def test_a_change_is_read_back_and_told_in_the_history(door: Door) -> None:
    alice = await imported(door)
    person = (await page(alice))["people"][0]
    id_ = {"person_id": person["person_id"]}

    changed = await alice.done(
        "/crm/contact/update", **id_, changes={"job_title": "CEO", "fields.deal": "9"}
    )

    assert changed == person | {"job_title": "CEO", "fields": {"deal": "9"}}
    assert (await alice.get("/crm/contact/details", **id_)).json() == changed
    [entry] = (await alice.get("/crm/contact/history", **id_)).json()
    assert entry["by_user_id"] == alice.user_id
    assert entry["edits"] == [
        {"field": "fields.deal", "before": "0", "after": "9"},
        {"field": "job_title", "before": "", "after": "CEO"},
    ]


async def test_the_second_who_changes_a_field_is_told(door: Door) -> None:
    alice = await imported(door)
    bob = await door.joined(alice, "Bob")
    await bob.done("/user/accounts/choose", account_id=await account_of(alice))
    id_ = (await page(alice))["people"][0]["person_id"]
    await bob.done("/crm/contact/update", person_id=id_, changes={"name": "Bobs"})

    answer = await alice.post(
        "/crm/contact/update", person_id=id_, changes={"name": "Alices"}, seen={"name": "P0"}
    )

    assert answer.status_code == 409
    assert "to “Bobs” in the meantime" in answer.json()["detail"]


async def account_of(program: Program) -> str:
    return str((await program.get("/user/details")).json()["account_id"])


@pytest.mark.parametrize(
    "changes", [{}, {"email": "x@y.test"}, {"$set": "x"}, {"name": {"$ne": ""}}, {"name": None}]
)
async def test_what_cannot_be_changed_is_refused(door: Door, changes: dict[str, Any]) -> None:
    alice = await imported(door)
    id_ = (await page(alice))["people"][0]["person_id"]

    assert (
        await alice.post("/crm/contact/update", person_id=id_, changes=changes)
    ).status_code == (422)


async def test_viewers_read_and_strangers_find_nobody(door: Door) -> None:
    alice, mallory = await imported(door), await door.program("Mallory")
    victor = await door.joined(alice, "Victor", Role.VIEWER)
    await victor.done("/user/accounts/choose", account_id=await account_of(alice))
    asked = {"person_id": (await page(alice))["people"][0]["person_id"], "changes": {"name": "x"}}

    assert (await page(victor))["total"] == 5
    assert (await victor.post("/crm/contact/update", **asked)).status_code == 403
    assert (await page(mallory))["people"] == []
    assert (await mallory.post("/crm/contact/update", **asked)).status_code == 404
