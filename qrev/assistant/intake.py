"""Taking in what the AI server laid into the drop box: twice, late, or half-way is all the same."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from qrev.assistant.contract import MessageRow, ProspectRow
from qrev.assistant.ports import DropBox, Heard
from qrev.campaigns.claims import unsupported
from qrev.campaigns.models import (
    Draft,
    DraftCounts,
    DraftStatus,
    Fact,
    Prospect,
    Sequence,
    message_id,
    prospect_id,
)
from qrev.campaigns.ports import SequenceBook
from qrev.campaigns.sequences import Intake
from qrev.campaigns.telling import Telling
from qrev.crm.addresses import normalised
from qrev.crm.importing import Importing
from qrev.crm.models import Person, person_id
from qrev.crm.service import People
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

AT_ONCE = 1000
# A server that never calls back: with every draft there, and without. Ours calls every 5 seconds.
QUIET_WHEN_COMPLETE = timedelta(minutes=2)
QUIET = timedelta(minutes=30)
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the drafts of a sequence are."""

    ready: int
    total: int
    is_over: bool


class TakingIn:
    def __init__(
        self,
        *,
        dropbox: DropBox,
        sequences: SequenceBook,
        intake: Intake,
        people: People,
        importing: Importing,
        telling: Telling,
        clock: Clock,
    ) -> None:
        self._dropbox = dropbox
        self._sequences = sequences
        self._intake = intake
        self._people = people
        self._importing = importing
        self._telling = telling
        self._clock = clock

    async def take_in(
        self,
        dropbox_id: str,
        *,
        are_people_complete: bool = False,
        is_last: bool = False,
        is_called: bool = True,
    ) -> Progress | None:
        """Take in everything new for a sequence. About three database operations per 1,000 rows.

        `is_called`: because the AI server said something, and not because we looked.

        Return None for a sequence we do not know yet: its turn's answer has not been handled, and
        what is in the drop box, and what was called back, stays there until it is.
        """
        # Written before the sequence is looked for, and read after: whoever comes second sees both.
        now = self._clock()
        at = now if is_called else None
        said = Heard(are_people_complete=are_people_complete, is_last=is_last, at=at)
        await self._dropbox.hear(dropbox_id, said)
        sequence = await self._sequences.by_dropbox_id(dropbox_id)
        if sequence is None:
            return None
        heard = await self._dropbox.heard(dropbox_id)
        is_last = heard.is_last
        is_enrolled = sequence.is_enrolled or heard.are_people_complete or is_last
        has_news = await self._enroll(sequence)
        if is_enrolled and not sequence.is_enrolled:
            await self._intake.all_enrolled(sequence)
        drafted, strangers = await self._take_drafts(sequence, is_enrolled=is_enrolled)
        if has_news or drafted:
            await self._dropbox.hear(dropbox_id, Heard(at=now))
        sequence = await self._sequences.by_dropbox_id(dropbox_id) or sequence
        counts, has_ended = await self._intake.settle(sequence, is_last=is_last)
        if has_ended:
            await self._say_it_is_over(sequence, counts)
        if strangers:
            await self._report(sequence, strangers)
        await self._telling.refresh(sequence.account_id, sequence.id, (sequence.id,))
        return Progress(
            ready=counts.ready,
            total=sequence.people * len(sequence.steps),
            is_over=has_ended or not sequence.is_drafting,
        )

    async def sweep(self) -> int:
        """Look into the drop box for every sequence that still waits. Return how many do."""
        waiting = await self._sequences.drafting()
        for sequence in waiting:
            progress = await self.take_in(sequence.dropbox_id, is_called=False)
            if progress is not None and not progress.is_over:
                await self._give_up_if_quiet(sequence, progress)
        return len(waiting)

    async def _give_up_if_quiet(self, sequence: Sequence, progress: Progress) -> None:
        """End the drafting of a server that is not heard of any more, with what is there."""
        heard = await self._dropbox.heard(sequence.dropbox_id)
        since = max(sequence.created_at, heard.at or sequence.created_at)
        patience = QUIET_WHEN_COMPLETE if 0 < progress.total <= progress.ready else QUIET
        if self._clock() - since >= patience:
            log.warning("no word of %s since %s: its drafting is over", sequence.dropbox_id, since)
            await self.take_in(sequence.dropbox_id, is_last=True, is_called=False)

    async def _enroll(self, sequence: Sequence) -> bool:
        """Enroll whom the drop box has. Return whether there were any."""
        places: Mapping[str, int] | None = None
        while rows := await self._dropbox.new_prospects(sequence.dropbox_id, limit=AT_ONCE):
            if places is None:
                places = await self._places(sequence)
            parsed = {row["_id"]: _parsed(ProspectRow, row) for row in rows}
            found = {
                email: row for row in parsed.values() if row and (email := normalised(row.email))
            }
            if sequence.upload_id is not None:
                # Whom the member did not drop into the chat, nobody writes to.
                found = {email: row for email, row in found.items() if email in places}
            erased = await self._importing.erased(sequence.account_id, found)
            found = {email: row for email, row in found.items() if email not in erased}
            people = await self._known(sequence, found)
            prospects = [
                _prospect(sequence, people[email], row, places.get(email, _some_place(email)))
                for email, row in found.items()
            ]
            await self._intake.enroll(sequence, prospects)
            used = {key for key, row in parsed.items() if row and normalised(row.email) in found}
            await self._dropbox.mark_prospects(used, is_used=True)
            await self._dropbox.mark_prospects(parsed.keys() - used, is_used=False)
        return places is not None

    async def _places(self, sequence: Sequence) -> Mapping[str, int]:
        """Return the line each address has in the list, so that cards keep its order."""
        if sequence.upload_id is None:
            return {}
        rows = self._importing.rows(sequence.account_id, sequence.upload_id)
        return {row.email: row.line async for some in rows for row in some}

    async def _known(
        self, sequence: Sequence, found: Mapping[str, ProspectRow]
    ) -> Mapping[str, Person]:
        """Return the person behind each address; those the assistant found become known."""
        known = dict(await self._people.known(sequence.account_id, list(found)))
        new = [
            Person(
                id=person_id(sequence.account_id, email),
                account_id=sequence.account_id,
                email=email,
                name=row.name,
                company_name=row.company_name,
                company_url=row.company_url,
                job_title=row.job_title,
                linkedin_url=row.linkedin_url,
                timezone=row.timezone,
                phone_number=row.phone_number,
                source="assistant",
                created_at=self._clock(),
            )
            for email, row in found.items()
            if email not in known
        ]
        await self._people.add_found(new)
        return known | {person.email: person for person in new}

    async def _take_drafts(self, sequence: Sequence, *, is_enrolled: bool) -> tuple[int, int]:
        """Take in new drafts. Return how many, and how many were for nobody in the sequence.

        Until everyone is enrolled, a draft for someone unknown may only have come early.
        """
        enrolled: Mapping[str, Prospect] | None = None
        drafted, strangers = 0, list[str]()
        while rows := await self._dropbox.new_messages(sequence.dropbox_id, limit=AT_ONCE):
            if enrolled is None:
                enrolled = await self._intake.enrolled(sequence)
            used: dict[str, Draft] = {}
            for row in rows:
                draft = _draft(sequence, enrolled, _parsed(MessageRow, row))
                if draft is not None:
                    used[row["_id"]] = draft
            drafted += await self._intake.draft(list(used.values()))
            unused = [row["_id"] for row in rows if row["_id"] not in used]
            strangers += unused
            await self._dropbox.mark_messages(used.keys(), is_used=True)
            await self._dropbox.mark_messages(unused, is_used=False)
        if not is_enrolled:
            await self._dropbox.mark_messages(strangers, is_used=None)
            return drafted, 0
        return drafted, len(strangers)

    async def _say_it_is_over(self, sequence: Sequence, counts: DraftCounts) -> None:
        await self._telling.say(
            sequence.account_id, sequence.id, _end_in_words(sequence, counts), about="drafted"
        )

    async def _report(self, sequence: Sequence, strangers: int) -> None:
        drafts, fit = ("draft", "fits") if strangers == 1 else ("drafts", "fit")
        text = (
            f"The assistant wrote {strangers:,} {drafts} that {fit} nobody in this list or no "
            "step of the sequence. What does not fit is kept and will not be sent."
        )
        await self._telling.say(sequence.account_id, sequence.id, text, about="strangers")


