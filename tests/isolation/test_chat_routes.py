"""Every route that Chainlit brings along, with Alice's ids, as who should get nothing by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.isolation.calls import Found, walked
from tests.isolation.world import Caller, World

pytestmark = pytest.mark.anyio
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def routes() -> list[Found]:
    from chainlit.server import app

    return list(walked(app.routes, ""))


def things(world: World) -> dict[str, str]:
    """Return what stands in a path, by name: Alice's, where there is such a thing of hers."""
    alice = world.alice.tab
    return {
        "thread_id": alice.thread_id,
        "element_id": next(iter(alice.elements)),
        "file_id": world.things["upload_id"],
        **dict.fromkeys(("provider_id", "avatar_id", "filename", "full_path"), "made-up"),
    }


def body(world: World) -> dict[str, Any]:
    """Return one body that has all that any of them reads, about Alice."""
    alice, named = world.alice.tab, things(world)
    element = {"id": named["element_id"], "forId": "x", "type": "custom", "name": "OutboxCard"}
    return {
        "sessionId": alice.session_id,
        "session_id": alice.session_id,
        "threadId": alice.thread_id,
        "name": "Renamed",
        "isShared": True,
        "action": {"name": "people_page", "payload": {}},
        "pagination": {"first": 20},
        "filter": {"userId": world.alice.user_id, "search": ""},
        "element": {**element, "threadId": alice.thread_id, "props": {}},
        "feedback": {"forId": next(iter(alice.messages)), "value": 1, "strategy": "BINARY"},
        "feedbackId": next(iter(alice.messages)),
    }


async def test_every_name_in_a_path_is_known(world: World) -> None:
    named = {
        name.partition(":")[0]
        for found in routes()
        for name in [part.partition("}")[0] for part in found.path.split("{")[1:]]
    }

    assert not named - set(things(world)), (
        f"Chainlit's routes have {named} in their paths. Add an example of Alice's for the new "
        "ones to `things` in tests/isolation/test_chat_routes.py."
    )
    assert len(routes()) > 30


async def test_alice_herself_reads_and_renames_her_thread(world: World) -> None:
    alice = world.alice
    read = await _sent(alice, Found(method="GET", path="/project/thread/{thread_id}"), world)
    renamed = await _sent(alice, Found(method="PUT", path="/project/thread"), world)

    assert world.leaks(read.text)
    assert renamed.status_code == 200
    assert await world.changed(world.nobody)


@pytest.mark.parametrize("name", ["nobody", "mallory", "victor", "ruth"])
async def test_nobody_else_gets_anything_of_alices_thread(world: World, name: str) -> None:
    caller: Caller = getattr(world, name)
    wrong = []
    for found in routes():
        answer = await _sent(caller, found, world)
        wrong += [f"{found.name} told {leak}" for leak in world.leaks(answer.text)]
        if found.method in CHANGING:
            wrong += [f"{found.name}: {line}" for line in await world.changed(caller)]
    wrong += await world.changed(caller)

    assert not wrong, "\n".join(wrong)


async def _sent(caller: Caller, found: Found, world: World) -> httpx.Response:
    named: Mapping[str, str] = things(world)
    path = found.path
    for name, value in named.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        path = path.replace(f"{{{name}:str}}", value)
    cookies = dict(caller.tab.http.cookies)
    async with httpx.AsyncClient(
        base_url=world.base, cookies=cookies, headers={"Origin": world.base}, verify=False
    ) as browser:
        return await browser.request(
            found.method,
            path,
            params={"session_id": world.alice.tab.session_id},
            json=body(world) if found.method in CHANGING else None,
        )
