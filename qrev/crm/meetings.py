"""Calls that are booked with people. Pure, and what keeping and making them needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from qrev.accounts.models import AccountId, UserId


class MeetingState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


# Which way an event may lead: one that comes twice, or late, leads nowhere.
BEFORE: Mapping[MeetingState, tuple[MeetingState, ...]] = {
    MeetingState.STARTED: (MeetingState.PLANNED,),
    MeetingState.ENDED: (MeetingState.PLANNED, MeetingState.STARTED),
    MeetingState.CANCELLED: (MeetingState.PLANNED, MeetingState.STARTED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """`external_id` is what the service calls it. `sequence_id` is the campaign it came of, if any.

    `invited_in` is the mail that carries the invitation, "" for none yet.
    """

    id: str
    account_id: AccountId
    person_id: str
    email: str
    name: str
    by: UserId
    host: str
    topic: str
    starts_at: datetime
    minutes: int
    link: str
    external_id: str
    created_at: datetime
    state: MeetingState = MeetingState.PLANNED
    sequence_id: str = ""
    invited_in: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class MeetingBook(Protocol):
    async def add(self, meeting: Meeting) -> None: ...

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Meeting]:
        """Return the last fifty with somebody, the latest first."""

    async def move(
        self, external_id: str, state: MeetingState, *, among: Collection[MeetingState]
    ) -> Meeting | None:
        """Change the state of one that is in one of these, whosever it is. Return it then."""

    async def booked(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, int]:
        """Return with how many people a call was booked, by campaign. Cancelled ones are none."""

    async def to_invite(
        self, account_id: AccountId, person_ids: Collection[str], *, now: datetime
    ) -> list[Meeting]:
        """Return what is ahead with these people."""

    async def invite_in(self, account_id: AccountId, meeting_id: str, message_id: str) -> bool:
        """Have that mail carry the invitation. Return whether no other one does."""

    async def forget(self, account_id: AccountId, user_id: UserId | None) -> None:
        """Delete all that a member booked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCall:
    topic: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    external_id: str
    link: str


class Rooms(Protocol):
    """A service in which calls are held."""

    async def host(self, account_id: AccountId, user_id: UserId) -> str:
        """Return as whom a member is known there. Raises Conflict where they are not connected."""

    async def book(
        self, account_id: AccountId, user_id: UserId, call: NewCall, *, about: str
    ) -> Booked:
        """Make a call there. Raises QrevError; after Unavailable it may have been made."""


class LastCampaign(Protocol):
    async def of_address(self, account_id: AccountId, email: str) -> str:
        """Return the campaign whose mail reached an address last, "" for none."""
