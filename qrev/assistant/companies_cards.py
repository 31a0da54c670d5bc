"""Companies on the screen: their cards, what these ask for and what they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor, Id

Text = Annotated[str, Field(max_length=2000)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CompaniesCard(Card):
    """A sortable, paged table of companies."""

    @property
    def key(self) -> str:
        return "companies"


class CompanyCard(Card):
    """One company: its facts, its people and what was changed of it."""

    company_id: str

    @property
    def key(self) -> str:
        return self.company_id


class CompaniesAsked(_Asked):
    """`search` is letters of a name or domain, `owner_id` narrows it to one member's."""

    search: Annotated[str, Field(max_length=300)] = ""
    owner_id: Annotated[str, Field(max_length=300)] | None = None
    deleted: bool = False
    sort: Literal["name", "domain"] = "name"
    descending: bool = False
    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class CompanyShowAsked(_Asked):
    company_id: Id


class CompanyPageAsked(_Asked):
    """`after` is the place among its people."""

    company_id: Id
    after: Cursor | None = None


class CompanyNewAsked(_Asked):
    name: Text = ""
    url: Text = ""


class CompanySaveAsked(_Asked):
    """`seen` is what the fields of `changes` held on the card."""

    company_id: Id
    changes: Annotated[dict[str, Text], Field(max_length=100)]
    seen: Annotated[dict[str, Text], Field(max_length=100)] = {}


class CompanyRow(_Shown):
    id: str
    name: str
    domain: str
    industry: str
    country: str
    owner: str
    people: int
    last_written_at: datetime | None


class Choice(_Shown):
    value: str
    title: str


class CompaniesView(_Shown):
    """`owners` are the members it can be narrowed to."""

    rows: list[CompanyRow]
    next: str | None
    total: int
    owners: list[Choice]
    may_change: bool


class CompanyField(_Shown):
    """One fact. Its `choices` are all it can be, where there are any; `text` is the chosen one."""

    name: str
    title: str
    value: str
    text: str
    can_edit: bool
    choices: list[Choice] = []


class CompanyPerson(_Shown):
    id: str
    name: str
    email: str
    job_title: str


class CompanyChange(_Shown):
    at: datetime
    sentence: str


class CompanyView(_Shown):
    """`said` is what a change came to, empty for none."""

    id: str
    title: str
    url: str
    fields: list[CompanyField]
    people: list[CompanyPerson]
    people_total: int
    next: str | None
    changes: list[CompanyChange]
    source: str
    created_at: datetime | None
    last_written_at: datetime | None
    deleted_at: datetime | None
    restorable_until: datetime | None
    may_change: bool
    said: str = ""
