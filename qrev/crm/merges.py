"""Making one of two people: whose facts are kept, what moves, and how it is undone. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qrev.accounts.models import AccountId, UserId
from qrev.crm.edits import CUSTOM, EDITABLE, FieldEdit, value_of
from qrev.crm.finding import folded
from qrev.crm.marks import MAX_TAGS
from qrev.crm.models import Person
from qrev.kit.errors import InvalidInput

# In the order of the card.
FIELDS = (
    *("name", "job_title", "company_name", "company_url", "linkedin_url"),
    *("phone_number", "timezone", "country"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One field of both, and whose is kept."""

    field: str
    kept: str
    other: str
    is_of_other: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MergePreview:
    """What merging would do. Only what has this `hash` is done."""

    kept: Person
    other: Person
    sides: tuple[Side, ...]
    tags: tuple[str, ...]  # the other's, which the kept one gets
    lists: tuple[str, ...]
    hash: str

    @property
    def edits(self) -> tuple[FieldEdit, ...]:
        """What becomes different of the one that is kept."""
        return tuple(
            FieldEdit(field=side.field, before=side.kept, after=side.other)
            for side in self.sides
            if side.is_of_other and side.other != side.kept
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What was done, so that it can be undone."""

    id: str
    account_id: AccountId
    kept_id: str
    other_id: str
    by: UserId
    at: datetime
    edits: tuple[FieldEdit, ...]
    tags: tuple[str, ...]
    lists: tuple[str, ...]
    undone_at: datetime | None = None


def preview(
    kept: Person,
    other: Person,
    of_other: Iterable[str],
    lists: Iterable[str],
) -> MergePreview:
    """Return what would become of the two. A fact only one of them has is kept in any case.

    `of_other` names the fields whose value is the other's; `lists` are those only the other is
    in. Raises InvalidInput for the same person twice, and for a field that cannot be chosen.
    """
    if kept.id == other.id:
        raise InvalidInput("Choose two different people.")
    chosen = frozenset(of_other)
    fields = (*FIELDS, *sorted(f"{CUSTOM}{title}" for title in kept.fields | other.fields))
    if unknown := chosen - set(fields) - EDITABLE:
        raise InvalidInput(f"“{sorted(unknown)[0][:60]}” is no field that can be chosen.")
    sides = tuple(_side(field, kept, other, chosen) for field in fields)
    held = {folded(tag) for tag in kept.tags}
    tags = tuple(tag for tag in other.tags if folded(tag) not in held)
    if len(kept.tags) + len(tags) > MAX_TAGS:
        raise InvalidInput(f"Together they have more than {MAX_TAGS} tags. Take some off first.")
    moved = tuple(sorted(lists))
    told = [kept.id, other.id, [[s.field, s.kept, s.other, s.is_of_other] for s in sides]]
    return MergePreview(
        kept=kept,
        other=other,
        sides=tuple(side for side in sides if side.kept or side.other),
        tags=tags,
        lists=moved,
        hash=_hash([*told, tags, moved, kept.owner_id, other.owner_id]),
    )


def _side(field: str, kept: Person, other: Person, chosen: frozenset[str]) -> Side:
    ours, theirs = value_of(kept, field), value_of(other, field)
    is_of_other = bool(theirs) and (field in chosen or not ours)
    return Side(field=field, kept=ours, other=theirs, is_of_other=is_of_other)


def _hash(told: object) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def undoing(merge: Merge, now: Mapping[str, str]) -> tuple[FieldEdit, ...]:
    """Return how the kept one's facts go back: those that are still as the merge left them."""
    return tuple(
        FieldEdit(field=each.field, before=each.after, after=each.before)
        for each in merge.edits
        if now.get(each.field, "") == each.after
    )
