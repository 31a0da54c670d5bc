"""Mails of which nobody knows whether they left: where they are kept, and what settles one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, MessageStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of a mail in doubt. `note` is the evidence, in words.

    With `sent_at` it left then; with `send_at` it goes back to planned, for that minute.
    """

    status: MessageStatus
    note: str
    at: datetime
    provider_id: str = ""
    header_id: str = ""
    thread_id: str = ""
    sent_at: datetime | None = None
    send_at: datetime | None = None


class Doubts(Protocol):
    """The ledger as far as it is unknown."""

    async def to_look_at(self, *, now: datetime, limit: int) -> list[Message]:
        """Return mails in doubt, of every account, whose next look is due."""

    async def note_look(
        self, message: Message, *, note: str, at: datetime, look_at: datetime, is_absent: bool
    ) -> bool:
        """Write down what a look found, and when to look next. Return whether it is in doubt."""

    async def settle(self, message: Message, settlement: Settlement) -> bool:
        """Settle one. Return whether it was in doubt.

        One that was stopped meanwhile is cancelled instead of going back to planned.
        """

    async def in_doubt(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """Return the newest attempted first, behind the (attempted_at, id) of `before`."""

    async def of_ids(self, account_id: AccountId, message_ids: Collection[str]) -> list[Message]:
        """Return those of the messages that are in doubt, by id."""
