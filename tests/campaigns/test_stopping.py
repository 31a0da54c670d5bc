"""Stop means stop: by link, by a member, in every sequence, at once."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.models import Sequence
from qrev.kit.errors import NotFound
from qrev.kit.signing import Signer
from tests.campaigns.things import a_prospect
from tests.campaigns.world import World
from tests.conftest import ACME, OTHER

pytestmark = pytest.mark.anyio


async def test_an_opt_out_stops_every_step_in_every_sequence(world: World, alice: Actor) -> None:
    spring = await world.planned(alice, people=2, days=(0, 3), name="spring")
    address = spring[0].to
    await world.confirmed(alice, await _sequence_with(world, "autumn", address))

    stopped = await world.stopping.opt_out(world.stopping.link_token(spring[0]))

    assert stopped == address
    statuses = {(m.to == address, m.status.value) for m in await world.messages()}
    assert statuses == {(True, "cancelled"), (False, "held")}
    assert address in await world.suppressions.unreachable(ACME, [address])


async def test_opting_out_twice_and_at_once_is_harmless(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    token = world.stopping.link_token(message)

    answers = await asyncio.gather(*(world.stopping.opt_out(token) for _ in range(4)))

    assert set(answers) == {message.to}
    cancelled = await world.message(message.id)
    assert cancelled is not None
    assert [line.kind for line in cancelled.ledger].count("stop") == 1


async def test_looking_at_the_link_changes_nothing(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)

    asked = await world.stopping.asked(world.stopping.link_token(message))

    assert (asked.email, asked.sender) == (message.to, "Acme")
    assert await world.statuses() == {"held": 1}
    assert await world.suppressions.unreachable(ACME, [asked.email]) == {}


async def test_a_person_who_opted_out_cannot_be_planned_again(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    await world.stopping.opt_out(world.stopping.link_token(message))
    autumn = await _sequence_with(world, "autumn", message.to)

    proposal = await world.proposing.propose(alice, autumn.id)

    assert (proposal.people, proposal.messages) == (0, 0)


async def test_an_address_is_stopped_for_one_workspace_alone(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)

    assert await world.stopping.stop_address(OTHER, message.to, "asked to stop") == 0

    assert await world.statuses() == {"held": 1}
    assert await world.suppressions.unreachable(ACME, [message.to]) == {}


async def test_a_link_as_the_first_mails_had_it_still_works(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    long = Signer("secret", "opt-out").sign(ACME, message.id)

    assert await world.stopping.opt_out(long) == message.to


async def test_a_link_of_another_workspace_finds_nothing(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    token = Signer("secret", "opt-out").sign(OTHER, message.id)

    with pytest.raises(NotFound):
        await world.stopping.opt_out(token)


@pytest.mark.parametrize("signer", [Signer("guessed", "opt-out"), Signer("secret", "sign-in")])
async def test_a_token_signed_by_others_or_for_other_things_is_not_ours(
    world: World, alice: Actor, signer: Signer
) -> None:
    (message,) = await world.planned(alice, people=1)

    with pytest.raises(NotFound):
        await world.stopping.opt_out(signer.sign(ACME, message.id))
    assert await world.statuses() == {"held": 1}


@pytest.mark.parametrize("token", ["", ".", "abc", "a.b", "=.=", "é.é", "a" * 100_000, "[].[]"])
async def test_what_is_no_token_is_not_ours(world: World, token: str) -> None:
    with pytest.raises(NotFound, match="not one of ours"):
        await world.stopping.opt_out(token)


async def test_a_token_of_one_fact_or_three_is_not_ours(world: World) -> None:
    for facts in ((str(ACME),), (str(ACME), "a", "b")):
        with pytest.raises(NotFound):
            await world.stopping.opt_out(Signer("secret", "opt-out").sign(*facts))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=2, max_size=2), st.integers(0, 200), st.integers(1))
def test_a_token_changed_in_one_letter_says_nothing(
    facts: list[str], place: int, other: int
) -> None:
    signer = Signer("secret", "opt-out")
    token = signer.sign(*facts)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    place %= len(token)
    old = letters.index(token[place])
    changed = token[:place] + letters[(old + 1 + other % 64) % 65] + token[place + 1 :]

    assert signer.read(token) == facts
    assert signer.read(changed) in (None, facts)  # the last letter has bits that say nothing


async def test_a_stop_in_one_account_is_not_another_ones_business(
    world: World, alice: Actor
) -> None:
    await world.planned(alice, people=2)

    count = await world.stores.messages.cancel(
        AccountId("third"), reason="theirs", at=world.clock()
    )

    assert count == 0
    assert await world.statuses() == {"held": 2}


async def _sequence_with(world: World, name: str, email: str) -> Sequence:
    """Return a drafted sequence of one person with that address."""
    sequence = await world.a_sequence(people=0, name=name)
    await world.enroll(sequence, [a_prospect(sequence, 7, email=email)])
    return sequence
