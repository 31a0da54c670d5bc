"""Whom we know, and whom we must not write to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId
from qrev.kit.ids import stable_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Someone we know. `fields` are the columns of a list that we have no name for.

    `source` is where they came from first. Whoever was deleted can be restored for 30 days.
    """

    id: str
    account_id: AccountId
    email: str
    name: str = ""
    company_id: str | None = None
    company_name: str = ""
    company_url: str = ""
    job_title: str = ""
    linkedin_url: str = ""
    timezone: str = ""
    phone_number: str = ""
    country: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    source: str = ""
    created_at: datetime | None = None
    owner_id: UserId | None = None
    team_id: str | None = None
    tags: tuple[str, ...] = ()
    deleted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """An organisation we sell to, known by its domain or, without one, its name.

    `fields` are those only this account has. One that was deleted can be restored for 30 days.
    `made_by` is the list that brought it, "" for a member.
    """

    id: str
    account_id: AccountId
    name: str
    url: str = ""
    industry: str = ""
    country: str = ""
    phone_number: str = ""
    linkedin_url: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    owner_id: UserId | None = None
    team_id: str | None = None
    source: str = ""
    made_by: str = ""
    created_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def domain(self) -> str:
        return domain_of(self.url)


class Origin(StrEnum):
    """How an address or domain came onto the suppression list."""

    MEMBER = "member"
    LIST = "list"  # from a file a member brought
    OPT_OUT = "opt_out"  # whoever it belongs to asked for it
    REFUSED = "refused"  # their server will never take a mail
    ERASED = "erased"  # whoever it belongs to had everything erased


WISHES = frozenset({Origin.OPT_OUT, Origin.ERASED})  # not ours to overrule by the way


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """An address or domain this account must never write to again, and why.

    `value` of an erased address is its `Veil` hash: the address itself is nowhere. `by` is the
    member, None where nobody of ours did it.
    """

    account_id: AccountId
    value: str
    reason: str
    created_at: datetime
    origin: Origin = Origin.MEMBER
    by: UserId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file a member dropped. The same bytes are the same upload."""

    id: str
    account_id: AccountId
    created_by: UserId
    filename: str
    size: int
    created_at: datetime


def person_id(account_id: AccountId, email: str) -> str:
    """Return the one id of a normalised address in an account."""
    return stable_id("per", account_id, email)


def company_id(account_id: AccountId, name: str, url: str) -> str | None:
    """Return the one id of a company, by its domain if there is one, None without either."""
    key = domain_of(url) or " ".join(name.lower().split())
    return stable_id("com", account_id, key) if key else None


def domain_of(url: str) -> str:
    """Return the domain a company is known by, "" for no whole web address."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.").lower()
