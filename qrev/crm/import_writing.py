"""Writing the lines of a list as people: each of them once, whoever else is writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from qrev.crm.company_importing import unmade
from qrev.crm.company_ports import CompanyPeople, ListedCompanies
from qrev.crm.import_ports import ImportedPeople
from qrev.crm.imports import Known, Mark, PersonChange, Tally
from qrev.crm.judging import Judged
from qrev.crm.models import Company, Person, company_id
from qrev.crm.ports import CompanyBook
from qrev.crm.reading import PersonRow, Taken
from qrev.crm.repairs import Plan, Rules
from qrev.crm.rules import change_of

TRIES = 3  # somebody may change the same field between our reading and our writing


class Writing:
    def __init__(
        self,
        *,
        people: ImportedPeople,
        companies: CompanyBook,
        listed: ListedCompanies,
        staff: CompanyPeople,
    ) -> None:
        self._people = people
        self._companies = companies
        self._listed = listed
        self._staff = staff

    async def write(self, judged: Judged, plan: Plan, mark: Mark, tally: Tally) -> Tally:
        """Bring in the lines that may come in, and return the tally with them.

        New people by one insert; of known ones only what changes, against what it was. Of two
        lists that bring the same person at once, the second finds them known.
        """
        fresh = {i: line for i, line in judged.taken.items() if i not in judged.known}
        companies = await self._companies.add_if_new(_companies(fresh.values(), mark))
        added = await self._people.add_new(
            [person_of(line.row, id_, mark) for id_, line in fresh.items()], mark
        )
        known = dict(judged.known)
        raced = [id_ for id_ in fresh if id_ not in added]
        if raced:
            known |= await self._people.known(mark.account_id, raced, upload_id=mark.upload_id)
        ours = sum(each.made_by == mark.import_id for each in known.values())
        changed = await self._update(known, judged.taken, plan.rules, mark)
        return replace(
            tally,
            new=tally.new + len(added) + ours,
            known=tally.known + len(known) - ours,
            changed=tally.changed + changed,
            companies=tally.companies + companies,
            refused=tally.refused + len(judged.refused),
        )

    async def take_companies_back(self, lines: Iterable[Taken], mark: Mark) -> int:
        """Remove the companies these lines brought, where nobody is left. Return how many."""
        ids = [each.id for each in _companies(lines, mark)]
        return await unmade(self._listed, self._staff, mark.account_id, ids, made_by=mark.import_id)

    async def _update(
        self, known: Mapping[str, Known], lines: Mapping[str, Taken], rules: Rules, mark: Mark
    ) -> int:
        """Return how many people got something new."""
        people, changed = known, 0
        for _ in range(TRIES):
            changes = _changes(people, lines, rules)
            if not changes:
                break
            moved = [lines[each.person_id] for each in changes if each.moves_company]
            await self._companies.add_if_new(_companies(moved, mark))
            done = await self._people.change(changes, mark)
            changed += done
            if done == len(changes):
                break
            ids = [each.person_id for each in changes]
            people = await self._people.known(mark.account_id, ids, upload_id=mark.upload_id)
        if strangers := [id_ for id_, each in known.items() if not each.is_in_list]:
            await self._people.join(strangers, mark)
        return changed


def _changes(
    known: Mapping[str, Known], lines: Mapping[str, Taken], rules: Rules
) -> list[PersonChange]:
    found = (change_of(each.person, lines[id_].row, rules) for id_, each in known.items())
    return [change for change in found if change is not None]


def _companies(lines: Iterable[Taken], mark: Mark) -> list[Company]:
    found: dict[str, Company] = {}
    for row in (line.row for line in lines):
        id_ = company_id(mark.account_id, row.company_name, row.company_url)
        if id_ is not None and id_ not in found:
            found[id_] = Company(
                id=id_,
                account_id=mark.account_id,
                name=row.company_name,
                url=row.company_url,
                source=mark.source,
                made_by=mark.import_id,
                created_at=mark.at,
            )
    return list(found.values())


def person_of(row: PersonRow, id_: str, mark: Mark) -> Person:
    """Return the person a line is about."""
    return Person(
        id=id_,
        account_id=mark.account_id,
        email=row.email,
        name=row.name,
        company_id=company_id(mark.account_id, row.company_name, row.company_url),
        company_name=row.company_name,
        company_url=row.company_url,
        job_title=row.job_title,
        linkedin_url=row.linkedin_url,
        timezone=row.timezone,
        phone_number=row.phone_number,
        country=row.country,
        fields=row.fields,
        source=mark.source,
        created_at=mark.at,
    )
