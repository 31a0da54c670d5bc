"""What programs send and are answered about companies, as types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.api.asked import FieldName, Id, Value
from qrev.api.people_views import RefusedLineView
from qrev.campaigns.company_numbers import CompanyNumbers
from qrev.crm.columns import LEAVE
from qrev.crm.company_edits import field_words
from qrev.crm.company_importing import CompanyListed
from qrev.crm.edits import CUSTOM
from qrev.crm.models import Company

Text = Annotated[str, Field(max_length=300)]
Link = Annotated[str, Field(max_length=2000, examples=["https://acme.com"])]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CompanyAsked(_Asked):
    company_id: Id


class NewCompanyAsked(_Asked):
    """A company needs a name or a web site. `fields` are those only this workspace has."""

    name: Text = ""
    url: Link = ""
    industry: Text = ""
    country: Text = ""
    phone_number: Text = ""
    linkedin_url: Link = ""
    owner_id: Text = ""
    team_id: Text = ""
    fields: Annotated[dict[FieldName, Value], Field(max_length=100)] = {}


class CompanyChangeAsked(_Asked):
    """`seen` is what the fields held when you looked: what is left out of it is not compared."""

    company_id: Id
    changes: Annotated[
        dict[FieldName, Value],
        Field(min_length=1, max_length=100, examples=[{"industry": "Wood"}]),
    ]
    seen: Annotated[dict[FieldName, Value], Field(max_length=100)] = {}


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class CompanyView(_View):
    """`people` are how many of its people are known; `last_written_at` is about any of them."""

    company_id: str
    name: str
    domain: str
    url: str
    industry: str
    country: str
    phone_number: str
    linkedin_url: str
    fields: dict[str, str]
    owner_id: str | None
    team_id: str | None
    source: str
    created_at: datetime | None
    deleted_at: datetime | None
    people: int
    last_written_at: datetime | None

    @classmethod
    def of(cls, company: Company, numbers: CompanyNumbers) -> CompanyView:
        return cls(
            company_id=company.id,
            name=company.name,
            domain=company.domain,
            url=company.url,
            industry=company.industry,
            country=company.country,
            phone_number=company.phone_number,
            linkedin_url=company.linkedin_url,
            fields=company.fields,
            owner_id=company.owner_id,
            team_id=company.team_id,
            source=company.source,
            created_at=company.created_at,
            deleted_at=company.deleted_at,
            people=numbers.people,
            last_written_at=numbers.last_written_at,
        )


class CompanyPageView(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    companies: list[CompanyView]
    total: int
    next: str | None


class CompanyListAsked(_Asked):
    upload_id: Id


class CompanyColumnView(_View):
    """`means` is the fact a column is taken for, “left out”, or “a field of your own”."""

    title: str
    means: str


class CompanyListView(_View):
    """What a list of companies is, and once it `is_written`, what became of it.

    `filled` of the known companies get a fact they lack; nothing is replaced. `refused` are the
    first thousand of `refused_count` lines.
    """

    upload_id: str
    filename: str
    is_written: bool
    columns: list[CompanyColumnView]
    new: int
    known: int
    filled: int
    refused_count: int
    refused: list[RefusedLineView]

    @classmethod
    def of(cls, listed: CompanyListed) -> CompanyListView:
        return cls(
            upload_id=listed.upload_id,
            filename=listed.filename,
            is_written=listed.is_written,
            columns=[
                CompanyColumnView(title=title, means=_meaning(field))
                for title, field in listed.columns
            ],
            new=listed.new,
            known=listed.known,
            filled=listed.filled,
            refused_count=listed.refused_count,
            refused=[RefusedLineView.of(each) for each in listed.refused],
        )


class CompaniesTakenBackView(_View):
    """`kept` are those that stay: changed since, with people, or there before."""

    removed: int
    kept: int


def _meaning(field: str) -> str:
    if field == LEAVE:
        return "left out"
    return "a field of your own" if field.startswith(CUSTOM) else field_words(field)
