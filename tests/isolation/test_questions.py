"""Every question a card can ask, as somebody who should get nothing by it."""

from __future__ import annotations

import json

import pytest

from qrev.assistant.asking import QUESTIONS
from tests.isolation.calls import question_calls
from tests.isolation.examples import made_up
from tests.isolation.world import World

pytestmark = pytest.mark.anyio
# What takes an invitation to whoever asks, which Alice has not, or a mail in doubt, of which she
# has none.
NOT_ALICES = {"invitation_accept", "invitation_decline", "unknown_settle"}


async def test_alice_herself_is_understood(world: World) -> None:
    wrong = []
    for name, payload in question_calls(world.things).items():
        answer = await world.alice.press(name, payload)
        may = name in NOT_ALICES and answer.get("code") == "not_found"
        if not may and not answer["ok"] and answer["code"] != "conflict":
            wrong.append(f"{name}: {answer}")
        await world.changed(world.alice)

    assert not wrong, "\n".join(wrong)


async def test_nobody_gets_nothing(world: World) -> None:
    world.nobody.tab.session_id = world.alice.tab.session_id
    wrong = []
    for name, payload in question_calls(world.things).items():
        answer = await world.nobody.press(name, payload)
        wrong += [f"{name}: {line}" for line in await world.changed(world.nobody)]
        if answer["code"] != "401":
            wrong.append(f"{name}: {answer}")

    assert not wrong, "\n".join(wrong)


async def test_who_may_only_look_changes_nothing(world: World) -> None:
    wrong = []
    for name, payload in question_calls(world.things).items():
        answer = await world.victor.press(name, payload)
        wrong += [f"{name}: {line}" for line in await world.changed(world.victor)]
        if answer.get("code") == "bug":
            wrong.append(f"{name}: {answer}")

    assert not wrong, "\n".join(wrong)


async def test_another_account_gets_nothing_and_foreign_is_like_missing(world: World) -> None:
    wrong = []
    for name, payload in question_calls(world.things).items():
        foreign = await world.mallory.press(name, payload)
        leaks = world.leaks(json.dumps(foreign), asked=json.dumps(payload))
        wrong += [f"{name} told {leak}" for leak in leaks]
        wrong += [f"{name}: {line}" for line in await world.changed(world.mallory)]
        missing = await world.mallory.press(name, made_up(payload))
        await world.changed(world.mallory)
        if foreign != missing and made_up(payload) != payload:  # it names something of Alice's
            wrong.append(f"{name}: {foreign} is not {missing}")

    assert not wrong, "\n".join(wrong)


async def test_another_member_at_alices_session_is_not_let_in(world: World) -> None:
    world.mallory.tab.session_id = world.alice.tab.session_id

    answers = {
        name: (await world.mallory.press(name, payload))["code"]
        for name, payload in question_calls(world.things).items()
    }

    assert set(answers.values()) == {"401"}
    assert not await world.changed(world.mallory)


async def test_who_was_removed_a_minute_ago_is_stopped(world: World) -> None:
    wrong = []
    for name, payload in question_calls(world.things).items():
        answer = await world.ruth.press(name, payload)
        wrong += [f"{name} told {leak}" for leak in world.leaks(json.dumps(answer))]
        wrong += [f"{name}: {line}" for line in await world.changed(world.ruth)]
        if answer["ok"] and not QUESTIONS[name].is_for_newcomers:
            wrong.append(f"{name}: {answer}")

    assert not wrong, "\n".join(wrong)
