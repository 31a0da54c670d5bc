"""What programs send and are answered about companies, as types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.api.asked import FieldName, Id, Value
from qrev.campaigns.company_numbers import CompanyNumbers
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
