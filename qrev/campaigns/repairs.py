"""What keeps drafts of a sequence from leaving, by kind, and mending all of a kind at once."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qrev.accounts.models import Actor
from qrev.campaigns.checks import fact_name, wrong_with
from qrev.campaigns.claims import without
from qrev.campaigns.models import Draft, DraftStatus, Prospect, ProspectStatus
from qrev.campaigns.ports import DraftBook, ProspectBook, SequenceBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.mongo import batches

EXAMPLES = 3
AT_ONCE = 20  # drafts written side by side
DOUBT, OTHER = "doubt", "other"
NAMELESS = re.compile(r"\A\s*(?:hi|hello|hey|dear)\s*[,!:]", re.I)


class Repair(StrEnum):
    USE_COMPANY = "use_company"  # greet the company's team where the name is missing
    AS_IT_IS = "as_it_is"  # the words do without the fact
    TAKE_OUT = "take_out"  # the sentences nobody can back
    CONFIRM = "confirm"  # they are true
    DROP = "drop"  # do not write to these people


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One kind of what is wrong: `missing:FIELD`, `doubt` or `other`, and how many have it.

    `repairs` are those that mend every draft of it; `examples` are a few of its sentences.
    """

    kind: str
    words: str
    people: int
    drafts: int
    repairs: tuple[Repair, ...]
    examples: tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class _Group:
    drafts: list[Draft] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        return list(dict.fromkeys(draft.prospect_id for draft in self.drafts))


