"""Companies, as members work with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, UserId
from qrev.accounts.ports import MemberBook, TeamBook
from qrev.crm.company_edits import BELONGS, cleaned, edits_of
from qrev.crm.company_ports import (
    EVERY,
    CompanyEdit,
    CompanyFilter,
    CompanyPeople,
    CompanyRegister,
    CompanySort,
    sort_key,
)
from qrev.crm.edits import CUSTOM, HistoryEntry
from qrev.crm.models import Company, Person, company_id
from qrev.crm.ports import CompanyBook, PeopleBook
from qrev.kit.clock import Clock
from qrev.kit.csv_writing import csv_of
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.mongo import BATCH

MAX_PAGE = 100
NOTHING_SEEN: Mapping[str, str] = {}
TITLES = (
    *("name", "domain", "web site", "industry", "country", "phone number", "LinkedIn"),
    *("owner", "source", "added", "people"),
)
GONE = "This company was deleted. Restore it first."


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyPage:
    companies: tuple[Company, ...]
    next: tuple[str, str] | None
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    people: tuple[Person, ...]
    next: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelves:
    """Where companies, their people and their owners are kept."""

    book: CompanyBook
    register: CompanyRegister
    staff: CompanyPeople
    people: PeopleBook
    members: MemberBook
    teams: TeamBook


class Companies:
    def __init__(self, *, shelves: Shelves, audit: Audit, clock: Clock) -> None:
        self._shelves = shelves
        self._register = shelves.register
        self._audit = audit
        self._clock = clock

    async def get(self, actor: Actor, company_id: str) -> Company:
        """Return a company of the actor's account, a deleted one as well. Raises NotFound."""
        found = await self._register.get(actor.account_id, company_id)
        if found is None:
            raise NotFound("We could not find that company.")
        return found

    async def page(
        self,
        actor: Actor,
        which: CompanyFilter = EVERY,
        *,
        sort: CompanySort = "name",
        is_descending: bool = False,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> CompanyPage:
        """Return up to `limit` companies, and where the next page begins."""
        limit = max(1, min(limit, MAX_PAGE))
        which = replace(which, search=" ".join(which.search.casefold().split())[:300])
        found = await self._register.page(
            actor.account_id,
            which,
            sort=sort,
            is_descending=is_descending,
            after=after,
            limit=limit + 1,
        )
        shown, more = found[:limit], len(found) > limit
        return CompanyPage(
            companies=tuple(shown),
            next=(sort_key(shown[-1], sort), shown[-1].id) if more else None,
            total=await self._register.count(actor.account_id, which),
        )

    async def people(
        self,
        actor: Actor,
        company_id: str,
        *,
        after: tuple[str, str] | None = None,
        limit: int = 25,
    ) -> PeoplePage:
        """Return the people of a company in the order of their names. Raises NotFound."""
        company = await self.get(actor, company_id)
        limit = max(1, min(limit, MAX_PAGE))
        found = await self._shelves.staff.page(
            actor.account_id, company.id, after=after, limit=limit + 1
        )
        shown = found[:limit]
        known = await self._shelves.people.get_many(actor.account_id, [id_ for _, id_ in shown])
        return PeoplePage(
            people=tuple(known[id_] for _, id_ in shown if id_ in known),
            next=shown[-1] if len(found) > limit else None,
        )

    async def create(self, actor: Actor, given: Mapping[str, str]) -> Company:
        """Add a company. Raises Conflict for one that is there, InvalidInput without a name."""
        actor.must_be_able_to_change()
        facts = {field: cleaned(field, value) for field, value in given.items()}
        await self._must_belong(actor, facts)
        id_ = company_id(actor.account_id, facts.get("name", ""), facts.get("url", ""))
        if id_ is None:
            raise InvalidInput("A company needs a name or a web site.")
        plain: dict[str, Any] = {
            field: value for field, value in facts.items() if not field.startswith(CUSTOM)
        }
        company = Company(
            id=id_,
            account_id=actor.account_id,
            name=plain.pop("name", ""),
            owner_id=UserId(plain.pop("owner_id", "")) or None,
            team_id=plain.pop("team_id", "") or None,
            fields={
                f.removeprefix(CUSTOM): v for f, v in facts.items() if f.startswith(CUSTOM) and v
            },
            source="added by hand",
            created_at=self._clock(),
            **plain,
        )
        if await self._shelves.book.add_if_new([company]) == 0:
            there = await self.get(actor, id_)
            name = there.name or there.domain
            if there.deleted_at is not None:
                raise Conflict(f"{name} was deleted. Restore it instead of making it again.")
            raise Conflict(f"{name} is there already.")
        return company

    async def change(
        self,
        actor: Actor,
        company_id: str,
        changes: Mapping[str, str],
        *,
        seen: Mapping[str, str] = NOTHING_SEEN,
    ) -> Company:
        """Return the company with these fields changed; every other field stays as it is.

        Two who change different fields at once both succeed. Of two who change the same one, the
        second gets Conflict. People who had the company's name get its new one. Raises NotFound
        and InvalidInput.
        """
        actor.must_be_able_to_change()
        company = await self.get(actor, company_id)
        if company.deleted_at is not None:
            raise Conflict(GONE)
        edits = edits_of(company, changes, seen)
        if not edits:
            return company
        await self._must_belong(actor, {edit.field: edit.after for edit in edits})
        edit = CompanyEdit(
            account_id=actor.account_id,
            company_id=company.id,
            by=actor.user_id,
            at=self._clock(),
            edits=edits,
        )
        if not await self._register.change(edit):
            raise Conflict("Somebody else changed the same field just now. Look at it again.")
        for each in edits:
            if each.field == "name" and each.before and each.after:
                await self._shelves.staff.rename(
                    actor.account_id, company.id, before=each.before, after=each.after
                )
        return await self.get(actor, company.id)

    async def delete(self, actor: Actor, company_id: str) -> Company:
        """Take a company off every list; its people stay. Twice is harmless. Raises NotFound."""
        return await self._set_deleted(actor, company_id, is_wanted=True)

    async def restore(self, actor: Actor, company_id: str) -> Company:
        """Bring back a company that was deleted in the last 30 days. Raises NotFound."""
        return await self._set_deleted(actor, company_id, is_wanted=False)

    async def history(self, actor: Actor, company_id: str) -> list[HistoryEntry]:
        """Return what members changed of a company, the newest first. Raises NotFound."""
        await self.get(actor, company_id)
        return await self._register.history(actor.account_id, company_id)

    async def export(self, actor: Actor, which: CompanyFilter = EVERY) -> AsyncIterator[bytes]:
        """Return the companies as a CSV file, in pieces of 1,000."""
        await self._audit.record(actor, "company.exported", "")
        return csv_of(TITLES, self._rows(actor, which))

    async def _set_deleted(self, actor: Actor, company_id: str, *, is_wanted: bool) -> Company:
        actor.must_be_able_to_change()
        company = await self.get(actor, company_id)
        await self._register.set_deleted(
            actor.account_id,
            company.id,
            is_wanted=is_wanted,
            at=self._clock(),
            by=actor.user_id,
        )
        return await self.get(actor, company.id)

    async def _must_belong(self, actor: Actor, after: Mapping[str, str]) -> None:
        """Raise InvalidInput for an owner or team that the account does not have."""
        owner_id, team_id = (after.get(field, "") for field in BELONGS)
        members, teams = self._shelves.members, self._shelves.teams
        if owner_id and await members.get(actor.account_id, UserId(owner_id)) is None:
            raise InvalidInput("The owner must be a member of this workspace.")
        if team_id and await teams.get(actor.account_id, team_id) is None:
            raise InvalidInput("That team is not one of this workspace.")

    async def _rows(
        self, actor: Actor, which: CompanyFilter
    ) -> AsyncIterator[list[tuple[str, ...]]]:
        owners = {
            c.user.id: c.user.email
            for c in await self._shelves.members.of_account(actor.account_id)
        }
        after: tuple[str, str] | None = None
        while True:
            found = await self._register.page(
                actor.account_id,
                which,
                sort="name",
                is_descending=False,
                after=after,
                limit=BATCH,
            )
            staff = await self._shelves.staff.of(actor.account_id, [each.id for each in found])
            yield [_row(each, owners, len(staff.get(each.id, ()))) for each in found]
            if len(found) < BATCH:
                return
            after = sort_key(found[-1], "name"), found[-1].id


def _row(company: Company, owners: Mapping[UserId, str], people: int) -> tuple[str, ...]:
    return (
        company.name,
        company.domain,
        company.url,
        company.industry,
        company.country,
        company.phone_number,
        company.linkedin_url,
        owners.get(company.owner_id, "") if company.owner_id else "",
        company.source,
        company.created_at.isoformat() if company.created_at else "",
        str(people),
    )
