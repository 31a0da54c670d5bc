"""People on the screen: the cards, what they show, and what they may ask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from qrev.assistant.cards import Card, _Shown
from qrev.assistant.requests import Id, PeoplePageAsked, _Asked
from qrev.crm.filters import MAX_TAGS
from qrev.crm.finding import Fact
from qrev.crm.keeping import MAX_SELECTED

Words = Annotated[str, Field(max_length=1000)]
PersonIds = Annotated[list[Id], Field(max_length=MAX_SELECTED)]
Tags = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=MAX_TAGS)]
FieldNames = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]
Facts = Annotated[list[Fact], Field(max_length=20)]
Changes = Annotated[
    dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=5000)]],
    Field(max_length=100),
]


# --- cards ---------------------------------------------------------------------------------------


class PersonCard(Card):
    """One person: what is known, what was done and written, and changing it."""

    person_id: str

    @property
    def key(self) -> str:
        return self.person_id


class MergeCard(Card):
    """Two people side by side, to be made one."""

    person_id: str
    other_id: str


# --- views ---------------------------------------------------------------------------------------


class Named(_Shown):
    id: str
    name: str


class PeopleOptions(_Shown):
    """What people can be narrowed to and given."""

    tags: list[str]
    members: list[Named]
    teams: list[Named]
    lists: list[Named]
    may_change: bool


class PeopleDone(_Shown):
    """What came of a press, in words; `undo` are those who can be restored again."""

    said: str
    undo: list[str] = Field(default_factory=list)


class CreatedView(_Shown):
    person_id: str
    said: str


class FactRow(_Shown):
    """`field` is what a change names it by."""

    field: str
    label: str
    value: str
    is_link: bool = False


class HappeningRow(_Shown):
    at: datetime
    text: str
    is_ahead: bool = False


class PersonView(_Shown):
    person_id: str
    name: str
    email: str
    facts: list[FactRow]
    tags: list[str]
    owner_id: str | None
    owner: str
    team_id: str | None
    team: str
    members: list[Named]
    teams: list[Named]
    timeline: list[HappeningRow]
    deleted_at: datetime | None
    may_change: bool
    said: str = ""


class SideRow(_Shown):
    field: str
    label: str
    kept: str
    other: str
    is_of_other: bool


class MergeView(_Shown):
    """`merge_id` once it is done: it undoes it."""

    kept: str
    other: str
    sides: list[SideRow]
    moves: list[str]
    hash: str
    merge_id: str | None = None
    is_undone: bool = False
    said: str = ""
    may_change: bool


# --- asked ---------------------------------------------------------------------------------------


class PeopleAsked(PeoplePageAsked):
    """A page of people. With `list_id` what that saved list asks for, and the search."""

    search: Annotated[str, Field(max_length=200)] = ""
    list_id: Id | None = None
    tags: Tags = Field(default_factory=list)
    owner_id: Id | None = None
    team_id: Id | None = None
    company_id: Id | None = None
    country: Annotated[str, Field(max_length=200)] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    has: Facts = Field(default_factory=list)
    lacks: Facts = Field(default_factory=list)
    is_deleted: bool = False


class NothingAsked(_Asked):
    pass


class SelectionAsked(_Asked):
    person_ids: PersonIds


class TagAsked(SelectionAsked):
    tag: Words


class OwnerAsked(SelectionAsked):
    owner_id: Id | None = None


class TeamAsked(SelectionAsked):
    team_id: Id | None = None


class PersonAsked(_Asked):
    person_id: Id


class NewPersonAsked(_Asked):
    email: Words
    facts: Changes = Field(default_factory=dict)


class PersonSaveAsked(_Asked):
    person_id: Id
    changes: Changes
    seen: Changes = Field(default_factory=dict)


class PersonTagAsked(_Asked):
    person_id: Id
    tag: Words


class PersonOwnerAsked(_Asked):
    person_id: Id
    owner_id: Id | None = None


class PersonTeamAsked(_Asked):
    person_id: Id
    team_id: Id | None = None


class ListSaveAsked(PeopleAsked):
    name: Words


class ListAsked(_Asked):
    list_id: Id


class MergeAsked(_Asked):
    person_id: Id
    other_id: Id
    of_other: FieldNames = Field(default_factory=list)


class MergeConfirmAsked(MergeAsked):
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class MergeUndoAsked(MergeAsked):
    merge_id: Id
