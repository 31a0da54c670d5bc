"""What members say about other services: a call to be booked, and what was told about whom."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from qrev.accounts.changes import Changes
from qrev.accounts.models import Actor
from qrev.accounts.ports import UserBook
from qrev.accounts.service import Accounts
from qrev.assistant.cards import Card, ChangeCard, QuestionCard, TextCard
from qrev.assistant.integrations_cards import IntegrationsCard
from qrev.campaigns.days import day_in
from qrev.crm.booking import Booking
from qrev.crm.filters import PeopleFilter
from qrev.crm.models import Person
from qrev.crm.service import People
from qrev.crm.timezones import zone_of
from qrev.kit.clock import Clock

USUAL_LENGTH = 30  # minutes
MOST_CHOICES = 5
WITH = re.compile(
    r"\bwith\s+(?P<whom>.+?)(?=\s+(?:on|at|for|from|in|next|this|tomorrow|today|the)\b|[,?!]|\.?\s*$)",
    re.IGNORECASE,
)
AT = re.compile(r"(?:\bat|@)\s*(\d{1,2})(?:[:.h](\d{2}))?\s*(a\.?m|p\.?m)?\b", re.IGNORECASE)
LENGTH = re.compile(r"\b(\d{1,3})[- ]?(min|minute|hour|h)s?\b", re.IGNORECASE)
NO_TIME = (
    "Say when, please: “book a call with {whom} on Tuesday at 3”, or “… on 12 March at 15:30 for "
    "45 minutes”."
)
NO_ONE = "Say with whom and when, please: “book a call with Anna on Tuesday at 3”."


class VendorSaying:
    def __init__(
        self,
        *,
        booking: Booking,
        changes: Changes,
        people: People,
        accounts: Accounts,
        users: UserBook,
        clock: Clock,
    ) -> None:
        self._booking = booking
        self._changes = changes
        self._people = people
        self._accounts = accounts
        self._users = users
        self._clock = clock

    async def book(self, actor: Actor, words: str) -> list[Card]:
        """Return a call to be confirmed, or what is still to be said."""
        named = WITH.search(words)
        if named is None:
            return [TextCard(text=NO_ONE)]
        whom = named["whom"].strip().rstrip(".")
        found = await self._named(actor, whom)
        if len(found) != 1:
            return [_which(whom, words, found)]
        zone = await self._zone(actor)
        starts_at = moment_in(words, self._clock().astimezone(ZoneInfo(zone)))
        if starts_at is None:
            return [TextCard(text=NO_TIME.format(whom=whom))]
        wanted = self._booking.wanted(found[0].id, starts_at, minutes_in(words), zone)
        change = await self._changes.propose_call(actor, wanted.subject)
        return [ChangeCard(change_id=change.id)]

    async def log(self, actor: Actor, about: str) -> IntegrationsCard:
        """Return what was said to other services, about somebody where they are named."""
        if about and "@" not in about:
            found = await self._named(actor, about)
            about = found[0].email if found else about
        return IntegrationsCard(about=about)

    async def _named(self, actor: Actor, whom: str) -> list[Person]:
        page = await self._people.page(actor, PeopleFilter(search=whom[:200]), limit=MOST_CHOICES)
        return list(page.people)

    async def _zone(self, actor: Actor) -> str:
        """Return the member's own time zone, the workspace's where they have not said."""
        user = await self._users.get(actor.user_id)
        own = zone_of(user.timezone) if user is not None else None
        return own or zone_of((await self._accounts.account(actor)).timezone) or "UTC"


def moment_in(words: str, now: datetime) -> datetime | None:
    """Return the moment these words name, on the clock of `now`; None without day or hour.

    An hour from 1 to 7 that does not say which half of the day it is of is of the afternoon.
    """
    found, day = AT.search(words), _day(words, now.date())
    if found is None or day is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    elif not half and found[2] is None and 1 <= hour <= 7:
        hour += 12
    if hour > 23 or minute > 59:
        return None
    return datetime.combine(day, time(hour, minute), now.tzinfo)


def _day(words: str, today: date) -> date | None:
    # The hour is no day of a month: "on Tuesday at 3".
    return day_in(AT.sub(" ", words), today)


def minutes_in(words: str) -> int:
    """Return how long it is to be, half an hour if nothing was said."""
    found = LENGTH.search(words)
    if found is None:
        return USUAL_LENGTH
    return int(found[1]) * (60 if found[2].lower().startswith("h") else 1)


def _which(whom: str, words: str, found: list[Person]) -> Card:
    if not found:
        return TextCard(text=f"I know nobody called “{whom}”. Look in /people, or write them down.")
    choices = [words.replace(whom, person.email, 1) for person in found]
    return QuestionCard(text=f"Which {whom} do you mean?", choices=choices)
