"""What is done to people, as a program does it."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program
from tests.api.test_contacts import account_of, imported, page

pytestmark = pytest.mark.anyio


async def ids(program: Program, **asked: Any) -> list[str]:
    return [each["person_id"] for each in (await page(program, **asked))["people"]]


async def names(program: Program, **asked: Any) -> list[str]:
    return [each["name"] for each in (await page(program, **asked))["people"]]


async def test_a_person_is_created_once_deleted_and_created_again(door: Door) -> None:
    alice = await door.program()
    facts = {"name": "Ann", "company_name": "Oak", "fields.deal": "10"}

    ann = await alice.done("/crm/contact/create", email="Ann@Oak.test", facts=facts)
    twice = await alice.post("/crm/contact/create", email="ann@oak.test")
    deleted = await alice.done("/crm/contact/delete", person_ids=[ann["person_id"]])

    assert (ann["email"], ann["fields"], ann["source"]) == (
        "ann@oak.test",
        {"deal": "10"},
        "written down",
    )
    assert (twice.status_code, deleted) == (409, {"people": 1, "mails": 0})
    assert await names(alice) == []
    assert await names(alice, is_deleted=True) == ["Ann"]
    again = await alice.done("/crm/contact/create", email="ann@oak.test")
    assert again == ann
    history = (await alice.get("/crm/contact/history", person_id=ann["person_id"])).json()
    assert [entry["edits"][0]["field"] for entry in history] == ["deleted", "deleted", "created"]


async def test_a_selection_is_tagged_given_away_and_found_by_it(door: Door) -> None:
    alice = await imported(door)
    some = (await ids(alice))[:2]
    team = await alice.done("/team/create", name="North")

    assert await alice.done("/crm/contact/tags/add", person_ids=some, tag="Hot") == {"people": 2}
    assert await alice.done("/crm/contact/tags/add", person_ids=some, tag="HOT") == {"people": 0}
    await alice.done("/crm/contact/owner", person_ids=some[:1], user_id=alice.user_id)
    await alice.done("/crm/contact/team", person_ids=some[1:], team_id=team["team_id"])

    assert await names(alice, tags=["hot"]) == ["P0", "P1"]
    assert await names(alice, tags=["hot"], owner_id=alice.user_id) == ["P0"]
    assert await names(alice, lacks=["owner_id"], team_id=team["team_id"]) == ["P1"]
    assert (await alice.get("/crm/contact/tags/list")).json() == ["Hot"]
    assert await alice.done("/crm/contact/tags/remove", person_ids=some, tag="hot") == {"people": 2}


async def test_people_are_searched_and_paged_by_what_is_typed(door: Door) -> None:
    alice = await imported(door)

    first = await page(alice, search="PINE.test", limit=3)
    rest = await page(alice, search="PINE.test", limit=3, after=first["next"])

    found = [each["name"] for each in (*first["people"], *rest["people"])]
    assert (found, rest["next"]) == ([f"P{n}" for n in range(5)], None)
    other = await alice.get("/crm/contact/list", search="p", after=first["next"])
    assert other.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"has": "password"},
        {"sort": "account_id"},
        {"$where": "1"},
        {"search[$ne]": "x"},
        {"limit": 101},
        {"search": "x" * 201},
        {"tags": [str(n) for n in range(11)]},
        {"after": "WyJuYW1lIEZhbHNlICIsICIkd2hlcmUiLCAieCJd"},
    ],
)
async def test_what_nobody_can_ask_is_refused(door: Door, asked: dict[str, Any]) -> None:
    alice = await door.program()

    answer = await alice.get("/crm/contact/list", **asked)

    assert answer.status_code == 422


async def test_a_saved_list_is_a_filter_with_a_name(door: Door) -> None:
    alice, mallory = await imported(door), await door.program("Mallory")
    wanted = {"search": "p1", "has": ["name"]}

    saved = await alice.done("/crm/contact/lists/save", name=" Ones ", wanted=wanted)

    assert (saved["name"], saved["wanted"]) == ("Ones", wanted)
    assert (await alice.get("/crm/contact/lists/list")).json() == [saved]
    assert (await mallory.get("/crm/contact/lists/list")).json() == []
    for wrong in ({}, {"$where": "1"}, {"has": ["x"]}, {"country": {"$ne": ""}}):
        answer = await alice.post("/crm/contact/lists/save", name="x", wanted=wrong)
        assert answer.status_code == 422
    gone = {"list_id": saved["list_id"]}
    assert (await mallory.post("/crm/contact/lists/remove", **gone)).status_code == 404
    await alice.done("/crm/contact/lists/remove", **gone)
    assert (await alice.get("/crm/contact/lists/list")).json() == []


async def test_two_are_made_one_as_shown_and_two_again(door: Door) -> None:
    alice = await imported(door)
    kept, other = (await ids(alice))[:2]
    both = {"person_id": kept, "other_id": other, "of_other": ["name"]}

    shown = await alice.done("/crm/contact/merge/preview", **both)
    stale = await alice.post("/crm/contact/merge/confirm", **both, hash="x")
    merge = await alice.done("/crm/contact/merge/confirm", **both, hash=shown["hash"])

    assert shown["sides"][0] == {
        "field": "name",
        "kept": "P0",
        "other": "P1",
        "is_of_other": True,
    }
    assert stale.status_code == 409
    assert (merge["person"]["name"], len(await ids(alice))) == ("P1", 4)

    back = await alice.done("/crm/contact/merge/undo", merge_id=merge["merge_id"])
    assert (back["name"], len(await ids(alice))) == ("P0", 5)
    twice = await alice.post("/crm/contact/merge/undo", merge_id=merge["merge_id"])
    assert twice.status_code == 409


async def test_viewers_change_nothing_and_strangers_find_nobody(door: Door) -> None:
    alice, mallory = await imported(door), await door.program("Mallory")
    victor = await door.joined(alice, "Victor", Role.VIEWER)
    await victor.done("/user/accounts/choose", account_id=await account_of(alice))
    first, second = (await ids(alice))[:2]
    some = {"person_ids": [first]}
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("delete", some),
        ("restore", some),
        ("tags/add", {**some, "tag": "x"}),
        ("tags/remove", {**some, "tag": "x"}),
        ("owner", {**some, "user_id": None}),
        ("team", {**some, "team_id": None}),
        ("merge/confirm", {"person_id": first, "other_id": second, "hash": "x"}),
    )

    for path, asked in calls:
        assert (await victor.post(f"/crm/contact/{path}", **asked)).status_code == 403, path
        assert (await mallory.post(f"/crm/contact/{path}", **asked)).status_code == 404, path
    assert (await victor.post("/crm/contact/create", email="x@y.test")).status_code == 403
    assert len(await ids(victor)) == 5
