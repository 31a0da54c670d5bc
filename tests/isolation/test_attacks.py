"""Tricks that have opened other people's doors, tried on every one of ours."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.isolation.calls import Call, question_calls, rest_calls
from tests.isolation.world import World

pytestmark = pytest.mark.anyio
OPERATORS: tuple[Any, ...] = (
    {"$ne": ""},
    {"$where": "sleep(1000)"},
    ["$ne"],
)
ELSEWHERE = (
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "https:evil.test",
    "/\t/evil.test",
)
NAMES_OF_TARGETS = ("next", "redirect", "redirect_uri", "return_to", "url", "continue", "callback")

GUESSES = (
    Call(name="access", method="GET", path="/api/user/details"),
    Call(
        name="refresh",
        method="POST",
        path="/api/auth/refresh",
        body={"refresh_token": "made-up"},
    ),
)


async def test_an_operator_in_the_place_of_a_word_is_refused_in_every_field(world: World) -> None:
    wrong = []
    for call in rest_calls(world.site, world.things):
        if not call.name.startswith("POST /api/") or "/campaign/" in call.name:
            continue
        for name, body in _poisoned(call.body or {}):
            answer = await world.alice.send(dataclasses.replace(call, body=body))
            if answer.status_code != 422:
                wrong.append(f"{call.name} {name}: {answer.status_code}")
    wrong += await world.changed(world.nobody)

    assert not wrong, "\n".join(wrong)


async def test_an_operator_in_a_question_is_refused_in_every_field(world: World) -> None:
    wrong = []
    for name, payload in question_calls(world.things).items():
        for field, poisoned in _poisoned(payload):
            answer = await world.alice.press(name, poisoned)
            if answer.get("code") != "invalid":
                wrong.append(f"{name} {field}: {answer}")
    wrong += await world.changed(world.nobody)

    assert not wrong, "\n".join(wrong)


async def test_an_operator_in_an_address_is_a_word_like_any_other(world: World) -> None:
    http = world.alice.tab.http

    answers = [
        await http.get(f"/api/team/details?{query}")
        for query in ("team_id[$ne]=", "team_id=%7B%22$ne%22:%22%22%7D", "team_id=a&team_id=b")
    ]

    assert [answer.status_code for answer in answers] == [422, 404, 404]


async def test_another_pages_request_with_alices_cookie_changes_nothing(world: World) -> None:
    cookies = dict(world.alice.tab.http.cookies)
    wrong = []
    for call in rest_calls(world.site, world.things):
        if call.method == "GET":
            continue
        async with a_browser(world, cookies) as browser:
            await browser.request(
                call.method,
                call.path,
                params=dict(call.query),
                json=call.body,
                headers={"Origin": "https://evil.test"},
            )
        wrong += [f"{call.name}: {line}" for line in await world.changed(world.nobody)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_no_route_sends_a_browser_to_another_host(world: World, target: str) -> None:
    wrong = []
    params = dict.fromkeys(NAMES_OF_TARGETS, target)
    form = {"email": "eve@eve.test", "name": "Eve", **params}
    for call in rest_calls(world.site, world.things):
        async with a_browser(world) as browser:
            answer = await browser.request(
                call.method, call.path, params={**call.query, **params}, data=form or None
            )
        if _leads_away(answer):
            wrong.append(f"{call.name}: {answer.headers['location']}")
    for path in (f"/{quote(target)}", f"/{quote(target)}/"):
        answer = await world.alice.tab.http.get(path, follow_redirects=False)
        if _leads_away(answer):
            wrong.append(f"{path}: {answer.headers['location']}")
    await world.undo(Call(name="POST /login", method="POST", path="/login"))

    assert not wrong, "\n".join(wrong)


async def test_a_session_planted_before_sign_in_is_not_the_one_after_it(world: World) -> None:
    planted = dict(world.mallory.tab.http.cookies)
    async with a_browser(world, planted) as victim:
        form = {"email": "alice@alice.test", "name": "Alice", "timezone": "UTC"}
        await victim.post("/login", data=form, headers={"Origin": world.base})
        signed_in = await victim.get("/api/user/details")
        after = {cookie.value for cookie in victim.cookies.jar}
    async with a_browser(world, planted) as mallory:
        who = await mallory.get("/api/user/details")
    await world.undo(Call(name="POST /login", method="POST", path="/login"))

    assert signed_in.json()["email"] == "alice@alice.test"
    assert after - set(planted.values())
    assert "alice" not in who.text


@pytest.mark.parametrize("call", GUESSES, ids=lambda call: call.name)
async def test_guessing_tokens_is_stopped_and_told_when_to_come_back(
    world: World, call: Call
) -> None:
    guesses = [world.nobody.send_with("made-up", call) for _ in range(101)]
    statuses = {answer.status_code for answer in await asyncio.gather(*guesses)}

    stopped = await world.nobody.send_with("made-up", call)
    tokens = await world.alice.post("/auth/ex/tokens")
    not_guessed = await world.alice.send_with(tokens["access_token"], GUESSES[0])
    await world.undo(Call(name="", method="POST", path=""))

    assert statuses == {401, 429}
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["retry-after"]) <= 60
    assert not_guessed.status_code == 200


def a_browser(world: World, cookies: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """Return a browser with these cookies and no more."""
    # Over http there is nothing to verify, and reading certificates takes longer than a request.
    return httpx.AsyncClient(base_url=world.base, cookies=dict(cookies or {}), verify=False)


def _poisoned(payload: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in payload.items():
        for operator in OPERATORS:
            if not (isinstance(value, list) and isinstance(operator, list)):
                yield name, {**payload, name: operator}


def _leads_away(answer: httpx.Response) -> bool:
    """Return whether a browser would go to another host: it reads \\ as / and drops controls."""
    location = "".join(c for c in answer.headers.get("location", "") if c.isprintable())
    return answer.request.url.join(location.replace("\\", "/")).host != answer.request.url.host
