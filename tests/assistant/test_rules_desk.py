"""The cards of the sending rules: what is in force, what a change means, and who may make it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import rules_cards as asked
from qrev.assistant.cards import TextCard
from qrev.assistant.contract import ProposalAction
from qrev.assistant.requests import ConfirmAsked, ProposalAsked
from qrev.assistant.rules_cards import DefaultsCard, DefaultsView, RuleCard
from qrev.assistant.rules_desk import RulesDesk
from qrev.campaigns.policies import PolicyKind
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.assistant.asking import a_plan, desk_of
from tests.assistant.world import World

pytestmark = pytest.mark.anyio

FRIDAYS = asked.RuleAsked(
    rule=PolicyKind.CLOSED, weekdays=[4], begins="14:00", said="never on Fridays after 14"
)


def rules_of(world: World) -> RulesDesk:
    return world.services.desks.rules


def values_in(view: DefaultsView) -> dict[str, Any]:
    return {setting.name: setting.value for setting in view.settings}


async def a_confirmed_plan(world: World, alice: Actor) -> str:
    """Return the sequence of a Send that was confirmed: two people, two mails each."""
    sequence_id, proposal_id = await a_plan(world, alice)
    desk = desk_of(world)
    view = await desk.proposal_get(alice, ProposalAsked(proposal_id=proposal_id))
    await desk.proposal_confirm(alice, ConfirmAsked(proposal_id=proposal_id, hash=view.hash))
    return sequence_id


async def test_every_setting_is_shown_with_its_reason(world: World, victor: Actor) -> None:
    view = await rules_of(world).defaults_get(victor, asked.DefaultsAsked())

    assert (view.version, view.subject, view.may_change) == (0, "", False)
    assert {s.kind for s in view.settings} == {"number", "switch", "windows"}
    assert all(s.reason and s.source and s.value == s.default for s in view.settings)
    assert not any(s.is_own for s in view.settings)


async def test_hours_are_tried_then_saved_and_planned_mails_follow(
    world: World, alice: Actor
) -> None:
    await a_confirmed_plan(world, alice)
    desk = rules_of(world)
    values = values_in(await desk.defaults_get(alice, asked.DefaultsAsked()))
    values["windows"] = {str(day): [["15:00", "18:00"]] for day in range(5)}
    change = asked.DefaultsTryAsked(values=values, version=0)

    trial = await desk.defaults_try(alice, change)
    save = asked.DefaultsSaveAsked(values=values, version=0, hash=trial.hash)
    saved = await desk.defaults_save(alice, save)

    assert (trial.planned_of, trial.dropped) == (4, 0)
    assert 0 < trial.planned == len(trial.rows)
    assert trial.rows[0].reason == "outside their working hours"
    assert saved.version == 1
    assert [s.name for s in saved.settings if s.is_own] == ["windows", "hold_minutes"]
    again = asked.DefaultsTryAsked(values=values, version=1)
    assert (await desk.defaults_try(alice, again)).planned == 0


async def test_a_longer_wait_after_confirm_is_how_long_undo_takes_back_all(
    world: World, alice: Actor
) -> None:
    desk = rules_of(world)
    before = await desk.defaults_get(alice, asked.DefaultsAsked())
    values = {**values_in(before), "hold_minutes": 30}
    await desk.defaults_save(alice, asked.DefaultsSaveAsked(values=values, version=0))

    _, proposal_id = await a_plan(world, alice)
    plan = ProposalAsked(proposal_id=proposal_id)
    shown = await desk_of(world).proposal_get(alice, plan)
    confirm = ConfirmAsked(proposal_id=proposal_id, hash=shown.hash)
    done = await desk_of(world).proposal_confirm(alice, confirm)

    assert values_in(before)["hold_minutes"] == 2
    assert shown.hold_seconds == 1800
    assert shown.first_at is not None
    assert shown.first_at >= world.clock() + timedelta(minutes=30)
    assert done.undo_until == world.clock() + timedelta(minutes=30)
    world.clock.advance(minutes=20)
    held = await world.services.proposals.held(alice)
    assert held is not None
    world.clock.advance(minutes=11)
    assert await world.services.proposals.held(alice) is None


async def test_a_sequence_has_rules_of_its_own(world: World, alice: Actor) -> None:
    sequence_id = await world.a_drafted_campaign(alice)
    desk = rules_of(world)
    save = asked.DefaultsSaveAsked(values={"company_people": 1}, version=0, sequence_id=sequence_id)

    view = await desk.defaults_save(alice, save)

    assert (view.subject, view.sequence_id) == ("Tea", sequence_id)
    by_name = {s.name: s for s in view.settings}
    assert (by_name["company_people"].value, by_name["company_people"].default) == (1, 2)
    assert "ceiling" not in by_name
    whole = await desk.defaults_get(alice, asked.DefaultsAsked())
    assert not any(s.is_own for s in whole.settings)


async def test_a_rule_that_was_said_is_shown_and_counts_once_it_is_confirmed(
    world: World, alice: Actor
) -> None:
    said: dict[str, Any] = {"rule": "closed", "weekdays": [4], "begins": "14:00"}
    action = ProposalAction(kind="sending_rule", arguments=said)

    (card,) = await world.say(alice, "never on Fridays after 14", action)

    assert isinstance(card, RuleCard)
    desk = rules_of(world)
    tried = await desk.rule_try(alice, card.rule)
    assert (tried.sentence, tried.is_on) == ("never on Fridays after 14:00", False)
    confirm = asked.RuleConfirmAsked(**card.rule.model_dump(), hash=tried.hash)
    kept = await desk.rule_confirm(alice, confirm)
    again = await desk.rule_try(alice, card.rule)
    assert kept.is_on
    assert (again.is_on, again.policy_id) == (True, kept.policy_id)
    (policy,) = (await desk.defaults_get(alice, asked.DefaultsAsked())).policies
    assert (policy.sentence, policy.is_on) == ("never on Fridays after 14:00", True)


async def test_a_rule_is_switched_off_and_removed(world: World, alice: Actor) -> None:
    desk = rules_of(world)
    kept = await desk.rule_confirm(alice, asked.RuleConfirmAsked(**FRIDAYS.model_dump()))

    off = await desk.rule_switch(
        alice, asked.PolicySwitchAsked(policy_id=kept.policy_id, is_on=False)
    )
    gone = await desk.rule_remove(alice, asked.PolicyAsked(policy_id=kept.policy_id))

    assert [policy.is_on for policy in off.policies] == [False]
    assert gone.policies == []
    with pytest.raises(NotFound):
        await desk.rule_remove(alice, asked.PolicyAsked(policy_id=kept.policy_id))


async def test_a_rule_nobody_can_read_shows_the_rules_in_force(world: World, alice: Actor) -> None:
    action = ProposalAction(kind="sending_rule", arguments={"rule": "weather"})

    words, card = await world.say(alice, "never when it rains", action)

    assert isinstance(words, TextCard)
    assert "did not understand" in words.text
    assert card == DefaultsCard()


async def test_a_mailboxs_cap_zone_and_ramp_are_set(world: World, alice: Actor) -> None:
    await a_plan(world, alice)
    desk = rules_of(world)
    (sender,) = (await desk.defaults_get(alice, asked.DefaultsAsked())).senders

    view = await desk.sender_save(
        alice,
        asked.SenderSaveAsked(mailbox_id=sender.id, cap=40, timezone="Asia/Tokyo", is_warmed=False),
    )

    (changed,) = view.senders
    assert (sender.cap, sender.is_warmed, sender.today) == (30, True, 30)
    assert (changed.cap, changed.timezone, changed.is_warmed, changed.today) == (
        40,
        "Asia/Tokyo",
        False,
        5,
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cap": 51}, "Mails a day"),
        ({"cap": -1}, "Mails a day"),
        ({"timezone": "Mars"}, "Time zone"),
    ],
)
async def test_what_a_mailbox_cannot_have_is_refused_by_name(
    world: World, alice: Actor, change: dict[str, Any], named: str
) -> None:
    await a_plan(world, alice)
    desk = rules_of(world)
    (sender,) = (await desk.defaults_get(alice, asked.DefaultsAsked())).senders

    with pytest.raises(InvalidInput, match=named):
        await desk.sender_save(alice, asked.SenderSaveAsked(mailbox_id=sender.id, **change))


async def test_old_and_foreign_things_are_refused(
    world: World, alice: Actor, victor: Actor
) -> None:
    desk = rules_of(world)
    await desk.defaults_save(alice, asked.DefaultsSaveAsked(values={"ceiling": 9}, version=0))

    with pytest.raises(Conflict):
        await desk.defaults_save(alice, asked.DefaultsSaveAsked(values={}, version=0))
    with pytest.raises(NotFound):
        await desk.sender_save(alice, asked.SenderSaveAsked(mailbox_id="nobody's", cap=1))
    with pytest.raises(NotAllowed):
        await desk.rule_try(victor, FRIDAYS)
    with pytest.raises(InvalidInput, match="no time of day"):
        await desk.rule_try(alice, FRIDAYS.model_copy(update={"begins": "late"}))
