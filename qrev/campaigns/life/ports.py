"""What the life of sequences needs from outside, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.life.models import Approval, Order, OrderState, Pause, Scope
from qrev.campaigns.models import Message, MessageStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """What became of a plan that was taken back.

    `left` were handed over before, or are just now, and cannot be called back; `back` were not.
    """

    back: int
    left: int


class OrderBook(Protocol):
    async def add(self, order: Order) -> None: ...

    async def get(self, account_id: AccountId, order_id: str) -> Order | None: ...

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Order]:
        """Return the newest first, behind the (planned_at, id) of `before`."""

    async def last_done(self, account_id: AccountId, by: UserId) -> Order | None:
        """Return what they confirmed last that was carried out and not undone."""

    async def move(
        self,
        order: Order,
        *,
        before: OrderState,
        after: OrderState,
        at: datetime,
        by: tuple[UserId, str] | None = None,
        outcome: str | None = None,
        replaced_by: str = "",
    ) -> bool:
        """Change the state in one conditional update. Return whether it was in `before`.

        `by` is who confirmed it: id and name.
        """

    async def unfinished(self, *, before: datetime) -> list[Order]:
        """Return those confirmed or being undone since before that moment, for the sweep."""


class PauseBook(Protocol):
    async def add_if_new(self, pause: Pause) -> bool: ...

    async def of_account(self, account_id: AccountId) -> list[Pause]:
        """Return every pause in force, the oldest first."""

    async def end(self, account_id: AccountId, pause_id: str, *, by: str) -> bool:
        """Note that it is over, and by which order, if one did. Return whether it was in force."""

    async def ended_by(self, account_id: AccountId, order_id: str) -> list[Pause]:
        """Return the pauses that order ended, as they were."""

    async def over(self, at: datetime) -> list[Pause]:
        """Return every account's pauses that end at or before that moment, for the sweep."""


class Reach(Protocol):
    """The ledger as orders see it: many messages at once, each by the filter of one update."""

    async def tally(self, account_id: AccountId, scope: Scope) -> Mapping[MessageStatus, int]:
        """Return how many messages of the scope are in each state."""

    async def opened(self, account_id: AccountId, scope: Scope) -> list[Message]:
        """Return what has not left of the scope, the first to leave first."""

    async def places(self, account_id: AccountId, sequence_id: str) -> list[tuple[str, str]]:
        """Return the (country, time zone) pairs of what has not left, of one sequence or all."""

    async def pause(
        self, account_id: AccountId, scope: Scope, pause_id: str, *, at: datetime
    ) -> int:
        """Keep what has not left from leaving. Return how many messages are in the pause then.

        What is on the wire just now is not called back, but waits if it has to be tried again.
        """

    async def release(self, account_id: AccountId, pause_id: str, *, at: datetime) -> int:
        """Let the messages of a pause leave again. Return how many.

        Those whose minute has passed are late then, so that they are planned anew.
        """

    async def restore(self, account_id: AccountId, order_id: str, *, at: datetime) -> int:
        """Plan again what an order cancelled. Return how many messages. Late as in `release`."""

    async def reword(
        self, message: Message, *, subject: str, body: str, note: str, at: datetime
    ) -> bool:
        """Give a message that has not left other words. Return whether it still had these.

        `note` is the order that does.
        """

    async def give_words_back(
        self, account_id: AccountId, sequence_id: str, order_id: str, *, at: datetime
    ) -> int:
        """Bring back the words an order replaced, of what has not left. Return of how many."""

    async def take_back(
        self, account_id: AccountId, proposal_id: str, *, reason: str, at: datetime
    ) -> TakenBack:
        """Take a plan back. People who got a mail of it keep its messages, the rest cancelled."""

    async def written_to(self, account_id: AccountId, sequence_id: str) -> set[str]:
        """Return the prospects of a sequence that have any message, whatever became of it."""


class ApprovalBook(Protocol):
    async def ask(self, approval: Approval) -> Approval:
        """Return whose word came first: this one's, or an earlier one's that still holds."""

    async def open(self, account_id: AccountId, *, at: datetime) -> list[Approval]:
        """Return what waits for a second member, the oldest first."""

    async def close(self, account_id: AccountId, approval_id: str) -> bool: ...

    async def threshold(self, account_id: AccountId) -> int | None:
        """Return what the account chose, None if nobody did."""

    async def set_threshold(self, account_id: AccountId, people: int) -> None: ...
