"""What is held on somebody, as a program asks for it."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door

pytestmark = pytest.mark.anyio
BOB = "bob@pine.test"


async def test_what_is_held_is_one_file_and_erasing_it_is_proposed_first(door: Door) -> None:
    alice = await door.program()
    await alice.done("/suppressions/add", value=BOB, reason="asked to stop")

    held = await alice.post("/privacy/held", email="Bob@Pine.test")
    change = await alice.done("/privacy/erase", email=BOB)
    still = (await alice.post("/privacy/held", email=BOB)).json()["counts"]
    done = await alice.done(
        "/account/changes/confirm", change_id=change["change_id"], hash=change["hash"]
    )
    after = (await alice.post("/privacy/held", email=BOB)).json()

    assert held.headers["content-disposition"] == 'attachment; filename="held.json"'
    assert held.json()["counts"] == {"suppressions": 1, "log": 1}
    assert held.json()["held"]["suppressions"][0]["reason"] == "asked to stop"
    assert still == {"suppressions": 1, "log": 1}
    assert BOB in change["facts"][0]
    assert (done["state"], BOB in str(done)) == ("done", False)
    assert after["held"] == {}
    [entry] = (await alice.get("/suppressions/list")).json()["suppressions"]
    assert (entry["origin"], BOB in entry["value"]) == ("erased", False)


async def test_a_seller_neither_asks_nor_erases(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob", Role.SELLER)
    account = (await alice.get("/user/details")).json()["account_id"]
    await bob.done("/user/accounts/choose", account_id=account)

    answers = [await bob.post(f"/privacy/{path}", email=BOB) for path in ("held", "erase")]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("email", ["nobody", "a@b@c", {"$ne": ""}])
async def test_what_is_no_address_is_refused(door: Door, email: object) -> None:
    alice = await door.program()

    answers = [await alice.post(f"/privacy/{path}", email=email) for path in ("held", "erase")]

    assert [answer.status_code for answer in answers] == [422, 422]
