"""What listening needs from outside, in its own words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.models import Mailbox, Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """What is new in a mailbox: the ids of mails, and where to go on from after all of them.

    `is_anew` says that the place we knew was too old, and what lies between was looked through.
    """

    ids: tuple[str, ...]
    mark: str
    is_anew: bool = False


class Letters(Protocol):
    """A mailbox as it is listened to. Every method raises HearError where nobody answers."""

    async def since(self, mailbox: Mailbox, mark: str, *, from_day: datetime) -> Incoming:
        """Return what came in behind a place. With "" or one too old: since that day."""

    async def fetch(self, mailbox: Mailbox, letter_id: str) -> bytes | None:
        """Return a mail as it came over the wire, or its beginning. None if it is gone."""


class HearError(Exception):
    """A mailbox could not be listened to."""


class NotHeard(HearError):
    """Nobody answered just now. Later may work."""


class MayNotHear(HearError):
    """We may not listen to it, or not any more. A person has to allow it again."""


class EventBook(Protocol):
    async def add_if_new(self, event: Event) -> bool: ...

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Event]:
        """Return what was heard of one person, the newest first."""

    async def of_address(
        self, account_id: AccountId, email: str, kind: EventKind
    ) -> list[Event]: ...

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, Mapping[EventKind, int]]:
        """Return of how many people each was heard, by sequence."""

    async def of_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> Mapping[EventKind, int]:
        """Return how many of each a mailbox has had since then."""


class Sent(Protocol):
    """What left, as answers are matched with it."""

    async def to_address(self, account_id: AccountId, email: str) -> list[Message]:
        """Return what was ever handed over to an address, the newest first."""

    async def recent(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> list[tuple[str, str]]:
        """Return (id, Message-ID it got from the provider or "") of what a mailbox handed over."""

    async def keep_back(
        self, account_id: AccountId, email: str, *, until: datetime, at: datetime
    ) -> int:
        """Keep what is still to leave for an address from leaving before then. Return how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far a mailbox was listened to. `judged_from` is since when its bounces count.

    `tries` is how often going on from `mark` has failed.
    """

    mark: str = ""
    heard_at: datetime | None = None
    trouble: str = ""
    judged_from: datetime | None = None
    tries: int = 0


class Places(Protocol):
    async def get(self, account_id: AccountId, mailbox_id: str) -> Place: ...

    async def put(
        self,
        account_id: AccountId,
        mailbox_id: str,
        place: Place,
        *,
        free_at: datetime | None = None,
    ) -> None:
        """Keep how far it is, and from when somebody may claim it again."""

    async def claim(
        self, account_id: AccountId, mailbox_id: str, *, at: datetime, until: datetime
    ) -> bool:
        """Return whether the caller is the one to listen until then."""

    async def listened(self, channels: Collection[str]) -> list[tuple[AccountId, str]]:
        """Return (account, mailbox) of every mailbox that sends by one of these channels."""
