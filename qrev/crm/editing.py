"""Looking at one person, and changing them field by field."""

from __future__ import annotations

from collections.abc import Mapping

from qrev.accounts.models import Actor
from qrev.crm.edits import COMPANY, HistoryEntry, PersonEdit, company_after, edits_of
from qrev.crm.models import Company, Person
from qrev.crm.ports import CompanyBook, PeopleBook, PersonEdits
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound

NOTHING_SEEN: Mapping[str, str] = {}


class Editing:
    def __init__(
        self, *, people: PeopleBook, edits: PersonEdits, companies: CompanyBook, clock: Clock
    ) -> None:
        self._people = people
        self._edits = edits
        self._companies = companies
        self._clock = clock

    async def get(self, actor: Actor, person_id: str) -> Person:
        """Return a person of the actor's account. Raises NotFound."""
        found = await self._people.get_many(actor.account_id, [person_id])
        if person_id not in found:
            raise NotFound("We could not find that person.")
        return found[person_id]

    async def change(
        self,
        actor: Actor,
        person_id: str,
        changes: Mapping[str, str],
        *,
        seen: Mapping[str, str] = NOTHING_SEEN,
    ) -> Person:
        """Return the person with these fields changed; every other field stays as it is.

        Two who change different fields at once both succeed. Of two who change the same one, the
        second gets Conflict, and nothing of theirs is written. Raises NotFound and InvalidInput.
        """
        actor.must_be_able_to_change()
        person = await self.get(actor, person_id)
        edits = edits_of(person, changes, seen)
        if not edits:
            return person
        edit = PersonEdit(
            account_id=actor.account_id,
            person_id=person_id,
            by=actor.user_id,
            at=self._clock(),
            edits=edits,
        )
        if edit.moves_company:
            edit = await self._with_company(person, edit)
        if not await self._edits.change(edit):
            raise Conflict("Somebody else changed the same field just now. Look at it again.")
        return await self.get(actor, person_id)

    async def history(self, actor: Actor, person_id: str) -> list[HistoryEntry]:
        """Return what members changed of a person, the newest first. Raises NotFound."""
        await self.get(actor, person_id)
        return await self._edits.history(actor.account_id, person_id)

    async def _with_company(self, person: Person, edit: PersonEdit) -> PersonEdit:
        """Return the edit with its company, which is there before a person points at it."""
        name, url, id_ = company_after(person, edit.edits)
        if id_ is not None:
            company = Company(id=id_, account_id=person.account_id, name=name, url=url)
            await self._companies.add_if_new([company])
        changed = {each.field for each in edit.edits}
        return PersonEdit(
            account_id=edit.account_id,
            person_id=edit.person_id,
            by=edit.by,
            at=edit.at,
            edits=edit.edits,
            unchanged=tuple((f, str(getattr(person, f))) for f in COMPANY if f not in changed),
            company_id=id_,
        )
