"""What an AI server may read for a member: no more than the member, and only during their turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qrev.accounts.models import AccountId, Actor, UserId
from qrev.accounts.ports import MemberBook, UserBook
from qrev.assistant.contract import LookUpRequest
from qrev.campaigns.sequences import Overview, Sequences
from qrev.crm.filters import PeopleFilter
from qrev.crm.models import Person
from qrev.crm.service import People
from qrev.kit.clock import Clock
from qrev.kit.errors import NotSignedIn
from qrev.kit.signing import Signer

GOOD_FOR = timedelta(minutes=15)  # a turn is answered within 90 seconds


class LookUpTickets:
    """Says for whom an AI server asks. Nobody else can make one."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    def issue(self, actor: Actor) -> str:
        """Return a ticket for the actor's turn."""
        until = self._clock() + GOOD_FOR
        return self._signer.sign(actor.account_id, actor.user_id, until.isoformat())

    def read(self, ticket: str) -> tuple[AccountId, UserId]:
        """Return for whom it was made. Raises NotSignedIn for one that is made up or over."""
        facts = self._signer.read(ticket)
        if facts is None or datetime.fromisoformat(facts[2]) <= self._clock():
            raise NotSignedIn("This ticket is over, or none of ours.")
        return AccountId(facts[0]), UserId(facts[1])


class LookingUp:
    def __init__(
        self,
        *,
        tickets: LookUpTickets,
        members: MemberBook,
        users: UserBook,
        people: People,
        sequences: Sequences,
    ) -> None:
        self._tickets = tickets
        self._members = members
        self._users = users
        self._people = people
        self._sequences = sequences

    async def answer(self, asked: LookUpRequest) -> dict[str, Any]:
        """Return what the member of the ticket would see. Raises NotSignedIn, NotFound."""
        actor = await self._actor(asked.ticket)
        if asked.about == "people":
            return await self._found_people(actor, asked.contains, asked.limit)
        if asked.about == "sequences":
            return await self._found_sequences(actor, asked.contains)
        return _numbers(await self._sequences.overview(actor, asked.sequence_id))

    async def _actor(self, ticket: str) -> Actor:
        """Return the member as they are now: who was removed since reads nothing more."""
        account_id, user_id = self._tickets.read(ticket)
        member = await self._members.get(account_id, user_id)
        user = await self._users.get(user_id)
        if member is None or user is None or user.is_disabled:
            raise NotSignedIn
        return Actor(
            account_id=account_id,
            user_id=user_id,
            role=member.role,
            email=user.email,
            name=user.name,
        )

    async def _found_people(self, actor: Actor, contains: str, limit: int) -> dict[str, Any]:
        found = await self._people.page(actor, PeopleFilter(search=contains), limit=limit)
        everybody = await self._people.page(actor, limit=1)
        return {
            "people": [_person(person) for person in found.people],
            "known_in_all": everybody.total.number if everybody.total else 0,
        }

    async def _found_sequences(self, actor: Actor, contains: str) -> dict[str, Any]:
        wanted = contains.strip().lower()
        page = await self._sequences.page(actor)
        return {"sequences": [_numbers(o) for o in page if wanted in o.sequence.name.lower()]}


def _person(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "email": person.email,
        "company_name": person.company_name,
        "job_title": person.job_title,
    }


def _numbers(overview: Overview) -> dict[str, Any]:
    sequence, counts = overview.sequence, overview.counts
    return {
        "sequence_id": sequence.id,
        "name": sequence.name,
        "status": sequence.status.value,
        "is_drafting": sequence.is_drafting,
        "people": sequence.people,
        "steps": len(sequence.steps),
        "mails": {status.value: count for status, count in counts.by_status.items()},
        "next_at": None if counts.next_at is None else counts.next_at.isoformat(),
    }
