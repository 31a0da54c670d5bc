"""Tokens over HTTP: what works, what does not any more, and what never did."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio
DETAILS = "/api/user/details"


async def status(door: Door, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return (await door.http.get(DETAILS, headers=headers)).status_code


async def refreshed(door: Door, token: str) -> Any:
    return await door.http.post("/api/auth/refresh", json={"refresh_token": token})


def claims(program: Program) -> dict[str, Any]:
    return dict(jwt.decode(program.access, options={"verify_signature": False}))


async def test_a_browser_exchanges_its_session_for_tokens(door: Door) -> None:
    alice = await door.program()

    answer = await door.browser_of(alice).post("/api/auth/ex/tokens")

    tokens = answer.json()
    assert (answer.status_code, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 900)
    assert tokens["refresh_expires_in"] == 180 * 24 * 3600
    assert await status(door, tokens["access_token"]) == 200


async def test_a_token_that_lives_for_minutes_gives_none_that_lives_for_months(door: Door) -> None:
    alice = await door.program()

    answer = await alice.post("/auth/ex/tokens")

    assert answer.status_code == 401


async def test_an_access_token_is_over_after_a_quarter_of_an_hour(door: Door) -> None:
    alice = await door.program()

    door.clock.now += timedelta(minutes=14)
    before = await status(door, alice.access)
    door.clock.now += timedelta(minutes=2)

    assert (before, await status(door, alice.access)) == (200, 401)


async def test_a_refresh_token_gives_the_next_pair_once(door: Door) -> None:
    alice = await door.program()

    first = await refreshed(door, alice.refresh)
    tokens = first.json()

    assert await status(door, tokens["access_token"]) == 200
    assert (await refreshed(door, tokens["refresh_token"])).status_code == 200


async def test_a_refresh_token_shown_twice_ends_everything_that_came_of_it(door: Door) -> None:
    alice = await door.program()
    tokens = (await refreshed(door, alice.refresh)).json()

    replayed = await refreshed(door, alice.refresh)

    assert replayed.status_code == 401
    assert (await refreshed(door, tokens["refresh_token"])).status_code == 401
    assert await status(door, tokens["access_token"]) == 401
    assert (await door.browser_of(alice).get(DETAILS)).status_code == 401


async def test_logging_out_ends_this_session_and_no_other(door: Door) -> None:
    here, there = await door.program(), await door.program()

    answer = await here.post("/auth/logout")

    assert answer.status_code == 204
    assert await status(door, here.access) == 401
    assert (await refreshed(door, here.refresh)).status_code == 401
    assert await status(door, there.access) == 200


async def test_logging_out_everywhere_ends_them_all(door: Door) -> None:
    here, there, mallory = await door.program(), await door.program(), await door.program("Mallory")

    await here.done("/auth/logout", everywhere=True)

    assert await status(door, there.access) == 401
    assert await status(door, mallory.access) == 200


async def test_another_device_of_ones_own_can_be_signed_out_but_nobody_elses(door: Door) -> None:
    here, there, mallory = await door.program(), await door.program(), await door.program("Mallory")

    foreign = await mallory.post("/auth/sessions/end", session_id=there.session_id)
    missing = await mallory.post("/auth/sessions/end", session_id="made-up")
    own = await here.post("/auth/sessions/end", session_id=there.session_id)

    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    assert own.status_code == 204
    assert await status(door, there.access) == 401
    listed = (await here.get("/auth/sessions/list")).json()
    assert [(s["session_id"], s["is_this"]) for s in listed] == [(here.session_id, True)]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer made-up", "Bearer " + "x" * 9000],
)
async def test_a_header_that_is_no_token_is_told_how_to_come_in(door: Door, header: str) -> None:
    answer = await door.http.get(DETAILS, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_token_without_a_signature_is_not_believed(door: Door) -> None:
    alice = await door.program()
    _, body, _ = alice.access.split(".")
    unsigned = [
        f"{_encoded({'alg': alg, 'typ': 'JWT'})}.{body}." for alg in ("none", "None", "NONE")
    ]

    answers = [await status(door, token) for token in unsigned]

    assert answers == [401, 401, 401]


async def test_a_token_that_someone_else_signed_is_not_believed(door: Door) -> None:
    alice = await door.program()
    said = claims(alice)
    forged = [
        jwt.encode(said, "x" * 64, algorithm="HS256"),
        jwt.encode(said, "a" * 64, algorithm="HS512"),
        f"{alice.access[:-4]}AAAA",
    ]

    assert [await status(door, token) for token in forged] == [401, 401, 401]


async def test_a_refresh_token_opens_no_door_and_an_access_token_refreshes_nothing(
    door: Door,
) -> None:
    alice = await door.program()

    assert await status(door, alice.refresh) == 401
    assert (await refreshed(door, alice.access)).status_code == 401
    assert await status(door, alice.access) == 200


def _encoded(part: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