def _end_in_words(sequence: Sequence, counts: DraftCounts) -> str:
    absent = sequence.people * len(sequence.steps) - counts.ready - counts.failed
    if not counts.ready:
        return (
            "The assistant is done, and there is no draft to send. Ask for the campaign again, "
            "in other words or with another list."
        )
    people = f"{sequence.people:,} {'person' if sequence.people == 1 else 'people'}"
    text = f"**{counts.ready:,} drafts for {people} are ready.** Read them above"
    if counts.missing:
        need = "needs" if counts.missing == 1 else "need"
        text += f"; {counts.missing:,} {need} a look before they may leave"
    if counts.failed:
        text += f"; {counts.failed:,} could not be written"
    if absent > 0:
        text += f"; {absent:,} never came, and whom they were for is not written to"
    return f"{text}. Press **Send** to see the whole plan first."


def _parsed(kind: type[R], row: Mapping[str, Any]) -> R | None:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        log.warning("a row of the drop box cannot be used: %s", error.errors()[0]["loc"])
        return None


def _prospect(sequence: Sequence, person: Person, row: ProspectRow, position: int) -> Prospect:
    return Prospect(
        id=prospect_id(sequence.id, person.id),
        account_id=sequence.account_id,
        sequence_id=sequence.id,
        person_id=person.id,
        email=person.email,
        name=person.name or row.name,
        company_name=person.company_name,
        job_title=person.job_title,
        timezone=person.timezone,
        country=person.country,
        steps=sequence.steps,
        position=position,
    )


