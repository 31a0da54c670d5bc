"""Send, from the press to the card, and Confirm: services on the embedded database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bench import planning
from bench.house import House, a_house
from bench.measuring import Measured, rounded
from bench.operations import STEPS, a_sequence
from bench.world import MONDAY
from qrev.accounts.models import Actor
from qrev.assistant.requests import ProposalAsked, SequenceAsked
from qrev.campaigns.models import Proposal, ProposalState
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.messages import MongoMessages
from qrev.campaigns.store.proposals import MongoProposalBook

PEOPLE = 10_000
WRITE_TARGET = 8.0  # seconds, for the 40,000 messages of 10,000 people
CARD_TARGET = 2.5
WHAT_IF_TARGET = 2.0
HIGHER_CAP = 40


def write_40k_s(*, people: int = PEOPLE) -> Measured:
    """Write the plan of 10,000 people, 4 steps each, until it is applied.

    `before_s` is what a Confirm does until then: it keeps the drafts still and looks again at
    everything the plan was made from, words included.
    """
    return asyncio.run(_write(people))


def dry_run_card_s(*, people: int = PEOPLE) -> Measured:
    """Press Send for 10,000 people: until its card has the plan to show, first page and figures.

    `first_part_s` is when the card itself is there, with what is planned and how far it is.
    """
    return asyncio.run(_card(people))


def what_if_s(*, people: int = PEOPLE) -> Measured:
    """Plan 10,000 people once more, as if each mailbox might send 40 a day."""
    return asyncio.run(_what_if(people))


async def _write(people: int) -> Measured:
    async with _proposed(people) as (house, actor, proposal):
        account_id, book = actor.account_id, MongoProposalBook(house.database)
        began = time.perf_counter()
        await MongoDraftBook(house.database).lock(account_id, proposal.sequence_id, until=MONDAY)
        preview = await house.services.proposing.preview(actor, proposal.id)
        words = await house.services.gathering.words(preview.sequence)
        before = time.perf_counter() - began
        if preview.run is None:
            raise RuntimeError("The plan was decided before it was measured.")
        await book.move(
            account_id,
            proposal.id,
            before=ProposalState.OPEN,
            after=ProposalState.CONFIRMED,
            at=MONDAY,
            by=actor.user_id,
        )
        confirmed = replace(proposal, confirmed_at=MONDAY, confirmed_by=actor.user_id)
        began = time.perf_counter()
        await house.services.enacting.enact(confirmed, preview.inputs, preview.run, words)
        value = time.perf_counter() - began
        written, _ = await MongoMessages(house.database).written(account_id, proposal.id)
        done = await book.get(account_id, proposal.id)
    is_done = done is not None and done.state is ProposalState.APPLIED
    return Measured(
        value=value,
        unit="s",
        target=WRITE_TARGET,
        is_ok=is_done and written == proposal.messages and value < WRITE_TARGET,
        more={"messages": written, "before_s": rounded(before)},
    )


async def _card(people: int) -> Measured:
    async with a_house() as house:
        actor = await _alice(house)
        sequence = await a_sequence(house, actor, people)
        began = time.perf_counter()
        desk = house.services.desks.sending
        proposal = await desk.sequence_send(actor, SequenceAsked(sequence_id=sequence.id))
        begun = time.perf_counter() - began
        view = await desk.proposal_get(actor, ProposalAsked(proposal_id=proposal.id))
        value = time.perf_counter() - began
    plan_alone = planning.plan_10k_s(people=people).value
    return Measured(
        value=value,
        unit="s",
        target=CARD_TARGET,
        is_ok=value < CARD_TARGET and view.messages == people * len(STEPS),
        more={
            "messages": view.messages,
            "first_part_s": rounded(begun),
            "plan_10k_s": rounded(plan_alone),  # on the same machine, a moment later
        },
    )


async def _what_if(people: int) -> Measured:
    async with _proposed(people) as (house, actor, proposal):
        questions = await house.services.proposing.questions(actor, proposal.id)
        began = time.perf_counter()
        answer = questions.with_cap(HIGHER_CAP)
        value = time.perf_counter() - began
    return Measured(
        value=value,
        unit="s",
        target=WHAT_IF_TARGET,
        is_ok=value < WHAT_IF_TARGET and f"{proposal.messages:,}" in answer.text,
        more={"messages": proposal.messages, "answer": answer.text},
    )


@asynccontextmanager
async def _proposed(people: int) -> AsyncIterator[tuple[House, Actor, Proposal]]:
    async with a_house() as house:
        actor = await _alice(house)
        sequence = await a_sequence(house, actor, people)
        yield house, actor, await house.services.proposing.propose(actor, sequence.id)


async def _alice(house: House) -> Actor:
    actor = await house.services.accounts.sign_in("alice@acme.test", "Alice")
    await house.services.accounts.save_postal_address(actor, "1 Main Street\n12345 Town")
    return actor
