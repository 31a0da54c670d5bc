"""API keys, as their card asks for them."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.keys_cards import KeysCard, KeysView, NewKeyView
from qrev.assistant.questions import Answered
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def ask(world: World, actor: Actor, question: str, **payload: object) -> Answered:
    return await answer(world.services.desks, actor, question, payload)


async def made(world: World, actor: Actor, **payload: object) -> NewKeyView:
    asked = {"name": "Export", "scopes": ["read"], **payload}
    answered = await ask(world, actor, "key_create", **asked)
    assert isinstance(answered.view, NewKeyView), answered
    return answered.view


async def listed(world: World, actor: Actor) -> KeysView:
    answered = await ask(world, actor, "keys_page")
    assert isinstance(answered.view, KeysView), answered
    return answered.view


async def test_a_secret_is_shown_once(world: World, alice: Actor) -> None:
    new = await made(world, alice, scopes=["write"], days=30)

    view = await listed(world, alice)

    assert view.rows == [new.key]
    assert new.secret.startswith(new.key.hint)
    assert new.secret not in view.model_dump_json()
    assert new.key.scopes == ["Read", "Write"]
    assert new.key.expires_at is not None


async def test_a_key_that_is_over_says_so(world: World, alice: Actor) -> None:
    await made(world, alice, days=1)

    world.clock.advance(days=1)

    assert [row.is_expired for row in (await listed(world, alice)).rows] == [True]


async def test_a_revoked_key_is_gone_and_in_the_log(world: World, alice: Actor) -> None:
    key_id = (await made(world, alice)).key.id

    await ask(world, alice, "key_revoke", key_id=key_id)
    again = await ask(world, alice, "key_revoke", key_id=key_id)

    assert (await listed(world, alice)).rows == []
    assert again.refusal is not None
    assert again.refusal.code == "not_found"


async def test_a_viewer_is_offered_what_their_role_allows(world: World, victor: Actor) -> None:
    view = await listed(world, victor)
    refused = await ask(world, victor, "key_create", name="x", scopes=["manage"])

    assert [c.scope for c in view.choices if c.is_allowed] == ["read"]
    assert not view.sees_all
    assert refused.refusal is not None
    assert refused.refusal.code == "not_allowed"


async def test_others_keys_are_seen_by_owners_and_revoked_by_nobody_else(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    key_id = (await made(world, alice)).key.id
    await made(world, victor)

    for stranger in (victor, mallory):
        refused = await ask(world, stranger, "key_revoke", key_id=key_id)
        assert refused.refusal is not None
        assert refused.refusal.code == "not_found"

    assert len((await listed(world, alice)).rows) == 2
    assert [row.is_own for row in (await listed(world, victor)).rows] == [True]
    assert (await listed(world, mallory)).rows == []


async def test_the_keys_are_a_command(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/keys") == [KeysCard()]
