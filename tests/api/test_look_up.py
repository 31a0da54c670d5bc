"""What an AI server may read for a member: what they may, while their turn lasts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from qrev.accounts.models import AccountId, Actor, Role, UserId
from qrev.assistant.looking_up import LookUpTickets
from qrev.kit.signing import Signer
from tests.api.conftest import TOKEN, Door
from tests.api.test_callback import a_sequence

pytestmark = pytest.mark.anyio


def a_ticket(door: Door, actor: Actor | None = None, *, secret: str = "l" * 64) -> str:
    return LookUpTickets(Signer(secret, "look up"), door.clock).issue(actor or door.actor)


async def look_up(door: Door, **asked: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    body = {"ticket": a_ticket(door), **asked}
    return await door.http.post("/api/campaign/look_up", json=body, headers=headers)


async def test_people_are_told_as_the_member_knows_them(door: Door) -> None:
    await a_sequence(door)

    everyone = (await look_up(door, about="people")).json()
    one = (await look_up(door, about="people", contains="BOLT")).json()

    assert [p["name"] for p in everyone["people"]] == ["Ann Lee", "Bob Ray"]
    assert [p["email"] for p in one["people"]] == ["bob@bolt.test"]
    assert one["known_in_all"] == 2


async def test_sequences_and_their_numbers_are_told(door: Door) -> None:
    sequence_id = await a_sequence(door)

    found = (await look_up(door, about="sequences", contains="te")).json()["sequences"]
    numbers = (await look_up(door, about="numbers", sequence_id=sequence_id)).json()

    assert [s["sequence_id"] for s in found] == [sequence_id]
    assert (numbers["name"], numbers["steps"], numbers["is_drafting"]) == ("Tea", 2, True)
    assert (await look_up(door, about="sequences", contains="coffee")).json() == {"sequences": []}


async def test_another_workspaces_things_are_not_there(door: Door) -> None:
    sequence_id = await a_sequence(door)
    stranger = await door.program("Mallory")
    created = await stranger.done("/account/create", name="Other")
    mallory = Actor(
        account_id=AccountId(created["account_id"]),
        user_id=UserId(stranger.user_id),
        role=Role.OWNER,
        email="",
        name="",
    )
    ticket = a_ticket(door, mallory)

    people = await look_up(door, ticket=ticket, about="people")
    numbers = await look_up(door, ticket=ticket, about="numbers", sequence_id=sequence_id)

    assert people.json()["people"] == []
    assert numbers.status_code == 404


async def test_a_ticket_is_over_after_the_turn(door: Door) -> None:
    ticket = a_ticket(door)
    door.clock.advance(minutes=16)

    assert (await look_up(door, ticket=ticket, about="people")).status_code == 401


async def test_a_ticket_somebody_made_up_opens_nothing(door: Door) -> None:
    forged = a_ticket(door, secret="guessed")

    for ticket in (forged, "", "x.y"):
        assert (await look_up(door, ticket=ticket, about="people")).status_code == 401


async def test_who_is_no_member_any_more_reads_nothing(door: Door) -> None:
    gone = Actor(
        account_id=door.actor.account_id,
        user_id=UserId("nobody"),
        role=Role.OWNER,
        email="",
        name="",
    )

    assert (await look_up(door, ticket=a_ticket(door, gone), about="people")).status_code == 401


async def test_a_ticket_without_the_ai_servers_token_is_worth_nothing(door: Door) -> None:
    body = {"ticket": a_ticket(door), "about": "people"}

    assert (await door.http.post("/api/campaign/look_up", json=body)).status_code == 401


@pytest.mark.parametrize("asked", [{}, {"about": "secrets"}, {"about": "people", "limit": 9999}])
async def test_a_question_that_cannot_be_read_names_what_is_wrong(
    door: Door, asked: dict[str, Any]
) -> None:
    answer = await look_up(door, **asked)

    assert answer.status_code == 422
    assert answer.json()["detail"]
