"""A plan is questioned while it is shown, and while it runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.inquiring import Inquiring, Inquiry, Kind, people_meant
from qrev.campaigns.models import Sequence, message_id
from qrev.campaigns.questions import Answer, Someone
from qrev.kit.errors import InvalidInput, NotFound
from tests.campaigns.things import a_mailbox, a_prospect
from tests.campaigns.world import World

pytestmark = pytest.mark.anyio


def inquiring_of(world: World) -> Inquiring:
    s = world.stores
    return Inquiring(
        proposing=world.proposing,
        gathering=world.gathering,
        sequences=s.sequences,
        proposals=s.proposals,
        messages=s.messages,
        touches=s.touches,
        clock=world.clock,
    )


async def ask(world: World, actor: Actor, kind: Kind, **asked: object) -> Answer:
    inquiring = inquiring_of(world)
    inquiry = Inquiry(kind=kind, conversation_id="conversation")
    return await inquiring.answer(actor, replace(inquiry, **asked))  # type: ignore[arg-type]


async def a_shown_plan(world: World, alice: Actor, *, people: int = 4) -> Sequence:
    sequence = await world.a_sequence(people=people, days=(0, 3))
    await world.proposing.propose(alice, sequence.id)
    return sequence


async def test_what_was_talked_about_last_is_what_is_asked_about(
    world: World, alice: Actor
) -> None:
    await a_shown_plan(world, alice)

    friday = await ask(world, alice, Kind.WHO_ON, day="friday")

    assert friday.text == "4 mails to 4 people leave on Friday 6 March 2026."
    assert {row.step for row in friday.rows} == {2}
    assert friday.timezone == "UTC"


async def test_after_send_the_stored_plan_equals_the_dry_run_message_by_message(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=40, days=(0, 3, 7))
    proposal = await world.proposing.propose(alice, sequence.id)
    shown = await world.proposing.preview(alice, proposal.id)
    assert shown.run is not None

    await world.proposing.confirm(alice, proposal.id, proposal.hash)

    planned = {
        (message_id(m.prospect_id, m.step), m.mailbox_id, m.send_at, str(m.because))
        for m in shown.run.messages
    }
    kept = {(m.id, m.mailbox_id, m.send_at, m.because) for m in await world.messages()}
    assert len(planned) == 120
    assert kept == planned


async def test_a_running_sequence_answers_as_its_plan_did(world: World, alice: Actor) -> None:
    sequence = await a_shown_plan(world, alice)
    asked: list[tuple[Kind, dict[str, object]]] = [
        (Kind.WHO_ON, {"day": "friday"}),
        (Kind.FIRST, {}),
        (Kind.LAST, {}),
        (Kind.DONE_BY, {"day": "thursday"}),
        (Kind.WHY, {"person": "person1@spring1.test"}),
    ]
    before = [await ask(world, alice, kind, **more) for kind, more in asked]
    (proposal, *_) = await world.stores.proposals.of_sequence(alice.account_id, sequence.id)

    await world.proposing.confirm(alice, proposal.id, proposal.hash)

    assert [await ask(world, alice, kind, **more) for kind, more in asked] == before


async def test_a_running_sequence_is_planned_anew_for_a_what_if(world: World, alice: Actor) -> None:
    await world.a_mailbox(a_mailbox("mbx_two", email="two@acme.test", cap=2))
    await world.planned(alice, people=6, days=(0, 3))
    before = await world.messages()

    with_less = await ask(world, alice, Kind.WITH_CAP, cap=1)
    without = await ask(world, alice, Kind.WITHOUT, mailbox="two@acme.test")

    assert with_less.text.startswith("With 1 mail a day for each mailbox the last of 12 would")
    assert "later than now" in with_less.text
    assert without.text.startswith("two@acme.test has ")
    assert await world.messages() == before


async def test_several_people_of_one_name_are_named_instead(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0)
    twins = [replace(a_prospect(sequence, n), name="Anna Lee") for n in range(2)]
    await world.enroll(sequence, twins)
    await world.proposing.propose(alice, sequence.id)

    answer = await ask(world, alice, Kind.WHY, person="Anna")

    assert answer.text.startswith("Several people may be meant: Anna Lee (person0@spring0.test)")
    one = await ask(world, alice, Kind.WHY, person="person1@spring1.test")
    assert one.text == "Anna Lee gets 1 mail."


async def test_words_that_mean_nothing_here_are_told_so(world: World, alice: Actor) -> None:
    await a_shown_plan(world, alice)

    with pytest.raises(InvalidInput, match="which day"):
        await ask(world, alice, Kind.WHO_ON, day="someday")
    with pytest.raises(NotFound, match="Nobody called"):
        await ask(world, alice, Kind.WHY, person="Zoe")
    with pytest.raises(NotFound, match=r"alice@acme\.test"):
        await ask(world, alice, Kind.WITHOUT, mailbox="Zoe")
    with pytest.raises(InvalidInput, match="how many"):
        await ask(world, alice, Kind.WITH_CAP)


async def test_my_mailbox_is_mine(world: World, alice: Actor) -> None:
    await a_shown_plan(world, alice)

    answer = await ask(world, alice, Kind.WITHOUT, mailbox="my")

    assert answer.text.startswith("Without alice@acme.test nothing leaves")


async def test_nothing_planned_and_anothers_plan_are_the_same_nothing(
    world: World, alice: Actor, mallory: Actor
) -> None:
    with pytest.raises(NotFound, match="no plan"):
        await ask(world, alice, Kind.LAST)
    sequence = await a_shown_plan(world, alice)
    (proposal,) = await world.stores.proposals.of_sequence(alice.account_id, sequence.id)

    for asked in ({}, {"sequence_id": sequence.id}, {"proposal_id": proposal.id}):
        with pytest.raises(NotFound):
            await ask(world, mallory, Kind.LAST, **asked)


def test_an_address_is_better_than_a_name_and_a_whole_name_than_a_part() -> None:
    people = {
        "1": Someone("Anna", "x@y.test"),
        "2": Someone("Anna Lee", "anna@y.test"),
        "3": Someone("Lee Anna Berg", "b@y.test"),
    }

    assert people_meant("ANNA", people) == ["1"]
    assert people_meant("lee anna", people) == ["2", "3"]
    assert people_meant("anna@y.test", people) == ["2"]
    assert people_meant("b", people) == ["3"]
    assert people_meant(" ", people) == []
