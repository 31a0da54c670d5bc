"""Saved lists: a filter with a name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from qrev.accounts.models import AccountId, UserId
from qrev.crm.filters import PeopleFilter
from qrev.crm.finding import Fact
from qrev.kit.errors import InvalidInput

MAX_NAME = 80
MAX_LISTS = 200
TEXTS = ("search", "country", "source")
IDS = ("upload_id", "owner_id", "team_id", "company_id")
FACTS = frozenset(get_args(Fact))


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedList:
    """Whom it holds is asked anew each time it is opened."""

    id: str
    account_id: AccountId
    name: str
    wanted: PeopleFilter
    created_by: UserId
    created_at: datetime


def list_name(text: str) -> str:
    """Return the name of a list as it is kept. Raises InvalidInput."""
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise InvalidInput("Give the list a name.")
    if len(name) > MAX_NAME:
        raise InvalidInput(f"A list's name has at most {MAX_NAME} characters.")
    return name


def filter_to_facts(wanted: PeopleFilter) -> dict[str, Any]:
    """Return a filter as plain values, without what it does not ask for."""
    facts: dict[str, Any] = {
        name: value for name in (*TEXTS, *IDS) if (value := getattr(wanted, name))
    }
    facts |= {"tags": list(wanted.tags)} if wanted.tags else {}
    facts |= {"has": sorted(wanted.has)} if wanted.has else {}
    facts |= {"lacks": sorted(wanted.lacks)} if wanted.lacks else {}
    return facts


def filter_from_facts(facts: Mapping[str, Any]) -> PeopleFilter:
    """Return the filter of plain values. What is not known of them asks for nothing."""

    def names(name: str) -> frozenset[Any]:
        return frozenset(each for each in facts.get(name, ()) if each in FACTS)

    return PeopleFilter(
        search=facts.get("search", ""),
        country=facts.get("country", ""),
        source=facts.get("source", ""),
        upload_id=facts.get("upload_id"),
        owner_id=facts.get("owner_id"),
        team_id=facts.get("team_id"),
        company_id=facts.get("company_id"),
        tags=tuple(facts.get("tags", ())),
        has=names("has"),
        lacks=names("lacks"),
    )
