"""Making a sequence, enrolling people in it, taking in its drafts, stopping it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from qrev.accounts.models import Actor
from qrev.campaigns.models import (
    Draft,
    DraftCounts,
    MessageCounts,
    Prospect,
    Sequence,
    SequenceStatus,
    Step,
    sequence_id,
)
from qrev.campaigns.ports import DraftBook, Messages, ProspectBook, SequenceBook
from qrev.crm.meetings import MeetingBook
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound

MAX_STEPS = 12
MAX_NAME = 100
PAGE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSequence:
    """What the assistant asks for. `dropbox_id` is the AI server's name for it.

    `step_ids` are its names for the steps; none where it has none of its own.
    """

    dropbox_id: str
    name: str
    steps: tuple[Step, ...]
    upload_id: str | None
    conversation_id: str
    step_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A sequence and how far it got."""

    sequence: Sequence
    counts: MessageCounts
    booked: int = 0  # people with whom a call was booked


class Sequences:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        messages: Messages,
        clock: Clock,
        meetings: MeetingBook | None = None,
    ) -> None:
        self._meetings = meetings
        self._sequences = sequences
        self._prospects = prospects
        self._drafts = drafts
        self._messages = messages
        self._clock = clock

    async def create(self, actor: Actor, new: NewSequence) -> Sequence:
        """Return the sequence, made now or by an earlier delivery of the same answer."""
        actor.must_be_able_to_change()
        if not 1 <= len(new.steps) <= MAX_STEPS:
            raise InvalidInput(f"A sequence has 1 to {MAX_STEPS} steps; this has {len(new.steps)}.")
        sequence = Sequence(
            id=sequence_id(actor.account_id, new.dropbox_id),
            account_id=actor.account_id,
            owner_id=actor.user_id,
            dropbox_id=new.dropbox_id,
            conversation_id=new.conversation_id,
            name=new.name,
            steps=new.steps,
            status=SequenceStatus.DRAFT,
            upload_id=new.upload_id,
            people=0,
            is_enrolled=False,
            is_drafting=True,
            created_at=self._clock(),
            step_ids=new.step_ids,
        )
        await self._sequences.add_if_new(sequence)
        return await self.get(actor, sequence.id)

    async def get(self, actor: Actor, sequence_id: str) -> Sequence:
        """Return one of the actor's sequences. Raises NotFound, for another account's as well."""
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        return sequence

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None = None
    ) -> list[Overview]:
        """Return up to 25, the newest first, with their numbers (three queries)."""
        found = await self._sequences.page(actor.account_id, before=before, limit=PAGE)
        return await self._with_numbers(actor, found)

    async def overview(self, actor: Actor, sequence_id: str) -> Overview:
        """Return one sequence with its numbers."""
        sequence = await self.get(actor, sequence_id)
        [found] = await self._with_numbers(actor, [sequence])
        return found

    async def _with_numbers(self, actor: Actor, found: list[Sequence]) -> list[Overview]:
        ids = [sequence.id for sequence in found]
        counts = await self._messages.counts(actor.account_id, ids)
        booked: Mapping[str, int] = {}
        if self._meetings is not None and ids:
            booked = await self._meetings.booked(actor.account_id, ids)
        return [
            Overview(
                sequence=sequence,
                counts=counts.get(sequence.id, MessageCounts()),
                booked=booked.get(sequence.id, 0),
            )
            for sequence in found
        ]

    async def progress(self, sequence: Sequence) -> DraftCounts:
        """Return how many of its drafts are there."""
        return await self._drafts.count(sequence.account_id, sequence.id)

    async def rename(self, actor: Actor, sequence_id: str, name: str) -> Sequence:
        """Give a sequence another name. Raises InvalidInput."""
        actor.must_be_able_to_change()
        sequence = await self.get(actor, sequence_id)
        name = " ".join(name.split())
        if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
            raise InvalidInput(f"A name has 1 to {MAX_NAME} characters, on one line.")
        await self._sequences.change(actor.account_id, sequence.id, name=name)
        return await self.get(actor, sequence.id)


class Intake:
    """Takes in what the AI server found and wrote. Everything twice is harmless."""

    def __init__(
        self, *, sequences: SequenceBook, prospects: ProspectBook, drafts: DraftBook
    ) -> None:
        self._sequences = sequences
        self._prospects = prospects
        self._drafts = drafts

    async def enroll(self, sequence: Sequence, prospects: Collection[Prospect]) -> int:
        """Return how many were new to the sequence."""
        added = await self._prospects.add_if_new(prospects)
        people = await self._prospects.count(sequence.account_id, sequence.id)
        await self._sequences.change(sequence.account_id, sequence.id, people=people)
        return added

    async def enrolled(self, sequence: Sequence) -> Mapping[str, Prospect]:
        """Return the sequence's prospects by address."""
        found = await self._prospects.of_sequence(sequence.account_id, sequence.id)
        return {prospect.email: prospect for prospect in found}

    async def draft(self, drafts: Collection[Draft]) -> int:
        """Return how many of these drafts were new."""
        return await self._drafts.add_if_new(drafts)

    async def settle(self, sequence: Sequence, *, is_last: bool) -> tuple[DraftCounts, bool]:
        """Return how many drafts there are, and whether the drafting ended just now.

        It ends when every prospect has one for each step, or when the AI server says that was
        the last: what never came is then shown as never drafted instead of waited for.
        """
        counts = await self._drafts.count(sequence.account_id, sequence.id)
        people = await self._prospects.count(sequence.account_id, sequence.id)
        expected = people * len(sequence.steps)
        is_complete = sequence.is_enrolled and counts.ready + counts.failed >= expected
        if not (is_last or is_complete):
            return counts, False
        ended = await self._sequences.change(
            sequence.account_id, sequence.id, people=people, is_drafting=False
        )
        return counts, ended

    async def all_enrolled(self, sequence: Sequence) -> None:
        """Note that every prospect has arrived."""
        await self._sequences.change(sequence.account_id, sequence.id, is_enrolled=True)
