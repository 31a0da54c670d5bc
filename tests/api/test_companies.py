"""Companies, as a program works with them."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.crm import store as crm_store
from qrev.kit.forgetting import Forgetting
from tests.api.conftest import Door, Program
from tests.contract.builders import a_person

pytestmark = pytest.mark.anyio


async def listed(program: Program, **asked: Any) -> list[str]:
    answer = await program.get("/crm/company/list", **asked)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["companies"]]


async def pine(program: Program, **more: Any) -> Any:
    asked = {"name": "Pine", "url": "www.pine.test", **more}
    return await program.done("/crm/company/create", **asked)


async def test_a_company_is_known_by_its_domain_and_there_once(door: Door) -> None:
    alice = await door.program()

    made = await pine(alice, fields={"deal": "$10"}, industry="Wood")
    again = await alice.post("/crm/company/create", name="Other", url="https://PINE.test/about")
    nameless = await alice.post("/crm/company/create", industry="Wood")

    assert (made["domain"], made["url"]) == ("pine.test", "https://www.pine.test")
    assert (made["fields"], made["industry"]) == ({"deal": "$10"}, "Wood")
    assert made["source"] == "added by hand"
    assert (again.status_code, nameless.status_code) == (409, 422)
    details = await alice.get("/crm/company/details", company_id=made["company_id"])
    assert details.json() == made


async def test_it_is_changed_field_by_field_and_the_history_tells(door: Door) -> None:
    alice = await door.program()
    id_ = (await pine(alice))["company_id"]
    change = {"industry": "Wood", "fields.deal": "10", "owner_id": alice.user_id}

    changed = await alice.done("/crm/company/update", company_id=id_, changes=change)
    late = await alice.post(
        "/crm/company/update", company_id=id_, changes={"industry": "Tea"}, seen={"industry": ""}
    )
    history = await alice.get("/crm/company/history", company_id=id_)

    assert (changed["industry"], changed["owner_id"]) == ("Wood", alice.user_id)
    assert late.status_code == 409
    assert "Wood" in late.json()["detail"]
    [entry] = history.json()
    assert entry["by_user_id"] == alice.user_id
    assert [edit["field"] for edit in entry["edits"]] == ["fields.deal", "industry", "owner_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://oak.test"},
        {"owner_id": "a stranger"},
        {"team_id": "no team"},
        {"_id": "x"},
        {"account_id": "x"},
        {"name_key": "x"},
        {"fields.$where": "x"},
        {"industry": "x" * 301},
        {"linkedin_url": "javascript:alert(1)"},
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_of_it_kept(
    door: Door, changes: dict[str, str]
) -> None:
    alice = await door.program()
    made = await pine(alice)
    asked = {"company_id": made["company_id"], "changes": {"country": "Norway", **changes}}

    answer = await alice.post("/crm/company/update", **asked)

    assert answer.status_code == 422
    details = await alice.get("/crm/company/details", company_id=made["company_id"])
    assert details.json() == made


async def test_deleted_it_is_off_the_list_and_comes_back_within_thirty_days(door: Door) -> None:
    alice = await door.program()
    id_ = (await pine(alice))["company_id"]

    deleted = await alice.done("/crm/company/delete", company_id=id_)
    gone = await listed(alice), await listed(alice, is_deleted=True)
    refused = [
        (await alice.post("/crm/company/update", company_id=id_, changes={"name": "X"})),
        (await alice.post("/crm/company/create", name="Pine", url="pine.test")),
    ]
    restored = await alice.done("/crm/company/restore", company_id=id_)

    assert deleted["deleted_at"] is not None
    assert gone == ([], ["Pine"])
    assert [(a.status_code, "Restore it" in a.json()["detail"]) for a in refused] == [
        (409, True),
        (409, True),
    ]
    assert (restored["deleted_at"], await listed(alice)) == (None, ["Pine"])


async def test_the_list_is_paged_sorted_searched_and_exported(door: Door) -> None:
    alice = await door.program()
    for name in ("oak", "Pine", "ash", "=Elm"):
        await alice.done("/crm/company/create", name=name, country="Norway")
    first = (await alice.get("/crm/company/list", limit=3)).json()

    rest = await listed(alice, limit=3, after=first["next"])
    foreign_place = await alice.get("/crm/company/list", sort="domain", after=first["next"])
    given = await alice.get("/crm/company/export", country="Norway")

    assert [each["name"] for each in first["companies"]] + rest == ["=Elm", "ash", "oak", "Pine"]
    assert (first["total"], foreign_place.status_code) == (4, 422)
    assert await listed(alice, search="PI") == ["Pine"]
    assert await listed(alice, is_descending=True) == ["Pine", "oak", "ash", "=Elm"]
    lines = given.text.removeprefix("\ufeff").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["name", "'=Elm", "ash", "oak", "Pine"]


async def test_its_people_are_told_and_follow_its_new_name(door: Door) -> None:
    alice = await door.program()
    made = await pine(alice)
    account = (await alice.get("/user/details")).json()["account_id"]
    await door.services.people.add_found(
        [
            a_person(key, account_id=account, company_id=made["company_id"])
            for key in ("bob", "ann", "eve")
        ]
    )

    first = (await alice.get("/crm/company/people", company_id=made["company_id"], limit=2)).json()
    await alice.done(
        "/crm/company/update", company_id=made["company_id"], changes={"name": "Pine Ltd"}
    )
    rest = (
        await alice.get(
            "/crm/company/people", company_id=made["company_id"], limit=2, after=first["next"]
        )
    ).json()

    assert [each["name"] for each in first["people"]] == ["Ann", "Bob"]
    assert [each["company_name"] for each in rest["people"]] == ["Pine Ltd"]
    assert (first["total"], rest["next"]) == (3, None)
    details = await alice.get("/crm/company/details", company_id=made["company_id"])
    assert (details.json()["people"], details.json()["last_written_at"]) == (3, None)


async def test_another_workspaces_company_looks_like_a_missing_one(door: Door) -> None:
    alice, mallory = await door.program(), await door.program("Mallory")
    id_ = (await pine(alice))["company_id"]

    for path in ("details", "history", "people"):
        assert (await mallory.get(f"/crm/company/{path}", company_id=id_)).status_code == 404
    for path in ("delete", "restore"):
        assert (await mallory.post(f"/crm/company/{path}", company_id=id_)).status_code == 404
    assert await listed(mallory) == []
    assert await listed(alice) == ["Pine"]


async def test_what_was_deleted_long_ago_is_forgotten(door: Door) -> None:
    alice = await door.program()
    id_ = (await pine(alice))["company_id"]
    await alice.done("/crm/company/delete", company_id=id_)
    forgetting = Forgetting(door.database, crm_store.INDEXES, clock=door.clock)

    door.clock.advance(days=29)
    kept = await forgetting.sweep()
    door.clock.advance(days=2)
    swept = await forgetting.sweep()

    assert (kept, swept) == (0, 1)


async def test_a_list_is_looked_at_confirmed_and_taken_back(door: Door) -> None:
    alice = await door.program()
    data = b"Name;Domain;Deal\nPine;pine.test;$10\n;;\nOak;;\n"

    looked = await alice.sent("/crm/company/import", data, filename="firms.csv")
    assert await listed(alice) == []
    asked = {"upload_id": looked["upload_id"]}
    done = await alice.done("/crm/company/import/confirm", **asked)
    names = await listed(alice)
    back = await alice.done("/crm/company/import/undo", **asked)

    assert (looked["filename"], looked["new"], looked["is_written"]) == ("firms.csv", 2, False)
    assert [each["means"] for each in looked["columns"]] == [
        "name",
        "web site",
        "a field of your own",
    ]
    assert (done["is_written"], names) == (True, ["Oak", "Pine"])
    assert back == {"removed": 2, "kept": 0}
    assert await listed(alice) == []
