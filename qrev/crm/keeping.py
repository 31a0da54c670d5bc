"""Writing people down, deleting them, and having them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.crm.addresses import normalised
from qrev.crm.edits import CUSTOM, HistoryEntry, cleaned
from qrev.crm.marks import created, deleted, restored
from qrev.crm.models import Company, Person, company_id, person_id
from qrev.crm.people_ports import OpenMails, PeopleMarks
from qrev.crm.ports import CompanyBook, PeopleBook, PersonEdits
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound

MAX_SELECTED = 500  # people, by a press
BY_HAND = "written down"
DELETED = "Deleted from your people"
NOBODY = "We could not find that person."


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """`mails` that had not left are not sent any more; they stay so when someone is restored."""

    people: int
    mails: int


class Keeping:
    def __init__(
        self,
        *,
        people: PeopleBook,
        marks: PeopleMarks,
        edits: PersonEdits,
        companies: CompanyBook,
        mails: OpenMails,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._people = people
        self._marks = marks
        self._edits = edits
        self._companies = companies
        self._mails = mails
        self._audit = audit
        self._clock = clock

    async def create(self, actor: Actor, email: str, facts: Mapping[str, str]) -> Person:
        """Return a new person. Whoever was deleted is back, and keeps what was known of them.

        Raises InvalidInput, and Conflict for an address that is known already.
        """
        actor.must_be_able_to_change()
        person = _person(actor.account_id, email, facts)
        person = replace(person, created_at=self._clock())
        before = (await self._marks.get_any(actor.account_id, [person.id])).get(person.id)
        if before is not None and before.deleted_at is None:
            raise Conflict(f"{person.email} is among your people already.")
        if person.company_id:
            company = Company(
                id=person.company_id,
                account_id=actor.account_id,
                name=person.company_name,
                url=person.company_url,
            )
            await self._companies.add_if_new([company])
        if before is not None:
            # Nobody else's list: they are back because a member wants them back.
            back = restored(before, actor.user_id, self._clock())
            await self._marks.mark(actor.account_id, [back])
        is_new = await self._people.upsert([person], upload_id=None) == 1
        if is_new:
            mark = created(person, actor.user_id, self._clock())
            await self._marks.mark(actor.account_id, [mark])
        elif before is None:
            raise Conflict(f"{person.email} was added by somebody else just now.")
        return (await self._marks.get_any(actor.account_id, [person.id]))[person.id]

    async def delete(self, actor: Actor, person_ids: Collection[str]) -> Deletion:
        """Delete people, for 30 days not for good, and stop what has not left to them.

        Those who are deleted already stay so. Raises NotFound if one of them is not there.
        """
        actor.must_be_able_to_change()
        people = await self.selected(actor, person_ids)
        here = [person for person in people if person.deleted_at is None]
        now = self._clock()
        # Deleted first: what is planned between the two writes meets them before the wire.
        count = await self._marks.mark(
            actor.account_id, [deleted(person, actor.user_id, now) for person in here]
        )
        if count:
            await self._note(actor, "people.deleted", here, count)
        mails = [
            await self._mails.cancel(actor.account_id, reason=DELETED, at=now, email=person.email)
            for person in people
        ]
        return Deletion(people=count, mails=sum(mails))

    async def restore(self, actor: Actor, person_ids: Collection[str]) -> int:
        """Have deleted people back. Return how many. Raises NotFound if one is not there."""
        actor.must_be_able_to_change()
        people = await self.selected(actor, person_ids)
        gone = [person for person in people if person.deleted_at is not None]
        now = self._clock()
        count = await self._marks.mark(
            actor.account_id, [restored(person, actor.user_id, now) for person in gone]
        )
        if count:
            await self._note(actor, "people.restored", gone, count)
        return count

    async def _note(
        self, actor: Actor, action: str, people: Collection[Person], count: int
    ) -> None:
        """Add it to the log. Who it was is in the history of each; the log lives longer."""
        subject = next(iter(people)).id
        await self._audit.record(actor, action, subject, after={"count": count})

    async def history(self, actor: Actor, person_id: str) -> list[HistoryEntry]:
        """Return what members did to a person, a deleted one too, the newest first."""
        return await self._edits.history(actor.account_id, person_id)

    async def known(self, actor: Actor, person_ids: Collection[str]) -> list[Person]:
        """Return those of these people that are kept, deleted ones too."""
        return list((await self._marks.get_any(actor.account_id, person_ids)).values())

    async def selected(self, actor: Actor, person_ids: Collection[str]) -> list[Person]:
        """Return people by their ids, deleted ones too. Raises InvalidInput and NotFound."""
        ids = list(dict.fromkeys(person_ids))
        if not ids:
            raise InvalidInput("Choose somebody first.")
        if len(ids) > MAX_SELECTED:
            raise InvalidInput(f"Choose at most {MAX_SELECTED} people at once.")
        found = await self._marks.get_any(actor.account_id, ids)
        if len(found) < len(ids):
            raise NotFound(NOBODY if len(ids) == 1 else "One of those people is not there.")
        return [found[id_] for id_ in ids]


def _person(account_id: AccountId, email: str, facts: Mapping[str, str]) -> Person:
    address = normalised(email)
    if address is None:
        raise InvalidInput(f"“{email[:80]}” is not an email address.")
    held = {field: cleaned(field, value) for field, value in facts.items()}
    custom = {f.removeprefix(CUSTOM): v for f, v in held.items() if f.startswith(CUSTOM) and v}
    known = {field: value for field, value in held.items() if not field.startswith(CUSTOM)}
    person = Person(
        id=person_id(account_id, address),
        account_id=account_id,
        email=address,
        **known,  # type: ignore[arg-type]
        fields=custom,
        source=BY_HAND,
    )
    known_as = company_id(account_id, person.company_name, person.company_url)
    return replace(person, company_id=known_as)
