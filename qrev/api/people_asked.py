"""What programs may ask about people, as types."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qrev.api.asked import Id
from qrev.crm.filters import MAX_TAGS, PeopleFilter
from qrev.crm.finding import Fact, PeopleSort

Tag = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(max_length=200)]


class FilterAsked(BaseModel):
    """What people must be like: everything that is said. What is left out says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search: Text = ""
    list_id: Annotated[Id | None, Field(description="An upload's.")] = None
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
            upload_id=self.list_id,
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


class ContactsAsked(FilterAsked):
    sort: PeopleSort = "name"
    is_descending: bool = False
    after: Annotated[str, Field(max_length=2000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
