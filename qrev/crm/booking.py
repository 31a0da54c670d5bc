"""Booking a call with somebody: shown first, made once, and known from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Change
from qrev.crm.meetings import LastCampaign, Meeting, MeetingBook, NewCall, Rooms
from qrev.crm.models import Person
from qrev.crm.ports import PeopleBook
from qrev.crm.timezones import zone_of
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound
from qrev.kit.ids import new_id

LENGTHS = range(5, 8 * 60 + 1)  # minutes
AHEAD = timedelta(days=365)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A call as it is asked for. `timezone` is the one the member said it in."""

    person_id: str
    starts_at: datetime
    minutes: int
    timezone: str

    @property
    def subject(self) -> str:
        """Return it as a change's subject, from which `read` has it back."""
        return " ".join(
            [self.person_id, self.starts_at.isoformat(), str(self.minutes), self.timezone]
        )

    @classmethod
    def read(cls, subject: str) -> Wanted:
        person_id, starts_at, minutes, timezone = subject.split(" ")
        return cls(
            person_id=person_id,
            starts_at=datetime.fromisoformat(starts_at),
            minutes=int(minutes),
            timezone=timezone,
        )


class Booking:
    """Fills ChangeMaker for booking a call."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        meetings: MeetingBook,
        people: PeopleBook,
        campaigns: LastCampaign,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._meetings = meetings
        self._people = people
        self._campaigns = campaigns
        self._audit = audit
        self._clock = clock

    def wanted(self, person_id: str, starts_at: datetime, minutes: int, timezone: str) -> Wanted:
        """Return a call that can be proposed. Raises InvalidInput for one that cannot be."""
        zone, now = zone_of(timezone) or "UTC", self._clock()
        if starts_at.tzinfo is None:
            raise InvalidInput("Say in which time zone that is.")
        if not now < starts_at <= now + AHEAD:
            raise InvalidInput("A call is booked for some time within the next year.")
        if minutes not in LENGTHS:
            raise InvalidInput("A call lasts between 5 minutes and 8 hours.")
        return Wanted(
            person_id=person_id,
            starts_at=starts_at.replace(second=0, microsecond=0),
            minutes=minutes,
            timezone=zone,
        )

    async def facts(self, actor: Actor, subject: str) -> tuple[str, ...]:
        """Return what would be booked, in sentences."""
        actor.must_be_able_to_change()
        wanted = Wanted.read(subject)
        person = await self._person(actor, wanted.person_id)
        host = await self._rooms.host(actor.account_id, actor.user_id)
        return (
            f"A call with {called(person)} on {when(wanted.starts_at, wanted.timezone)}, "
            f"{wanted.minutes} minutes.",
            f"It is made in the Zoom of {host}. Zoom writes to nobody.",
            "The next mail to them carries the invitation. Its link is on their page at once, and "
            "in a draft stands for {{meeting_link}}.",
        )

    async def make(self, actor: Actor, change: Change) -> None:
        """Make the call in Zoom, once, and keep it."""
        wanted = Wanted.read(change.subject)
        person = await self._person(actor, wanted.person_id)
        host = await self._rooms.host(actor.account_id, actor.user_id)
        call = NewCall(
            topic=f"{actor.name} and {person.name or person.email}"[:200],
            starts_at=wanted.starts_at,
            minutes=wanted.minutes,
        )
        booked = await self._rooms.book(actor.account_id, actor.user_id, call, about=person.email)
        await self._meetings.add(
            Meeting(
                id=f"mtg_{new_id()}",
                account_id=actor.account_id,
                person_id=person.id,
                email=person.email,
                name=person.name,
                by=actor.user_id,
                host=host,
                topic=call.topic,
                starts_at=call.starts_at,
                minutes=call.minutes,
                link=booked.link,
                external_id=booked.external_id,
                created_at=self._clock(),
                sequence_id=await self._campaigns.of_address(actor.account_id, person.email),
            )
        )
        await self._audit.record(actor, "call.booked", person.id)

    async def with_person(self, actor: Actor, person_id: str) -> list[Meeting]:
        """Return the calls with somebody, the latest first."""
        return await self._meetings.of_person(actor.account_id, person_id)

    async def link(self, actor: Actor, person_id: str) -> str:
        """Return the link of the next call with somebody. Raises InvalidInput without one."""
        now = self._clock()
        ahead = await self._meetings.to_invite(actor.account_id, [person_id], now=now)
        if not ahead:
            raise InvalidInput(
                "No call is booked with them, so {{meeting_link}} stands for nothing. Write “book "
                "a call with …” first, or take it out."
            )
        return min(ahead, key=lambda meeting: meeting.starts_at).link

    async def _person(self, actor: Actor, person_id: str) -> Person:
        found = await self._people.get_many(actor.account_id, [person_id])
        if person_id not in found:
            raise NotFound("We could not find that person.")
        return found[person_id]


def called(person: Person) -> str:
    """Return somebody as they are told apart."""
    return f"{person.name} ({person.email})" if person.name else person.email


def when(at: datetime, timezone: str) -> str:
    """Return a moment as one says it: “Tuesday, 3 March 2026 at 15:00 (Europe/Berlin)”."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local:%A}, {local.day} {local:%B %Y} at {local:%H:%M} ({timezone})"
