"""What programs may ask about people, as types."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qrev.api.asked import Email, FieldName, Id, Value
from qrev.crm.filters import MAX_TAGS, Order, PeopleFilter
from qrev.crm.finding import Fact, PeopleSort
from qrev.crm.keeping import MAX_SELECTED

Tag = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(max_length=200)]
PersonIds = Annotated[list[Id], Field(min_length=1, max_length=MAX_SELECTED)]
Hash = Annotated[str, Field(min_length=1, max_length=100)]


class FilterAsked(BaseModel):
    """What people must be like: everything that is said. What is left out says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search: Text = ""
    upload_id: Id | None = None
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = []
    owner_id: Id | None = None
    team_id: Id | None = None
    company_id: Id | None = None
    country: Text = ""
    source: Text = ""
    has: Annotated[list[Fact], Field(max_length=20)] = []
    lacks: Annotated[list[Fact], Field(max_length=20)] = []
    is_deleted: bool = False

    @property
    def wanted(self) -> PeopleFilter:
        return PeopleFilter(
            search=self.search,
            upload_id=self.upload_id,
            tags=tuple(self.tags),
            owner_id=self.owner_id,
            team_id=self.team_id,
            company_id=self.company_id,
            country=self.country,
            source=self.source,
            has=frozenset(self.has),
            lacks=frozenset(self.lacks),
            is_deleted=self.is_deleted,
        )


class PeopleExportAsked(FilterAsked):
    sort: PeopleSort = "name"
    is_descending: bool = False

    @property
    def order(self) -> Order:
        return Order(sort=self.sort, is_descending=self.is_descending)


class ContactsAsked(PeopleExportAsked):
    after: Annotated[str, Field(max_length=2000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewPersonAsked(_Asked):
    """`facts` by the name of the field; those of your own are named `fields.` and their title."""

    email: Email
    facts: Annotated[
        dict[FieldName, Value],
        Field(max_length=100, examples=[{"name": "Ann Lee", "job_title": "CEO"}]),
    ] = {}


class PeopleAsked(_Asked):
    person_ids: PersonIds


class TagAsked(PeopleAsked):
    tag: Tag


class OwnerAsked(PeopleAsked):
    """`user_id` is a member's; null takes people from whoever has them."""

    user_id: Id | None


class PeopleTeamAsked(PeopleAsked):
    """null takes people out of their team."""

    team_id: Id | None


class NewListAsked(_Asked):
    """`wanted` must say something: a list of everybody is none."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    wanted: FilterAsked


class ListAsked(_Asked):
    list_id: Id


class MergeAsked(_Asked):
    """`person_id` is kept. `of_other` names the fields the other one is right about."""

    person_id: Id
    other_id: Id
    of_other: Annotated[list[FieldName], Field(max_length=100)] = []


class MergeConfirmAsked(MergeAsked):
    hash: Hash


class MergeUndoAsked(_Asked):
    merge_id: Id
