"""Changing the words of a step for everybody who has not got it, in up to four variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace

from qrev.accounts.models import AccountId
from qrev.campaigns.checks import fact_name, wrong_with
from qrev.campaigns.drafts import MAX_BODY, MAX_SUBJECT
from qrev.campaigns.life.desk import OVER, Around
from qrev.campaigns.life.models import Order, Scope, Terms, Touched
from qrev.campaigns.life.orders import ROWS, Look
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.life.words import had_left, mails, persons
from qrev.campaigns.merging import MAX_VARIANTS, Filled, Words, for_person, must_be_fields
from qrev.campaigns.merging import variant_of as variant_number
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Message,
    Prospect,
    ProspectStatus,
    Sequence,
    StepWords,
    message_id,
)
from qrev.campaigns.ports import DraftBook, ProspectBook, SequenceBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput

LETTERS = "ABCD"
SHOWN = 90  # characters of a mail in a row


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """One person's mail: what it says, what it would say. A planned one has a message."""

    prospect: Prospect
    new: Filled
    message: Message | None = None
    draft: Draft | None = None

    @property
    def old(self) -> Words:
        words = self.message or self.draft
        return ("", "") if words is None else (words.subject, words.body)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Changes:
    sequence: Sequence
    good: tuple[_Change, ...]
    kept: Counter[str]  # why some keep their words, and how many


class EditStepKind:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        reach: Reach,
        around: Around,
        clock: Clock,
    ) -> None:
        self._sequences = sequences
        self._prospects = prospects
        self._drafts = drafts
        self._reach = reach
        self._around = around
        self._clock = clock

    async def look(self, account_id: AccountId, terms: Terms, **_: object) -> Look:
        """Return whose mail would say what. Raises InvalidInput for words that are none."""
        variants = variants_of(terms)
        changes = await self._changes(account_id, terms)
        good = changes.good
        if not good and not changes.kept:
            raise Conflict(f"Everybody has got mail {terms.step} of “{changes.sequence.name}”.")
        counts = await self._around.tally(account_id, _scope(terms))
        planned = sum(change.message is not None for change in good)
        facts = [
            f"Mail {terms.step} says something else to {persons(len(good))}: {planned:,} planned, "
            f"{len(good) - planned:,} not planned yet.",
            had_left(counts),
            "Their minutes stay as they are.",
        ]
        if len(variants) > 1:
            split = Counter(variant_number(c.prospect.id, terms.step, len(variants)) for c in good)
            each = ", ".join(f"{LETTERS[n]} for {split[n]:,}" for n in range(len(variants)))
            facts.append(f"{len(variants)} variants: {each}. Who gets which never changes.")
        facts += [
            f"{persons(n)} {'keeps' if n == 1 else 'keep'} their words: {why}"
            for why, n in changes.kept.items()
        ]
        return Look(
            title=f"New words for mail {terms.step} of “{changes.sequence.name}”",
            facts=tuple(facts),
            rows=tuple(_row(change, terms.step) for change in good[:ROWS]),
            touched=len(good),
            people=len(good),
            data=tuple(
                (c.prospect.id, c.old, _version(c), c.new.subject, c.new.body) for c in good
            ),
            conversation_id=changes.sequence.conversation_id,
        )

    async def carry_out(self, order: Order) -> str:
        """Change the words, and say how many had left with the old ones."""
        terms, at = order.terms, self._clock()
        changes = await self._changes(order.account_id, terms)
        reworded = drafted = 0
        for change in changes.good:
            new = change.new
            if change.message is not None:
                reworded += await self._reach.reword(
                    change.message, subject=new.subject, body=new.body, note=order.id, at=at
                )
            else:
                drafted += await self._draft(change, order)
        words = [each for each in changes.sequence.words if each.step != terms.step]
        await self._sequences.change(
            order.account_id,
            terms.sequence_id,
            words=[*words, StepWords(step=terms.step, variants=tuple(variants_of(terms)))],
        )
        counts = await self._around.tally(order.account_id, _scope(terms))
        return (
            f"{mails(reworded)} and {drafted:,} draft{'' if drafted == 1 else 's'} have the new "
            f"words. {had_left(counts)}"
        )

    async def undo(self, order: Order) -> str:
        """Bring the old words of planned mails back. Drafts keep the new ones."""
        terms = order.terms
        back = await self._reach.give_words_back(
            order.account_id, terms.sequence_id, order.id, at=self._clock()
        )
        counts = await self._around.tally(order.account_id, _scope(terms))
        have = "has its" if back == 1 else "have their"
        return (
            f"{mails(back)} {have} earlier words again. {had_left(counts)} Drafts that are not "
            "planned keep the new ones: press Reset on a draft for its first words."
        )

    async def _changes(self, account_id: AccountId, terms: Terms) -> _Changes:
        sequence = await self._around.sequence(account_id, terms.sequence_id)
        if sequence.status in OVER:
            raise Conflict(f"“{sequence.name}” is over: nothing more of it leaves.")
        if terms.step not in {step.number for step in sequence.steps}:
            raise InvalidInput(f"“{sequence.name}” has no mail {terms.step}.")
        variants = variants_of(terms)
        people = await self._prospects.of_sequence(account_id, sequence.id)
        opened = {m.prospect_id: m for m in await self._reach.opened(account_id, _scope(terms))}
        drafts = {
            draft.prospect_id: draft
            for draft in await self._drafts.of_sequence(account_id, sequence.id)
            if draft.step == terms.step
        }
        good: list[_Change] = []
        kept: Counter[str] = Counter()
        for prospect in people:
            message = opened.get(prospect.id)
            if message is None and prospect.status is not ProspectStatus.WAITING:
                continue
            new = for_person(variants, prospect, terms.step)
            change = _Change(
                prospect=prospect, new=new, message=message, draft=drafts.get(prospect.id)
            )
            if why := _wrong(new, prospect, terms.step):
                kept[why] += 1
            elif change.old != (new.subject, new.body):
                good.append(change)
        return _Changes(sequence=sequence, good=tuple(good), kept=kept)

    async def _draft(self, change: _Change, order: Order) -> int:
        """Write the words into a draft, or make one. Return how many that were."""
        new, prospect = change.new, change.prospect
        if change.draft is None:
            return await self._drafts.add_if_new([draft_of(new, prospect, order.terms.step)])
        saved = await self._drafts.save(
            order.account_id,
            change.draft.id,
            version=change.draft.version,
            subject=new.subject,
            body=new.body,
            at=self._clock(),
            by=order.confirmed_by or order.created_by,
        )
        return int(saved is not None)


