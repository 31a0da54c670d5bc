"""What the cards of companies can ask. Each change answers with the company as it is now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from qrev.accounts.members import Members
from qrev.accounts.models import Actor, UserId
from qrev.accounts.teams import Teams
from qrev.assistant import companies_cards as asked
from qrev.assistant.cards import Card
from qrev.assistant.companies_cards import (
    Choice,
    CompaniesView,
    CompanyCard,
    CompanyChange,
    CompanyField,
    CompanyPerson,
    CompanyRow,
    CompanyView,
)
from qrev.assistant.viewing import from_cursor, to_cursor
from qrev.campaigns.company_numbers import CompanyCounting, CompanyNumbers
from qrev.crm.companies import Companies
from qrev.crm.company_edits import field_words, value_of
from qrev.crm.company_ports import CompanyFilter
from qrev.crm.edits import CUSTOM, HistoryEntry
from qrev.crm.models import Company, Person

GRACE = timedelta(days=30)
SHOWN_CHANGES = 20
NOBODY = Choice(value="", title="nobody")
NONE = Choice(value="", title="none")
FIELDS = ("name", "url", "industry", "country", "phone_number", "linkedin_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """How members and teams are called, by their ids."""

    people: Mapping[str, str]
    teams: Mapping[str, str]

    def of(self, field: str, value: str) -> str:
        if field == "owner_id":
            return self.people.get(value, "a former member") if value else NOBODY.title
        if field == "team_id":
            return self.teams.get(value, "a deleted team") if value else NONE.title
        return value


class CompaniesDesk:
    def __init__(
        self, *, companies: Companies, counting: CompanyCounting, members: Members, teams: Teams
    ) -> None:
        self._companies = companies
        self._counting = counting
        self._members = members
        self._teams = teams

    async def page(self, actor: Actor, ask: asked.CompaniesAsked) -> CompaniesView:
        """Return a page of companies, in order."""
        key = from_cursor(ask.after, 2)
        page = await self._companies.page(
            actor,
            CompanyFilter(
                search=ask.search,
                owner_id=UserId(ask.owner_id) if ask.owner_id else None,
                is_deleted=ask.deleted,
            ),
            sort=ask.sort,
            is_descending=ask.descending,
            after=None if key is None else (key[0], key[1]),
            limit=ask.limit,
        )
        numbers = await self._counting.of(actor, [each.id for each in page.companies])
        names = await self._names(actor)
        return CompaniesView(
            rows=[_row(each, numbers[each.id], names) for each in page.companies],
            next=None if page.next is None else to_cursor(*page.next),
            total=page.total,
            owners=_choices(names.people),
            may_change=actor.may_change,
        )

    async def show(self, actor: Actor, ask: asked.CompanyShowAsked) -> Card:
        """Return the card of one company."""
        return CompanyCard(company_id=(await self._companies.get(actor, ask.company_id)).id)

    async def get(self, actor: Actor, ask: asked.CompanyPageAsked) -> CompanyView:
        """Return a company with a page of its people."""
        key = from_cursor(ask.after, 2)
        company = await self._companies.get(actor, ask.company_id)
        page, changes, numbers, names = await asyncio.gather(
            self._companies.people(
                actor, company.id, after=None if key is None else (key[0], key[1]), limit=10
            ),
            self._companies.history(actor, company.id),
            self._counting.of(actor, [company.id]),
            self._names(actor),
        )
        counted = numbers[company.id]
        deleted_at = company.deleted_at
        may_edit = actor.may_change and deleted_at is None
        return CompanyView(
            id=company.id,
            title=company.name or company.domain,
            url=company.url,
            fields=_fields(company, names, may_edit=may_edit),
            people=[_person(each) for each in page.people],
            people_total=counted.people,
            next=None if page.next is None else to_cursor(*page.next),
            changes=[_change(entry, names) for entry in changes[:SHOWN_CHANGES]],
            source=company.source,
            created_at=company.created_at,
            last_written_at=counted.last_written_at,
            deleted_at=deleted_at,
            restorable_until=None if deleted_at is None else deleted_at + GRACE,
            may_change=actor.may_change,
        )

    async def create(self, actor: Actor, ask: asked.CompanyNewAsked) -> Card:
        """Add a company, and return its card."""
        given = {"name": ask.name, "url": ask.url}
        made = await self._companies.create(actor, {k: v for k, v in given.items() if v.strip()})
        return CompanyCard(company_id=made.id)

    async def save(self, actor: Actor, ask: asked.CompanySaveAsked) -> CompanyView:
        """Change what is given, if it is still what the card showed."""
        await self._companies.change(actor, ask.company_id, ask.changes, seen=ask.seen)
        return await self._after(actor, ask.company_id, "Saved.")

    async def delete(self, actor: Actor, ask: asked.CompanyShowAsked) -> CompanyView:
        """Take it off every list."""
        company = await self._companies.delete(actor, ask.company_id)
        return await self._after(
            actor, company.id, f"Deleted. It can be restored for {GRACE.days} days."
        )

    async def restore(self, actor: Actor, ask: asked.CompanyShowAsked) -> CompanyView:
        """Bring it back."""
        company = await self._companies.restore(actor, ask.company_id)
        return await self._after(actor, company.id, "It is back.")

    async def _after(self, actor: Actor, company_id: str, said: str) -> CompanyView:
        view = await self.get(actor, asked.CompanyPageAsked(company_id=company_id))
        return view.model_copy(update={"said": said})

    async def _names(self, actor: Actor) -> Names:
        colleagues, teams = await asyncio.gather(self._members.all(actor), self._teams.all(actor))
        return Names(
            people={each.user.id: each.user.name or each.user.email for each in colleagues},
            teams={team.id: team.name for team in teams},
        )


def _row(company: Company, numbers: CompanyNumbers, names: Names) -> CompanyRow:
    return CompanyRow(
        id=company.id,
        name=company.name,
        domain=company.domain,
        industry=company.industry,
        country=company.country,
        owner=names.of("owner_id", company.owner_id) if company.owner_id else "",
        people=numbers.people,
        last_written_at=numbers.last_written_at,
    )


def _fields(company: Company, names: Names, *, may_edit: bool) -> list[CompanyField]:
    choices = {
        "owner_id": [NOBODY, *_choices(names.people)],
        "team_id": [NONE, *_choices(names.teams)],
    }
    own = [f"{CUSTOM}{title}" for title in sorted(company.fields)]
    found = []
    for name in (*FIELDS, "owner_id", "team_id", *own):
        value = value_of(company, name)
        found.append(
            CompanyField(
                name=name,
                title=_title(name),
                value=value,
                text=names.of(name, value),
                # Without a domain it is known by its name, and a web site would make it another.
                can_edit=may_edit and (name != "url" or bool(company.domain)),
                choices=choices.get(name, []),
            )
        )
    return found


def _choices(names: Mapping[str, str]) -> list[Choice]:
    ordered = sorted(names.items(), key=lambda each: each[1].casefold())
    return [Choice(value=id_, title=name) for id_, name in ordered]


def _person(person: Person) -> CompanyPerson:
    return CompanyPerson(
        id=person.id, name=person.name, email=person.email, job_title=person.job_title
    )


def _change(entry: HistoryEntry, names: Names) -> CompanyChange:
    who = names.people.get(entry.by, "A former member")
    if entry.edits and entry.edits[0].field == "deleted":
        return CompanyChange(
            at=entry.at,
            sentence=f"{who} {'deleted' if entry.edits[0].after else 'restored'} the company",
        )
    told = []
    for edit in entry.edits:
        before, after = (names.of(edit.field, each) for each in (edit.before, edit.after))
        was = f", before: {before}" if edit.before else ""
        told.append(
            f"set the {field_words(edit.field)} to {after}{was}"
            if edit.after
            else f"emptied the {field_words(edit.field)}{was}"
        )
    return CompanyChange(at=entry.at, sentence=f"{who} {', and '.join(told)}")


def _title(field: str) -> str:
    words = field_words(field)
    return words if field.startswith(CUSTOM) else words[:1].upper() + words[1:]
