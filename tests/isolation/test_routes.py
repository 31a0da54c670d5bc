"""Every route, as somebody who should get nothing by it."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from tests.isolation.calls import Call, rest_calls, routes
from tests.isolation.examples import Missing, example, made_up
from tests.isolation.world import Caller, World

pytestmark = pytest.mark.anyio

# What answers nobody in particular. It may not tell, and not change, anything of anyone's.
OPEN = {
    "GET /readyz",
    "GET /health",
    "GET /metrics",
    "GET /api/openapi.json",
    "GET /api/docs",
    "GET /api/campaign/unsubscribe",
    "POST /api/campaign/unsubscribe",
    "GET /api/u/{token}",
    "POST /api/u/{token}",
    "GET /login",
    "POST /login",
    "POST /logout",
    "GET /invitation",
}
# What takes something that is not Alice's to have: a token of the AI server, a refresh token that
# works, an invitation to herself, a mail in doubt.
NOT_ALICES = {
    "POST /api/campaign/unknown/settle",
    "GET /api/campaign/update_sequence_messages",
    "POST /api/campaign/update_sequence_messages",
    "POST /api/campaign/look_up",
    "POST /api/auth/refresh",
    "GET /api/hubspot/redirect",
    "GET /api/zoom/redirect",
    "POST /api/zoom/events",
    "POST /api/hubspot/webhook",
    "POST /api/user/invitations/accept",
    "POST /api/user/invitations/decline",
}
# What someone in no workspace may do.
OF_NEWCOMERS = {
    "POST /api/auth/ex/tokens",
    "POST /api/auth/logout",
    "GET /api/auth/sessions/list",
    "POST /api/auth/sessions/end",
    "GET /api/user/details",
    "POST /api/user/update",
    "GET /api/user/picture",
    "PUT /api/user/picture",
    "DELETE /api/user/picture",
    "GET /api/user/accounts/list",
    "POST /api/user/accounts/choose",
    "GET /api/user/invitations/list",
    "POST /api/user/invitations/accept",
    "POST /api/user/invitations/decline",
    "POST /api/account/create",
    "POST /logout/everywhere",
}
REFUSED = {401, 403, 404}


async def test_alice_herself_is_understood(world: World) -> None:
    """Else the others would be refused for what was sent, and not for who they are."""
    wrong = []
    for call in rest_calls(world.site, world.things):
        answer = await world.alice.send(call)
        may = call.name in OPEN | NOT_ALICES
        if not may and answer.status_code in {400, 401, 403, 404, 422}:
            wrong.append(f"{call.name}: {answer.status_code} {answer.text}")
        await world.undo(call)

    assert not wrong, "\n".join(wrong)


async def test_nobody_gets_nothing(world: World) -> None:
    calls = rest_calls(world.site, world.things)

    wrong = [line for call in calls for line in await _outcome(world, world.nobody, call)]
    wrong += await world.changed(world.nobody)

    assert len(calls) > 40
    assert not wrong, "\n".join(wrong)


async def test_who_may_only_look_changes_nothing(world: World) -> None:
    wrong = []
    for call in rest_calls(world.site, world.things):
        answer = await world.victor.send(call)
        wrong += await _changes(world, world.victor, call)
        if answer.status_code >= 500:
            wrong.append(f"{call.name}: {answer.status_code}")
    wrong += await world.changed(world.victor)

    assert not wrong, "\n".join(wrong)


async def test_another_account_gets_nothing_and_foreign_is_like_missing(world: World) -> None:
    wrong = []
    for call in rest_calls(world.site, world.things):
        foreign = await world.mallory.send(call)
        wrong += await _traces(world, world.mallory, call, foreign)
        missing = await world.mallory.send(_of_nothing(call))
        await world.undo(call)
        if _names_something(call) and _said(foreign) != _said(missing):
            wrong.append(f"{call.name}: {_said(foreign)} is not {_said(missing)}")
    wrong += await world.changed(world.mallory)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("way", ["browser", "token", "key"])
async def test_who_was_removed_a_minute_ago_is_stopped(world: World, way: str) -> None:
    wrong = []
    for call in rest_calls(world.site, world.things):
        if way == "browser":
            answer = await world.ruth.send(call)
        else:
            secret = world.ruth.access if way == "token" else world.ruth.key
            answer = await world.ruth.send_with(secret, call)
        wrong += await _traces(world, world.ruth, call, answer)
        may = call.name in OPEN | OF_NEWCOMERS and way != "key"
        if not may and call.name not in OPEN and answer.status_code not in REFUSED:
            wrong.append(f"{call.name}: {answer.status_code} {answer.text[:200]}")
    wrong += await world.changed(world.ruth)

    assert not wrong, "\n".join(wrong)


async def test_an_owners_key_that_may_only_read_changes_nothing(world: World) -> None:
    wrong = []
    for call in rest_calls(world.site, world.things):
        answer = await world.alice.send_with(world.alice.key, call)
        changes = await world.changed(world.nobody)
        if call.name not in OPEN | NOT_ALICES:
            wrong += [f"{call.name}: {c}" for c in changes if not _is_only_noted(call, c)]
        if answer.status_code >= 500:
            wrong.append(f"{call.name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)


def _is_only_noted(call: Call, change: str) -> bool:
    """Return whether something was read and no more: that is noted in places."""
    is_logged = call.name.endswith(("/export", "/receipt")) and change.startswith("audit ")
    return is_logged or "last_used_at" in change


def test_a_route_whose_fields_nobody_knows_fails_with_what_to_add() -> None:
    schema = {"properties": {"colour": {"type": "string"}}, "required": ["colour"]}

    with pytest.raises(Missing, match=r"POST /api/paint takes “colour”.*world\.py"):
        example("POST /api/paint", schema, {})


async def test_every_route_that_is_let_through_is_there(world: World) -> None:
    there = {found.name for found in routes(world.site)}

    assert there >= OPEN | NOT_ALICES | OF_NEWCOMERS


async def _outcome(world: World, caller: Caller, call: Call) -> list[str]:
    answer = await caller.send(call)
    wrong = await _traces(world, caller, call, answer)
    if call.name not in OPEN and answer.status_code not in REFUSED:
        wrong.append(f"{call.name}: {answer.status_code} {answer.text[:200]}")
    return wrong


async def _traces(world: World, caller: Caller, call: Call, answer: httpx.Response) -> list[str]:
    """Return what a call told or changed that it should not have."""
    leaks = world.leaks(answer.text, asked=repr((call.query, call.body)))
    told = [f"{call.name} told {leak}" for leak in leaks]
    changed = await _changes(world, caller, call)
    broken = [f"{call.name}: {answer.status_code}"] if answer.status_code >= 500 else []
    return [*told, *changed, *broken]


async def _changes(world: World, caller: Caller, call: Call) -> list[str]:
    """Return what a call changed. Reading is looked at once, at the end of a test."""
    if call.method == "GET":
        return []
    return [f"{call.name}: {line}" for line in await world.changed(caller)]


def _of_nothing(call: Call) -> Call:
    path = call.path.rsplit("/", 1)[0] + "/made-up" if call.path.startswith("/files/") else ""
    return dataclasses.replace(
        call,
        path=path or call.path,
        query=made_up(call.query),
        body=None if call.body is None else made_up(call.body),
    )


def _names_something(call: Call) -> bool:
    return _of_nothing(call) != call


def _said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text
