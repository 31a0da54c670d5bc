"""Lists, as a program brings them in."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio
LIST = b"Email,Name\nann@gmial.com,Ann\ninfo@pine.test,\nnonsense,\n"
HOME = "/api/crm/contact/import"


async def handed_over(program: Program, data: bytes = LIST) -> Any:
    headers = {"Authorization": f"Bearer {program.access}", "Content-Type": "text/csv"}
    answer = await program.http.post(
        HOME, content=data, params={"filename": "people.csv"}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_list_is_looked_at_repaired_confirmed_and_undone(door: Door) -> None:
    alice = await door.program()

    made = await handed_over(alice)
    assert (made["state"], made["diagnosis"]["new"], made["filename"]) == ("open", 2, "people.csv")
    assert made["diagnosis"]["repairs"] == {"fix_typos": 1, "drop_roles": 1}
    which = {"import_id": made["import_id"]}
    repaired = await alice.done(
        "/crm/contact/import/repair", **which, version=made["version"], repairs=["fix_typos"]
    )
    done = await alice.done("/crm/contact/import/confirm", **which, version=repaired["version"])
    assert (done["state"], done["tally"]["new"]) == ("done", 2)
    people = (await alice.get("/crm/contact/list", sort="email")).json()["people"]
    assert [person["email"] for person in people] == ["ann@gmail.com", "info@pine.test"]

    undone = await alice.done("/crm/contact/import/undo", **which)
    assert (undone["state"], undone["tally"]["removed"]) == ("undone", 2)
    assert (await alice.get("/crm/contact/list")).json()["total"] == 0


async def test_what_was_seen_before_cannot_be_confirmed(door: Door) -> None:
    alice = await door.program()
    made = await handed_over(alice)

    late = await alice.post(
        "/crm/contact/import/confirm", import_id=made["import_id"], version=made["version"] + 1
    )

    assert late.status_code == 409


async def test_columns_are_said_and_remembered(door: Door) -> None:
    alice = await door.program()
    made = await handed_over(alice, b"Email,Ref\nann@pine.test,7\n")

    read = await alice.done(
        "/crm/contact/import/columns",
        import_id=made["import_id"],
        version=made["version"],
        choices=["email", "phone_number"],
    )

    assert [column["choice"] for column in read["columns"]] == ["email", "phone_number"]
    assert read["columns"][1]["sample"] == ["7"]


async def test_refused_lines_are_given_as_csv(door: Door) -> None:
    alice = await door.program()
    made = await handed_over(alice)

    answer = await alice.get("/crm/contact/import/refused", import_id=made["import_id"])

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.decode("utf-8-sig").splitlines()[1] == (
        "nonsense,,4,“nonsense” is not an email address"
    )


async def test_imports_are_listed_by_page_and_are_nobody_elses(door: Door) -> None:
    alice, mallory = await door.program(), await door.program("Mallory")
    made = [await handed_over(alice, LIST + b"x" * n) for n in range(3)]

    first = (await alice.get("/crm/contact/import/list", limit=2)).json()
    rest = (await alice.get("/crm/contact/import/list", limit=2, after=first["next"])).json()

    listed = [each["import_id"] for each in [*first["imports"], *rest["imports"]]]
    assert set(listed) == {each["import_id"] for each in made}
    assert (await mallory.get("/crm/contact/import/list")).json()["imports"] == []
    foreign = await mallory.get("/crm/contact/import/status", import_id=made[0]["import_id"])
    assert foreign.status_code == 404


async def test_rules_are_read_and_set(door: Door) -> None:
    alice = await door.program()

    await alice.done("/crm/contact/import/rules", rules={"name": "keep"})

    rules = (await alice.get("/crm/contact/import/rules")).json()["rules"]
    assert (rules["name"], rules["job_title"]) == ("keep", "fill")
    odd = await alice.post("/crm/contact/import/rules", rules={"name": "burn"})
    assert odd.status_code == 422


async def test_a_file_that_is_no_list_says_why(door: Door) -> None:
    alice = await door.program()

    made = await handed_over(alice, b"%PDF-1.7")

    assert made["state"] == "failed"
    assert "PDF" in made["problem"]
    lines = await alice.get("/crm/contact/import/refused", import_id=made["import_id"])
    assert lines.status_code == 404


async def test_who_may_only_look_hands_nothing_over(door: Door) -> None:
    alice = await door.program()
    victor = await door.joined(alice, "Victor", Role.VIEWER)
    headers = {"Authorization": f"Bearer {victor.access}"}

    answer = await victor.http.post(HOME, content=LIST, headers=headers)

    assert answer.status_code == 403
