"""The suppression list, as a program sees it."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio


async def page(program: Program, **asked: Any) -> Any:
    answer = await program.get("/suppressions/list", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(program: Program) -> list[str]:
    return [each["value"] for each in (await page(program))["suppressions"]]


async def test_addresses_and_domains_are_taken_in_the_form_mails_are_checked_by(
    door: Door,
) -> None:
    alice = await door.program()

    for value in ("Bob <BOB@Pine.test>", "@Oak.test", " elm.test "):
        await alice.done("/suppressions/add", value=value, reason="a partner.")

    assert await listed(alice) == ["bob@pine.test", "elm.test", "oak.test"]


async def test_the_list_is_paged_and_every_entry_shown_once(door: Door) -> None:
    alice = await door.program()
    for n in range(5):
        await alice.done("/suppressions/add", value=f"p{n}.test", reason="a partner")

    first = await page(alice, limit=3)
    rest = await page(alice, limit=3, after=first["next"])

    values = [each["value"] for each in first["suppressions"] + rest["suppressions"]]
    assert values == [f"p{n}.test" for n in range(5)]
    assert (first["total"], rest["next"]) == (5, None)


async def test_a_second_reason_does_not_replace_the_first(door: Door) -> None:
    alice = await door.program()
    await alice.done("/suppressions/add", value="pine.test", reason="a partner")

    again = await alice.done("/suppressions/add", value="pine.test", reason="other")

    assert again["reason"] == "a partner"


async def test_taking_one_off_is_for_admins_and_is_logged_with_both_reasons(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob", Role.SELLER)
    account = (await alice.get("/user/details")).json()["account_id"]
    await bob.done("/user/accounts/choose", account_id=account)
    asked = {"value": "pine.test", "reason": "they asked for mail"}
    await bob.done("/suppressions/add", value="pine.test", reason="a partner")

    refused = await bob.post("/suppressions/remove", **asked)
    await alice.done("/suppressions/remove", **asked)
    again = await alice.post("/suppressions/remove", **asked)

    assert (refused.status_code, again.status_code) == (403, 404)
    assert await listed(alice) == []
    entry = (await alice.get("/account/audit")).json()["entries"][0]
    assert (entry["action"], entry["subject"]) == ("suppression.removed", "pine.test")
    assert entry["before"]["reason"] == "a partner"
    assert entry["after"] == {"reason": "they asked for mail"}


async def test_another_workspaces_list_is_neither_seen_nor_changed(door: Door) -> None:
    alice, mallory = await door.program(), await door.program("Mallory")
    await alice.done("/suppressions/add", value="pine.test", reason="a partner")

    foreign = await mallory.post("/suppressions/remove", value="pine.test", reason="mine now")

    assert foreign.status_code == 404
    assert await listed(mallory) == []
    assert await listed(alice) == ["pine.test"]


@pytest.mark.parametrize("value", ["not a domain", "a@b@c", "@@x.test", "-.-", {"$ne": ""}])
async def test_what_is_neither_an_address_nor_a_domain_is_refused(door: Door, value: Any) -> None:
    alice = await door.program()

    answer = await alice.post("/suppressions/add", value=value, reason="x")

    assert answer.status_code == 422
    assert await listed(alice) == []


async def test_a_list_goes_in_and_out_as_a_file(door: Door) -> None:
    alice = await door.program()
    await alice.done("/suppressions/add", value="oak.test", reason="a partner")
    headers = {"Authorization": f"Bearer {alice.access}", "Content-Type": "text/csv"}

    taken = await door.http.post(
        "/api/suppressions/import",
        params={"reason": "old list"},
        content=b"email\nann@pine.test\nnonsense\noak.test\n",
        headers=headers,
    )
    given = await alice.get("/suppressions/export")

    assert taken.json() == {
        "new": 1,
        "known": 1,
        "refused_count": 1,
        "refused": [
            {
                "line": 3,
                "reason": "neither an email address nor a domain",
                "value": "nonsense",
            }
        ],
    }
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    assert given.headers["content-disposition"] == 'attachment; filename="suppressions.csv"'
    rows = [line.split(",") for line in given.text.removeprefix("\ufeff").splitlines()]
    assert [row[:2] for row in rows[1:]] == [
        ["ann@pine.test", "old list"],
        ["oak.test", "a partner"],
    ]


async def test_the_list_is_searched(door: Door) -> None:
    alice = await door.program()
    for value in ("ann@pine.test", "pine.test", "oak.test"):
        await alice.done("/suppressions/add", value=value, reason="a partner")

    found = await page(alice, search="PINE", limit=1)
    rest = await page(alice, search="PINE", after=found["next"])

    assert found["total"] == 2
    assert [each["value"] for each in found["suppressions"] + rest["suppressions"]] == [
        "ann@pine.test",
        "pine.test",
    ]


async def test_an_opt_out_is_taken_off_only_by_who_says_that_they_know(door: Door) -> None:
    alice = await door.program()
    details = (await alice.get("/user/details")).json()
    await door.services.suppressions.add(details["account_id"], "ann@pine.test", "by link")
    asked = {"value": "ann@pine.test", "reason": "they wrote to us"}

    refused = await alice.post("/suppressions/remove", **asked)
    await alice.done("/suppressions/remove", **asked, is_meaning_known=True)

    assert refused.status_code == 409
    assert "asked not to be written to" in refused.json()["detail"]
    assert await listed(alice) == []


async def test_a_file_over_ten_megabytes_is_refused(door: Door) -> None:
    alice = await door.program()
    headers = {"Authorization": f"Bearer {alice.access}"}

    answer = await door.http.post(
        "/api/suppressions/import", content=b"x" * (10 * 1024 * 1024 + 1), headers=headers
    )

    assert answer.status_code == 413
