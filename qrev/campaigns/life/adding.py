"""Adding people to a campaign, and beginning another one like it."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import replace
from datetime import datetime

from qrev.accounts.models import Actor
from qrev.campaigns.life.desk import OVER
from qrev.campaigns.life.editing import draft_of
from qrev.campaigns.merging import Words, facts_of, for_person, template_of
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Prospect,
    Sequence,
    SequenceStatus,
    StepWords,
    prospect_id,
    sequence_id,
)
from qrev.campaigns.ports import DraftBook, ProspectBook, SequenceBook
from qrev.campaigns.sequences import Intake, Sequences
from qrev.crm.models import Person
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput
from qrev.kit.ids import new_id

MOST = 20_000  # people at once


class Adding:
    def __init__(
        self,
        *,
        sequences: Sequences,
        book: SequenceBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        intake: Intake,
        clock: Clock,
    ) -> None:
        self._sequences = sequences
        self._book = book
        self._prospects = prospects
        self._drafts = drafts
        self._intake = intake
        self._clock = clock

    async def add(self, actor: Actor, sequence_id: str, people: Several[Person]) -> int:
        """Bring people in, with drafts in the words of the campaign. Return how many were new.

        Nothing is planned by it: a Send plans whoever waits, and moves nobody else. Twice is
        harmless. Raises Conflict for a campaign that is over or has no words yet.
        """
        actor.must_be_able_to_change()
        sequence = await self._sequences.get(actor, sequence_id)
        if sequence.status in OVER:
            raise Conflict(f"“{sequence.name}” is over. Duplicate it to write to other people.")
        if len(people) > MOST:
            raise InvalidInput(f"At most {MOST:,} people at once, please.")
        enrolled = await self._prospects.of_sequence(actor.account_id, sequence.id)
        words = await self.words(sequence)
        known = {prospect.person_id for prospect in enrolled}
        last = max((prospect.position for prospect in enrolled), default=0)
        new = [
            _prospect(sequence, person, last + n)
            for n, person in enumerate((p for p in people if p.id not in known), start=1)
        ]
        added = await self._intake.enroll(sequence, new)
        await self._intake.draft(
            [
                draft_of(for_person(each.variants, prospect, each.step), prospect, each.step)
                for prospect in new
                for each in words
            ]
        )
        return added

    async def duplicate(self, actor: Actor, sequence_id: str, *, name: str = "") -> Sequence:
        """Return a new draft with the same steps and words, and nobody in it yet."""
        actor.must_be_able_to_change()
        old = await self._sequences.get(actor, sequence_id)
        words = await self.words(old)
        copy = _copy(old, actor, words, self._clock())
        await self._book.add_if_new(copy)
        return await self._sequences.rename(actor, copy.id, name or f"{old.name[:90]} (copy)")

    async def words(self, sequence: Sequence) -> tuple[StepWords, ...]:
        """Return what each step says, with fields: as it was set for all, else one person's mail
        with fields in the place of their facts.
        """
        chosen = {each.step: each for each in sequence.words}
        if any(step.number not in chosen for step in sequence.steps):
            for step, words in (await self._like_somebodys(sequence)).items():
                chosen.setdefault(step, StepWords(step=step, variants=(words,)))
        if any(step.number not in chosen for step in sequence.steps):
            raise Conflict(
                f"“{sequence.name}” has no words to copy yet. Wait for its drafts, or write the "
                "words of each mail first."
            )
        return tuple(chosen[step.number] for step in sequence.steps)

    async def _like_somebodys(self, sequence: Sequence) -> dict[int, Words]:
        """Return the mails of the first person who has all of them, with fields in them."""
        for prospect in await self._prospects.of_sequence(sequence.account_id, sequence.id):
            found = await self._drafts.of_prospect(sequence.account_id, prospect.id)
            drafts = {draft.step: draft for draft in found if _is_for_all(draft, prospect)}
            if len(drafts) == len(sequence.steps):
                return {
                    step: template_of((draft.subject, draft.body), prospect)
                    for step, draft in drafts.items()
                }
        return {}


def _is_for_all(draft: Draft, prospect: Prospect) -> bool:
    """Return whether fields can take the place of everything it says about this person."""
    known = facts_of(prospect).values()
    said = f"{draft.subject}\n{draft.body}"
    is_whole = draft.status is DraftStatus.READY and not draft.missing
    return is_whole and all(fact.text in known or fact.text not in said for fact in draft.facts)


def _prospect(sequence: Sequence, person: Person, position: int) -> Prospect:
    return Prospect(
        id=prospect_id(sequence.id, person.id),
        account_id=sequence.account_id,
        sequence_id=sequence.id,
        person_id=person.id,
        email=person.email,
        name=person.name,
        company_name=person.company_name,
        job_title=person.job_title,
        timezone=person.timezone,
        country=person.country,
        steps=sequence.steps,
        position=position,
    )


def _copy(old: Sequence, actor: Actor, words: tuple[StepWords, ...], now: datetime) -> Sequence:
    dropbox_id = f"copy_{new_id()}"
    return replace(
        old,
        id=sequence_id(actor.account_id, dropbox_id),
        owner_id=actor.user_id,
        dropbox_id=dropbox_id,
        status=SequenceStatus.DRAFT,
        upload_id=None,
        people=0,
        is_enrolled=True,
        is_drafting=False,
        created_at=now,
        words=words,
    )