class Repairs:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        clock: Clock,
    ) -> None:
        self._sequences = sequences
        self._prospects = prospects
        self._drafts = drafts
        self._clock = clock

    async def problems(self, actor: Actor, sequence_id: str) -> list[Problem]:
        """Return what keeps drafts from leaving, the most frequent first. Raises NotFound."""
        waiting, groups = await self._groups(actor, sequence_id)
        found = [_problem(kind, group, waiting) for kind, group in groups.items()]
        return sorted(found, key=lambda problem: (-problem.people, problem.kind))

    async def mend(
        self, actor: Actor, sequence_id: str, kind: str, repair: Repair, *, drafts: int
    ) -> int:
        """Mend every draft of a kind, and return how many people that was good for.

        `drafts` is how many were seen to have it: if others have it now, nothing is changed and
        Conflict is raised. Each draft gets a new version; Reset brings the first words back.
        """
        actor.must_be_able_to_change()
        waiting, groups = await self._groups(actor, sequence_id)
        group = groups.get(kind, _Group())
        if len(group.drafts) != drafts:
            raise Conflict(
                "The drafts have changed since. Look at them again; nothing was changed."
            )
        if repair not in _repairs(kind, group, waiting):
            raise InvalidInput("That does not mend these drafts. Nothing was changed.")
        if repair is Repair.DROP:
            # Only those still waiting: a Send confirmed just now is stopped in other ways.
            await self._prospects.set_status(
                actor.account_id,
                group.people,
                ProspectStatus.STOPPED,
                was=ProspectStatus.WAITING,
            )
            group = _Group(drafts=_all_of(group.people, groups))
        wanted = [_mended(d, kind, repair, waiting[d.prospect_id]) for d in group.drafts]
        saved = []
        for some in batches(wanted, AT_ONCE):
            saved += await asyncio.gather(*(self._save(actor, words) for words in some))
        return len({draft.prospect_id for draft in saved if draft is not None})

    async def settle_doubt(
        self, actor: Actor, draft_id: str, sentence: str, *, version: int, is_true: bool
    ) -> Draft:
        """Confirm one sentence, or take it out. Raises Conflict if the draft changed meanwhile."""
        actor.must_be_able_to_change()
        draft = await self._drafts.get(actor.account_id, draft_id)
        if draft is None:
            raise NotFound("We could not find that draft.")
        prospect = await self._prospects.get(actor.account_id, draft.prospect_id)
        if prospect is not None and prospect.status is not ProspectStatus.WAITING:
            raise Conflict("This mail is planned: its words are settled. Undo it first.")
        if draft.version != version or sentence not in draft.doubts:
            raise Conflict("This draft was changed in the meantime. Look at it again.")
        body = draft.body if is_true else without(draft.body, sentence)
        rest = tuple(doubt for doubt in draft.doubts if doubt != sentence)
        saved = await self._save(actor, _Words(draft=draft, body=body, doubts=rest))
        if saved is None:
            raise Conflict("This draft was changed in the meantime. Look at it again.")
        return saved

    async def _groups(
        self, actor: Actor, sequence_id: str
    ) -> tuple[dict[str, Prospect], dict[str, _Group]]:
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        prospects = await self._prospects.of_sequence(actor.account_id, sequence.id)
        waiting = {p.id: p for p in prospects if p.status is ProspectStatus.WAITING}
        drafts = await self._drafts.of_sequence(actor.account_id, sequence.id)
        return waiting, _grouped(draft for draft in drafts if draft.prospect_id in waiting)

    async def _save(self, actor: Actor, words: _Words) -> Draft | None:
        """Write the next version, unless somebody else has: theirs is then the newer one."""
        draft = words.draft
        return await self._drafts.save(
            actor.account_id,
            draft.id,
            version=draft.version,
            subject=draft.subject,
            body=words.body,
            missing=words.missing,
            doubts=words.doubts,
            at=self._clock(),
            by=actor.user_id,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """What a draft is to become."""

    draft: Draft
    body: str
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def _grouped(drafts: Iterable[Draft]) -> dict[str, _Group]:
    groups: dict[str, _Group] = defaultdict(_Group)
    for draft in drafts:
        if draft.status is not DraftStatus.FAILED and (draft.missing or draft.doubts):
            for name in draft.missing:
                groups[f"missing:{name}"].drafts.append(draft)
            if draft.doubts:
                groups[DOUBT].drafts.append(draft)
                groups[DOUBT].examples += draft.doubts[:1]
        elif finding := wrong_with(draft):
            groups[OTHER].drafts.append(draft)
            groups[OTHER].examples.append(finding[0])
    return dict(groups)


def _all_of(people: Collection[str], groups: Mapping[str, _Group]) -> list[Draft]:
    """Return every draft of these people that anything is wrong with, each once."""
    whose = set(people)
    found = {
        draft.id: draft
        for group in groups.values()
        for draft in group.drafts
        if draft.prospect_id in whose
    }
    return list(found.values())


def _problem(kind: str, group: _Group, waiting: dict[str, Prospect]) -> Problem:
    return Problem(
        kind=kind,
        words=_words(kind),
        people=len(group.people),
        drafts=len(group.drafts),
        repairs=_repairs(kind, group, waiting),
        examples=tuple(dict.fromkeys(group.examples))[:EXAMPLES],
    )


def _words(kind: str) -> str:
    if kind == DOUBT:
        return "say something about the person that nothing we know backs"
    if kind == OTHER:
        return "cannot leave as they are"
    return f"lack the {fact_name(kind.partition(':')[2])}"


def _repairs(kind: str, group: _Group, waiting: dict[str, Prospect]) -> tuple[Repair, ...]:
    if not group.drafts:
        return ()
    if kind == DOUBT:
        return (Repair.TAKE_OUT, Repair.CONFIRM, Repair.DROP)
    if kind == OTHER:
        return (Repair.DROP,)
    can_greet_the_company = kind == "missing:name" and all(
        waiting[draft.prospect_id].company_name and NAMELESS.match(draft.body)
        for draft in group.drafts
    )
    first: Sequence[Repair] = (Repair.USE_COMPANY,) if can_greet_the_company else ()
    return (*first, Repair.AS_IT_IS, Repair.DROP)


def _mended(draft: Draft, kind: str, repair: Repair, prospect: Prospect) -> _Words:
    if repair is Repair.DROP:  # what is not sent lacks nothing
        return _Words(draft=draft, body=draft.body)
    if repair is Repair.CONFIRM:
        return _Words(draft=draft, body=draft.body, missing=draft.missing)
    if repair is Repair.TAKE_OUT:
        body = draft.body
        for sentence in draft.doubts:
            body = without(body, sentence)
        return _Words(draft=draft, body=body, missing=draft.missing)
    lacking = kind.partition(":")[2]
    missing = tuple(name for name in draft.missing if name != lacking)
    body = draft.body
    if repair is Repair.USE_COMPANY:
        greeting = f"Hello {' '.join(prospect.company_name.split())} team,"
        body = NAMELESS.sub(lambda _: greeting, body, count=1)
    return _Words(draft=draft, body=body, missing=missing, doubts=draft.doubts)
