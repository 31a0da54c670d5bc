"""How often Confirm asks the database, whatever it costs: this is what grows on a real network."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from bench.house import House, a_house
from bench.measuring import Measured, rounded
from bench.world import DAYS, MAILBOXES, MONDAY, Somebody, somebodies
from qrev.accounts.models import Actor
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Mailbox,
    ProposalState,
    Prospect,
    Sequence,
    SequenceStatus,
    Step,
    message_id,
    prospect_id,
)
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.sequences import MongoSequenceBook

TARGET = 6.0  # operations per 1,000 messages
SIZES = (1000, 4000)  # people
STEPS = tuple(
    Step(number=number, delay=timedelta(days=day)) for number, day in enumerate(DAYS, start=1)
)


class Counting(CommandListener):
    """Counts commands by name. The driver's own small talk is never published."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def started(self, event: CommandStartedEvent) -> None:
        self.counts[event.command_name] += 1

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing more to count."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing more to count."""


def plan_db_ops_per_1000(*, sizes: tuple[int, int] = SIZES) -> Measured:
    """Confirm 1,000 and 4,000 people, 4 steps each: a bigger list may not cost more per mail."""
    small, large = (asyncio.run(_counted(people)) for people in sizes)
    messages = [people * len(STEPS) for people in sizes]
    totals = [counts.total() for counts in (small, large)]
    at_small, value = (1000 * n / m for n, m in zip(totals, messages, strict=True))
    added = 1000 * (totals[1] - totals[0]) / (messages[1] - messages[0])
    return Measured(
        value=value,
        unit="operations per 1,000 messages",
        target=TARGET,
        is_ok=value <= TARGET and value <= at_small,
        more={
            "messages": messages,
            "operations": totals,
            "at_the_smaller_size": rounded(at_small),
            "per_1000_more": rounded(added),
            "commands": dict(large.most_common()),
        },
    )


async def _counted(people: int) -> Counter[str]:
    """Return the commands of one Confirm for that many people, on a database of its own."""
    listener = Counting()
    async with a_house([listener]) as house:
        actor = await house.services.accounts.sign_in("alice@acme.test", "Alice")
        await house.services.accounts.save_postal_address(actor, "1 Main Street\n12345 Town")
        sequence = await a_sequence(house, actor, people)
        proposal = await house.services.proposing.propose(actor, sequence.id)
        listener.counts.clear()
        done = await house.services.proposing.confirm(actor, proposal.id, proposal.hash)
        counts = Counter(listener.counts)
    if (done.state, done.messages) != (ProposalState.APPLIED, people * len(STEPS)):
        raise RuntimeError(f"{done.messages} messages are {done.state}, not all planned.")
    return counts


async def a_sequence(house: House, actor: Actor, people: int) -> Sequence:
    """Return a sequence that is drafted and ready to be sent, written as the stores write it."""
    sequence = Sequence(
        id="s1",
        account_id=actor.account_id,
        owner_id=actor.user_id,
        dropbox_id="ai-s1",
        conversation_id="c1",
        name="Spring",
        steps=STEPS,
        status=SequenceStatus.DRAFT,
        upload_id=None,
        people=people,
        is_enrolled=True,
        is_drafting=False,
        created_at=MONDAY,
    )
    await MongoSequenceBook(house.database).add_if_new(sequence)
    prospects = [_a_prospect(sequence, each) for each in somebodies(people)]
    await MongoProspectBook(house.database).add_if_new(prospects)
    drafts = [draft for prospect in prospects for draft in _drafts(prospect)]
    await MongoDraftBook(house.database).add_if_new(drafts)
    mailboxes = MongoMailboxes(house.database)
    for number in range(MAILBOXES):
        await mailboxes.add_if_new(_a_mailbox(actor, number))
    return sequence


def _a_prospect(sequence: Sequence, each: Somebody) -> Prospect:
    person_id = f"per_{each.number}"
    return Prospect(
        id=prospect_id(sequence.id, person_id),
        account_id=sequence.account_id,
        sequence_id=sequence.id,
        person_id=person_id,
        email=each.email,
        name=each.name,
        company_name=each.company,
        job_title=each.title,
        timezone=each.zone,
        country=each.country,
        steps=STEPS,
        position=each.number,
    )


def _drafts(prospect: Prospect) -> Iterator[Draft]:
    for step in STEPS:
        yield Draft(
            id=message_id(prospect.id, step.number),
            account_id=prospect.account_id,
            sequence_id=prospect.sequence_id,
            prospect_id=prospect.id,
            step=step.number,
            subject=f"A question about {prospect.company_name}",
            body=f"Hi {prospect.name},\n\n{'A sentence about what we offer. ' * 12}\n\nAlice",
            facts=(),
            missing=(),
            status=DraftStatus.READY,
            reason="",
            version=1,
        )


def _a_mailbox(actor: Actor, number: int) -> Mailbox:
    return Mailbox(
        id=f"m{number}",
        account_id=actor.account_id,
        email=f"alice{number}@acme.test",
        name="Alice",
        channel="outbox",
        timezone="Europe/Berlin",
        cap=50,
        ramp_started_on=None,
    )
