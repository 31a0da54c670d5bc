"""What the log of changes says of orders."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from tests.assistant.test_life import confirmed, order_in, over_the_hold, running, told
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def test_the_log_of_changes_says_what_was_confirmed_and_undone(
    world: World, alice: Actor
) -> None:
    await running(world, alice)
    await over_the_hold(world)
    view = await order_in(world, alice, await told(world, alice, "pause tea"))
    await confirmed(world, alice, view)
    await world.say(alice, "/undo")

    entries = await world.services.audit.page(alice)

    assert [entry.action for entry in entries[:3]] == [
        "campaign.undone",
        "campaign.changed",
        "campaign.sent",
    ]
    assert entries[1].after == {
        "what": "Pause “Tea”",
        "outcome": "4 mails wait until somebody resumes. None had left yet",
    }