def _some_place(email: str) -> int:
    """Return a place of its own for someone who is on no list, behind all who are."""
    return 10_000_000 + int.from_bytes(hashlib.sha256(email.encode()).digest()[:5], "big")


def _step_of(sequence: Sequence, row: MessageRow) -> int:
    """Return the number of the step a draft is for, 0 if it names none of the sequence's.

    The id counts before its digits: a server may call its steps 7 and 8.
    """
    if row.step:
        return row.step
    if row.step_id and sequence.step_ids.count(row.step_id) == 1:
        return sequence.step_ids.index(row.step_id) + 1
    return int(row.step_id) if row.step_id.isdecimal() else 0


def _draft(
    sequence: Sequence, enrolled: Mapping[str, Prospect], row: MessageRow | None
) -> Draft | None:
    if row is None or (email := normalised(row.email)) is None or email not in enrolled:
        return None
    step = _step_of(sequence, row)
    if step not in {s.number for s in sequence.steps}:
        return None
    prospect = enrolled[email]
    facts = tuple(Fact(text=fact.text, source=fact.source) for fact in row.facts)
    doubts = unsupported(row.body, facts, prospect.name) if row.status == "ready" else ()
    return Draft(
        id=message_id(prospect.id, step),
        account_id=sequence.account_id,
        sequence_id=sequence.id,
        prospect_id=prospect.id,
        step=step,
        subject=" ".join(row.subject.split()),
        body=row.body,
        facts=facts,
        missing=tuple(row.missing),
        status=DraftStatus(row.status),
        reason=row.reason,
        version=1,
        doubts=doubts,
        model=row.model,
        prompt=row.prompt,
        dollars=row.dollars,
    )
