"""Answers about a plan, whichever is meant: a Send that is not confirmed, or what is running."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from qrev.accounts.models import Actor
from qrev.campaigns.days import day_in
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.looking import PersonRow, person
from qrev.campaigns.models import Mailbox, ProposalState, Sequence, SequenceStatus
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.ports import Messages, ProposalBook, SequenceBook
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.questions import Answer, Questions, Someone, Subject, about_run
from qrev.campaigns.reading import Touches
from qrev.campaigns.rulebook import look_back
from qrev.campaigns.running import Running, about_running, about_touches
from qrev.kit.clock import Clock
from qrev.kit.collecting import without_collecting
from qrev.kit.errors import InvalidInput, NotFound

NAMED = 8  # of several people who may be meant
LOOKED_AT = 50  # sequences, for the one that was talked about
NOTHING_YET = "There is no plan to ask about yet. Press Send on the drafts to see one."


class Kind(StrEnum):
    WHO_ON = "who_on"
    FIRST = "first"
    LAST = "last"
    WHY = "why"
    DONE_BY = "done_by"
    WITHOUT = "without"
    WITH_CAP = "with_cap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """A question as it was understood. `day`, `person` and `mailbox` are words, not yet looked up.

    What is asked about: a proposal, a sequence, or what was talked about in a conversation last.
    """

    kind: Kind
    day: str = ""
    person: str = ""
    mailbox: str = ""
    cap: int | None = None
    proposal_id: str = ""
    sequence_id: str = ""
    conversation_id: str = ""


class Inquiring:
    def __init__(
        self,
        *,
        proposing: Proposing,
        gathering: Gathering,
        sequences: SequenceBook,
        proposals: ProposalBook,
        messages: Messages,
        touches: Touches,
        clock: Clock,
    ) -> None:
        self._proposing = proposing
        self._gathering = gathering
        self._sequences = sequences
        self._proposals = proposals
        self._messages = messages
        self._touches = touches
        self._clock = clock

    async def answer(self, actor: Actor, inquiry: Inquiry) -> Answer:
        """Return the answer. Raises NotFound for nothing to ask about, InvalidInput for words
        that name no day, person or mailbox of it.
        """
        subject = await self._subject(actor, inquiry)
        zone = zone_named(subject.rules.account_timezone) or ZoneInfo("UTC")
        today = self._clock().astimezone(zone).date()
        # A what-if plans everything once more, which takes a second for 10,000 people.
        answer = await asyncio.to_thread(_answered, subject, inquiry, today, actor)
        return replace(answer, timezone=zone.key)

    async def subject(self, actor: Actor, sequence_id: str) -> Subject:
        """Return the plan of a sequence as one can look at it. Raises NotFound if there is none."""
        return await self._of_sequence(actor, sequence_id)

    async def sequence_talked_about(self, actor: Actor, conversation_id: str) -> str:
        """Return the sequence that was made in a conversation last, else the newest of all.

        Raises NotFound if there is none.
        """
        newest = await self._sequences.page(actor.account_id, before=None, limit=LOOKED_AT)
        here = [s for s in newest if s.conversation_id == conversation_id]
        for sequence in here or newest[:1]:
            return sequence.id
        raise NotFound(NOTHING_YET)

    async def _subject(self, actor: Actor, inquiry: Inquiry) -> Subject:
        if inquiry.proposal_id:
            proposal = await self._proposals.get(actor.account_id, inquiry.proposal_id)
            if proposal is None:
                raise NotFound("We could not find that plan.")
            return await self._of_sequence(actor, proposal.sequence_id)
        if inquiry.sequence_id:
            return await self._of_sequence(actor, inquiry.sequence_id)
        meant = await self.sequence_talked_about(actor, inquiry.conversation_id)
        return await self._of_sequence(actor, meant)

    async def _of_sequence(self, actor: Actor, sequence_id: str) -> Subject:
        """Return its open plan if there is anything in it, else what the ledger holds of it."""
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        proposals = await self._proposals.of_sequence(actor.account_id, sequence.id)
        shown = next((p for p in proposals if p.state is ProposalState.OPEN), None)
        if shown is not None:
            preview = await self._proposing.shown(actor, shown.id)
            is_under_way = sequence.status is not SequenceStatus.DRAFT
            if preview.run is not None and (preview.run.messages or not is_under_way):
                return about_run(preview.inputs, preview.run, seed=preview.proposal.seed)
        return await self._running(sequence)

    async def person(self, actor: Actor, sequence_id: str, prospect_id: str) -> PersonRow:
        """Return one person of a plan, with whatever became of their mails. Raises NotFound."""
        subject = await self._of_sequence(actor, sequence_id)
        if subject.is_running:
            touches = await self._touches.of_prospect(actor.account_id, prospect_id)
            is_of_it = prospect_id in subject.people or prospect_id.startswith(f"{sequence_id}:")
            found = touches if is_of_it else []
            subject = about_touches(subject, found)
        row = person(subject, prospect_id)
        if row is None:
            raise NotFound("We could not find that person in this plan.")
        return row

    async def _running(self, sequence: Sequence) -> Subject:
        account_id, now = sequence.account_id, self._clock()
        around = await self._gathering.around(sequence)
        touches, taken = await asyncio.gather(
            self._touches.of_sequence(account_id, sequence.id),
            self._messages.taken(account_id, since=now - look_back(around.rules)),
        )
        if not touches:
            raise NotFound(NOTHING_YET)
        return about_running(
            Running(
                touches=tuple(touches),
                mailboxes=around.mailboxes,
                rules=around.rules,
                taken=tuple(taken),
                now=now,
            )
        )


def _answered(subject: Subject, inquiry: Inquiry, today: date, actor: Actor) -> Answer:
    with without_collecting():
        return _said(Questions(subject), subject, inquiry, today, actor)


def _said(
    questions: Questions, subject: Subject, inquiry: Inquiry, today: date, actor: Actor
) -> Answer:
    if inquiry.kind is Kind.WHO_ON:
        return questions.who_on(_day(inquiry.day, today))
    if inquiry.kind is Kind.DONE_BY:
        return questions.done_by(_day(inquiry.day, today))
    if inquiry.kind is Kind.WITH_CAP:
        if inquiry.cap is None:
            raise InvalidInput("Say how many mails a day, for example: what if the cap were 40?")
        return questions.with_cap(inquiry.cap)
    if inquiry.kind is Kind.WITHOUT:
        return questions.without(_mailbox(inquiry.mailbox, subject.mailboxes, actor).id)
    if inquiry.kind is Kind.WHY:
        return _why(questions, inquiry.person, subject.people)
    return questions.first() if inquiry.kind is Kind.FIRST else questions.last()


def _why(questions: Questions, words: str, people: Mapping[str, Someone]) -> Answer:
    meant = people_meant(words, people)
    if len(meant) == 1:
        return questions.why(meant[0])
    if not meant:
        raise NotFound(f"Nobody called “{words[:80]}” is in this plan. Try their address.")
    named = ", ".join(f"{people[id].name} ({people[id].email})" for id in meant[:NAMED])
    more = f" and {len(meant) - NAMED:,} more" if len(meant) > NAMED else ""
    return Answer(text=f"Several people may be meant: {named}{more}. Ask again with the address.")


def people_meant(words: str, people: Mapping[str, Someone]) -> list[str]:
    """Return the ids of those an address or a name, or words of one, may mean. The best only."""
    said = words.casefold().strip()
    asked = said.split()
    if not asked:
        return []
    by_address = [id for id, who in people.items() if who.email.casefold() == said]
    by_name = [id for id, who in people.items() if who.name.casefold() == said]
    by_words = [id for id, who in people.items() if set(asked) <= set(who.name.casefold().split())]
    by_mailbox = [id for id, who in people.items() if who.email.partition("@")[0] == said]
    return by_address or by_name or by_words or by_mailbox


def _mailbox(words: str, mailboxes: tuple[Mailbox, ...], actor: Actor) -> Mailbox:
    said = actor.email if words.strip().casefold() in ("my", "mine", "our") else words
    people = {m.id: Someone(m.name, m.email) for m in mailboxes}
    meant = people_meant(said, people)
    if not meant and len(mailboxes) == 1 and not words.strip():
        meant = [mailboxes[0].id]
    if len(meant) == 1:
        return next(m for m in mailboxes if m.id == meant[0])
    known = ", ".join(m.email for m in mailboxes) or "none"
    if meant:
        raise InvalidInput(f"Several mailboxes may be meant. Name one by its address: {known}.")
    raise NotFound(f"No mailbox is called “{words[:80]}”. Your mailboxes: {known}.")


def _day(words: str, today: date) -> date:
    day = day_in(words, today)
    if day is None:
        raise InvalidInput(
            f"I do not know which day “{words[:80]}” is. Say a weekday, “tomorrow”, or a date such "
            "as 6 March."
        )
    return day