def variants_of(terms: Terms) -> list[Words]:
    """Return variant A and the others, tidied. Raises InvalidInput for what is no mail."""
    variants = [(terms.subject, terms.body), *terms.variants]
    if len(variants) > MAX_VARIANTS:
        raise InvalidInput(f"A mail has at most {MAX_VARIANTS} variants.")
    tidy = []
    for subject, body in variants:
        words = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
        if not all(words):
            raise InvalidInput("A mail needs a subject and a text.")
        if len(words[0]) > MAX_SUBJECT or len(words[1]) > MAX_BODY:
            raise InvalidInput(
                f"Too long: at most {MAX_SUBJECT} characters of subject and {MAX_BODY:,} of text."
            )
        must_be_fields(*words)
        tidy.append(words)
    if len(set(tidy)) < len(tidy):
        raise InvalidInput("Two variants say the same. Change one, or leave it out.")
    return tidy


def draft_of(new: Filled, prospect: Prospect, step: int) -> Draft:
    """Return a first draft with these words."""
    return Draft(
        id=message_id(prospect.id, step),
        account_id=prospect.account_id,
        sequence_id=prospect.sequence_id,
        prospect_id=prospect.id,
        step=step,
        subject=new.subject,
        body=new.body,
        facts=(),
        missing=new.missing,
        status=DraftStatus.READY,
        reason="",
        version=1,
    )


def _wrong(new: Filled, prospect: Prospect, step: int) -> str:
    """Return why someone keeps their words, "" if they get the new ones."""
    if new.missing:
        return f"{_listed([fact_name(field) for field in new.missing])} is not known."
    finding = wrong_with(replace(draft_of(new, prospect, step), missing=()))
    return "" if finding is None else finding[0]


def _listed(names: Several[str]) -> str:
    return f"their {' and '.join(name.replace('_', ' ') for name in names)}"


def _scope(terms: Terms) -> Scope:
    return Scope(sequence_id=terms.sequence_id, step=terms.step)


def _version(change: _Change) -> int:
    return change.draft.version if change.message is None and change.draft is not None else 0


def _row(change: _Change, step: int) -> Touched:
    return Touched(
        name=change.prospect.name,
        email=change.prospect.email,
        step=step,
        before=_short(*change.old) or "no words yet",
        after=_short(change.new.subject, change.new.body),
    )


def _short(subject: str, body: str) -> str:
    said = " ".join(f"{subject}: {body}".split()) if subject or body else ""
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
