"""What is done to people without changing what is known of them: tags, owners, deleting. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qrev.accounts.models import UserId
from qrev.crm.edits import FieldEdit, HistoryEntry
from qrev.crm.finding import folded, owner_shelf, tag_shelf, team_shelf
from qrev.crm.models import Person
from qrev.kit.errors import InvalidInput

MAX_TAG = 40  # characters
MAX_TAGS = 50  # of a person
GRACE = timedelta(days=30)  # in which whoever was deleted can be restored
# What the history calls what is no field.
TAGS, OWNER, TEAM, CREATED, DELETED, MERGED = (
    "tags",
    "owner",
    "team",
    "created",
    "deleted",
    "merged",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One thing done to one person, with its entry in their history.

    `was` is what must still be so, `sets` what is so then; `adds` and `removes` are shelves.
    """

    person_id: str
    by: UserId
    at: datetime
    edits: tuple[FieldEdit, ...]
    is_here: bool = True  # they must be, and not deleted
    was: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tags_off: tuple[str, ...] = ()

    @property
    def entry(self) -> HistoryEntry:
        return HistoryEntry(at=self.at, by=self.by, edits=self.edits)


def tag_name(text: str) -> str:
    """Return a tag as it is kept. Raises InvalidInput."""
    tag = " ".join(text.replace("\x00", "").split()).lstrip("#").strip()
    if not folded(tag):
        raise InvalidInput("A tag has at least one letter.")
    if len(tag) > MAX_TAG:
        raise InvalidInput(f"A tag has at most {MAX_TAG} characters. “{tag[:20]}…” is longer.")
    return tag


def tagged(person: Person, tag: str, by: UserId, at: datetime) -> Mark | None:
    """Return how a tag is added, None if the person has it. Raises InvalidInput for too many."""
    if _held(person, tag):
        return None
    if len(person.tags) >= MAX_TAGS:
        raise InvalidInput(f"{person.email} has {MAX_TAGS} tags. Take one off first.")
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=(FieldEdit(field=TAGS, before="", after=tag),),
        adds=(tag_shelf(tag),),
        tags=(tag,),
    )


def untagged(person: Person, tag: str, by: UserId, at: datetime) -> Mark | None:
    """Return how a tag is taken off, None if the person does not have it."""
    held = _held(person, tag)
    if not held:
        return None
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=tuple(FieldEdit(field=TAGS, before=each, after="") for each in held),
        removes=(tag_shelf(tag),),
        tags_off=held,
    )


def owned(person: Person, user_id: UserId | None, by: UserId, at: datetime) -> Mark | None:
    """Return how a person gets another owner, or none; None if nothing changes."""
    if person.owner_id == user_id:
        return None
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=(FieldEdit(field=OWNER, before=person.owner_id or "", after=user_id or ""),),
        was={"owner_id": person.owner_id},
        sets={"owner_id": user_id},
        adds=(owner_shelf(user_id),) if user_id else (),
        removes=(owner_shelf(person.owner_id),) if person.owner_id else (),
    )


def in_team(person: Person, team_id: str | None, by: UserId, at: datetime) -> Mark | None:
    """Return how a person comes to another team, or to none; None if nothing changes."""
    if person.team_id == team_id:
        return None
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=(FieldEdit(field=TEAM, before=person.team_id or "", after=team_id or ""),),
        was={"team_id": person.team_id},
        sets={"team_id": team_id},
        adds=(team_shelf(team_id),) if team_id else (),
        removes=(team_shelf(person.team_id),) if person.team_id else (),
    )


def created(person: Person, by: UserId, at: datetime) -> Mark:
    """Return the entry of someone a member wrote down."""
    edit = FieldEdit(field=CREATED, before="", after=person.source)
    return Mark(person_id=person.id, by=by, at=at, edits=(edit,))


def deleted(person: Person, by: UserId, at: datetime, *, why: str = "deleted") -> Mark:
    """Return how a person is deleted, for 30 days not for good."""
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=(FieldEdit(field=DELETED, before="", after=why),),
        sets={"is_here": False, "deleted_at": at},
    )


def restored(person: Person, by: UserId, at: datetime) -> Mark:
    """Return how a deleted person is back."""
    return Mark(
        person_id=person.id,
        by=by,
        at=at,
        edits=(FieldEdit(field=DELETED, before="deleted", after=""),),
        is_here=False,
        sets={"is_here": True, "deleted_at": None},
    )


def _held(person: Person, tag: str) -> tuple[str, ...]:
    return tuple(each for each in person.tags if folded(each) == folded(tag))
