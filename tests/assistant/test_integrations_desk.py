"""The card of other services: what it shows, to whom, and what may be pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.accounts.connection import Vendor
from qrev.accounts.models import Actor, Scope
from qrev.assistant.asking import answer
from qrev.assistant.conversation import _command
from qrev.assistant.integrations_cards import CallsView, IntegrationsCard, IntegrationsView
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def rows(world: World, actor: Actor) -> IntegrationsView:
    answered = await answer(world.services.desks, actor, "integrations_list", {})
    assert isinstance(answered.view, IntegrationsView)
    return answered.view


async def test_what_is_not_set_up_is_shown_as_that(world: World, alice: Actor) -> None:
    [hubspot, *_] = (await rows(world, alice)).rows

    assert (hubspot.name, hubspot.state, hubspot.sync) == ("HubSpot", "off", None)


async def test_only_who_manages_the_workspace_is_offered_to_connect_it(
    world: World, alice: Actor, victor: Actor
) -> None:
    program = replace(alice, scopes=frozenset(Scope))

    offered = [(await rows(world, who)).rows[0].may_connect for who in (alice, victor, program)]

    assert offered == [True, False, False]


@pytest.mark.parametrize("name", ["hubspot_pull", "hubspot_push", "hubspot_push_stop"])
async def test_who_may_only_look_presses_nothing(world: World, victor: Actor, name: str) -> None:
    answered = await answer(world.services.desks, victor, name, {})

    assert answered.refusal is not None
    assert answered.refusal.code == "not_allowed"


async def test_what_was_said_about_somebody_is_told_to_every_member(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    addresses = [f"p{n}@pine.test" for n in range(5)]
    note = world.services.call_log.note
    await note(alice.account_id, Vendor.HUBSPOT, "wrote 5 contacts", about=addresses)
    await note(
        alice.account_id,
        Vendor.HUBSPOT,
        "noted a mail",
        about=["p1@pine.test"],
        fields=["hs_email_subject"],
        outcome="HubSpot does not know that any more.",
    )

    asked = {"about": "P1@pine.test"}
    seen = await answer(world.services.desks, victor, "integration_calls", asked)
    foreign = await answer(world.services.desks, mallory, "integration_calls", asked)

    assert isinstance(seen.view, CallsView)
    assert [(r.what, r.fields, r.more, r.outcome) for r in seen.view.rows] == [
        ("noted a mail", "subject", 0, "HubSpot does not know that any more."),
        ("wrote 5 contacts", "", 2, ""),
    ]
    assert foreign.view == CallsView(rows=[], next=None)


def test_the_command_may_name_somebody() -> None:
    assert _command("/integrations") == IntegrationsCard()
    assert _command("/integrations ann@pine.test") == IntegrationsCard(about="ann@pine.test")
