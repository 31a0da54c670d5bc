"""Rules are tried on what left and on what is planned, then kept and followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Role
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.policies import Policy, PolicyKind
from qrev.campaigns.reordering import Reordering
from qrev.campaigns.ruling import Ruling
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.campaigns.world import BOB, HOLD, World
from tests.fakes import FakeAuditBook

pytestmark = pytest.mark.anyio

AFTERNOON = Policy(
    id="",
    kind=PolicyKind.CLOSED,
    weekdays=(1,),
    ends=time(14),
    said="never on Tuesdays before 14",
)
NOBODY_AT = Policy(id="", kind=PolicyKind.NO_DOMAIN, domains=("spring1.test",))
ONE_A_WEEK = Policy(id="", kind=PolicyKind.COMPANY, count=1)


def ruling_of(world: World) -> Ruling:
    s, clock = world.stores, world.clock
    shared: dict[str, Any] = {
        "accounts": s.accounts,
        "rulebooks": s.rulebooks,
        "mailboxes": s.mailboxes,
        "touches": s.touches,
        "clock": clock,
    }
    reordering = Reordering(**shared, messages=s.messages, lateness=s.messages, lease=s.lease)
    return Ruling(
        **shared,
        sequences=s.sequences,
        reordering=reordering,
        audit=Audit(entries=FakeAuditBook(), clock=clock),
    )


async def test_a_change_of_hours_is_tried_before_it_is_kept(world: World, alice: Actor) -> None:
    before = await world.planned(alice, people=4)
    ruling = ruling_of(world)
    late = {"windows": {str(day): [["15:00", "18:00"]] for day in range(5)}}

    trial = await ruling.try_values(alice, late, version=0)

    assert {u.touch.email for u in trial.planned} == {m.to for m in before if m.send_at.hour < 15}
    assert {u.reason for u in trial.planned} == {"outside their working hours"}
    assert trial.looked_at == (4, 0)
    assert await world.messages() == before
    assert (await ruling.books(alice))[0].version == 0


async def test_what_is_planned_follows_what_is_kept(world: World, alice: Actor) -> None:
    await world.planned(alice, people=4, days=(0, 3))
    ruling = ruling_of(world)
    late = {"windows": {str(day): [["15:00", "18:00"]] for day in range(5)}}
    trial = await ruling.try_values(alice, late, version=0)

    await ruling.save_values(alice, late, version=0, hash=trial.hash)

    after = await world.messages()
    assert len(after) == 8
    assert {m.send_at.hour for m in after} <= {15, 16, 17}
    assert any("the rules changed" in m.because for m in after)
    (book,) = await ruling.books(alice)
    assert book.version == 1
    assert (await ruling.try_values(alice, late, version=1)).planned == ()


async def test_a_plan_that_is_shown_is_made_anew_after_a_change(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=2)
    proposal = await world.proposing.propose(alice, sequence.id)

    await ruling_of(world).save_values(alice, {"company_people": 1}, version=0)

    fresh = await world.proposing.preview(alice, proposal.id)
    assert fresh.proposal.id != proposal.id


async def test_of_two_who_change_at_once_the_second_is_told(world: World, alice: Actor) -> None:
    ruling = ruling_of(world)
    await ruling.save_values(alice, {"ceiling": 10}, version=0)

    with pytest.raises(Conflict, match="meanwhile"):
        await ruling.save_values(alice, {"ceiling": 20}, version=0)


async def test_what_changed_since_it_was_shown_is_shown_again(world: World, alice: Actor) -> None:
    ruling = ruling_of(world)
    late = {"windows": {"0": [["15:00", "18:00"]]}}
    trial = await ruling.try_values(alice, late, version=0)
    await world.planned(alice, people=2)

    with pytest.raises(Conflict, match="Look again"):
        await ruling.save_values(alice, late, version=0, hash=trial.hash)

    assert (await ruling.books(alice))[0].version == 0


async def test_while_a_send_is_being_planned_no_rule_changes(world: World, alice: Actor) -> None:
    ruling, now = ruling_of(world), world.clock()
    number = await world.stores.lease.take(alice.account_id, at=now, until=now + HOLD)
    assert number is not None

    with pytest.raises(Conflict, match="Nothing was changed"):
        await ruling.add_policy(alice, ONE_A_WEEK)

    assert (await ruling.books(alice))[0].policies == ()
    await world.stores.lease.give_back(alice.account_id, number)
    await ruling.add_policy(alice, ONE_A_WEEK)
    assert await world.stores.lease.take(alice.account_id, at=now, until=now + HOLD)


async def test_a_rule_is_tried_on_what_left(world: World, alice: Actor) -> None:
    for message in await world.due(alice, people=3):
        assert message.send_at.hour < 14
    await world.sender.send_batch()
    assert await world.statuses() == {"sent": 3}

    trial = await ruling_of(world).try_policy(alice, AFTERNOON)

    assert len(trial.past) == 3
    assert {u.reason for u in trial.past} == {"your rule “never on Tuesdays before 14:00”"}
    assert trial.looked_at == (0, 3)


async def test_a_rule_moves_what_is_planned_and_says_so(world: World, alice: Actor) -> None:
    await world.planned(alice, people=3)

    await ruling_of(world).add_policy(alice, AFTERNOON)

    for message in await world.messages():
        assert message.send_at.hour >= 14
        assert "the rules changed" in message.because


async def test_whom_a_rule_keeps_out_is_taken_back_and_blocked_later(
    world: World, alice: Actor
) -> None:
    await world.planned(alice, people=3)

    await ruling_of(world).add_policy(alice, NOBODY_AT)

    kept_back = [m for m in await world.messages() if m.status is MessageStatus.CANCELLED]
    assert [(m.to, m.reason) for m in kept_back] == [
        ("person1@spring1.test", "your rule “nobody at spring1.test”")
    ]
    later = await world.a_sequence(people=2, name="spring1")  # person0@spring10.test and …11
    proposal = await world.proposing.propose(alice, later.id)
    preview = await world.proposing.preview(alice, proposal.id)
    assert preview.run is not None
    assert preview.run.blocked == ()


async def test_a_domain_that_is_closed_is_not_planned(world: World, alice: Actor) -> None:
    await ruling_of(world).add_policy(alice, NOBODY_AT)
    sequence = await world.a_sequence(people=3)

    proposal = await world.proposing.propose(alice, sequence.id)

    preview = await world.proposing.preview(alice, proposal.id)
    assert preview.run is not None
    (blocked,) = preview.run.blocked
    assert blocked.email == "person1@spring1.test"
    assert blocked.reason == "Kept out by your rule “nobody at spring1.test”."
    assert preview.run.people == 2


async def test_a_rule_can_be_switched_off_on_again_and_removed(world: World, alice: Actor) -> None:
    ruling = ruling_of(world)
    await ruling.add_policy(alice, ONE_A_WEEK)
    (made,) = (await ruling.books(alice))[0].policies

    off = await ruling.switch_policy(alice, made.id, is_on=False)
    on = await ruling.switch_policy(alice, made.id, is_on=True)
    gone = await ruling.remove_policy(alice, made.id)

    assert (made.created_by, made.created_at) == (alice.user_id, world.clock())
    assert [p.is_on for p in off.policies] == [False]
    assert [p.is_on for p in on.policies] == [True]
    assert gone.policies == ()
    with pytest.raises(NotFound):
        await ruling.remove_policy(alice, made.id)


async def test_the_same_rule_twice_and_nonsense_are_refused(world: World, alice: Actor) -> None:
    ruling = ruling_of(world)
    await ruling.add_policy(alice, ONE_A_WEEK)

    with pytest.raises(Conflict, match="in force already"):
        await ruling.add_policy(alice, ONE_A_WEEK)
    with pytest.raises(InvalidInput):
        await ruling.try_policy(alice, replace(ONE_A_WEEK, count=0))


async def test_only_owners_and_admins_set_rules(world: World, victor: Actor) -> None:
    ruling = ruling_of(world)

    for actor in (BOB, victor):
        assert actor.role in (Role.SELLER, Role.VIEWER)
        with pytest.raises(NotAllowed):
            await ruling.save_values(actor, {"ceiling": 10}, version=0)
        with pytest.raises(NotAllowed):
            await ruling.add_policy(actor, ONE_A_WEEK)
    assert (await ruling.books(victor))[0].version == 0


async def test_a_sequence_of_another_workspace_has_no_rules(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence = await world.a_sequence()

    own = await ruling_of(world).save_values(
        alice, {"company_people": 1}, version=0, sequence_id=sequence.id
    )

    assert own.book.values == {"company_people": 1}
    with pytest.raises(NotFound):
        await ruling_of(world).books(mallory, sequence.id)
