"""What the assistant needs from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from qrev.accounts.models import AccountId
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.models import Line

OnWords = Callable[[str], Awaitable[None]]  # told all the words so far


class AiServer(Protocol):
    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        """Return the actions for a turn. Raises Unavailable when there is no usable answer."""


class Conversations(Protocol):
    async def add_if_new(self, line: Line) -> bool: ...

    async def last(self, account_id: AccountId, conversation_id: str, *, limit: int) -> list[Line]:
        """Return the last lines, oldest first."""

    async def set_upload(
        self, account_id: AccountId, conversation_id: str, upload_id: str | None
    ) -> None:
        """Remember the list this conversation is about; None once a sequence was made of it."""

    async def upload_of(self, account_id: AccountId, conversation_id: str) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What the AI server has called back about a sequence, so far."""

    are_people_complete: bool = False
    is_last: bool = False
    at: datetime | None = None  # when there was last a sign of life


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What a language model was used for in a month: by one member, or by all (`user_id` "")."""

    user_id: str
    calls: int
    tokens: int
    dollars: float


class SpendingBook(Protocol):
    """What the AI server has counted."""

    async def in_month(self, account_id: AccountId, month: str) -> list[Spent]:
        """Return what was used, of the workspace and of each member. `month` is like 2026-03."""


class DropBox(Protocol):
    """The AI server's two collections. Rows are as they are: parse before believing them."""

    async def new_prospects(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]:
        """Return rows not taken in yet."""

    async def new_messages(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]: ...

    async def mark_prospects(self, row_ids: Collection[str], *, is_used: bool) -> None:
        """Mark rows as taken in; those not used stay, to be reported."""

    async def mark_messages(self, row_ids: Collection[str], *, is_used: bool | None) -> None:
        """Mark as `mark_prospects` does; None makes them new again."""

    async def hear(self, dropbox_id: str, heard: Heard) -> None:
        """Remember a callback: it may come before we know the sequence, or be cut short by a crash.

        What was heard once stays heard; of two moments the later one is kept.
        """

    async def heard(self, dropbox_id: str) -> Heard: ...

    async def put_prospects(self, rows: Collection[dict[str, Any]]) -> None:
        """Keep whom a server without a database named in its callback's body."""

    async def put_messages(self, rows: Collection[dict[str, Any]]) -> None:
        """Keep what a server without a database sent in its callback's body."""

    async def ask_to_stop(self, dropbox_id: str) -> None:
        """Leave word that no more drafts are wanted. Twice is once."""

    async def is_stopped(self, dropbox_id: str) -> bool: ...

    async def put_upload(
        self, upload_id: str, rows: Collection[dict[str, str]], *, first: int
    ) -> None:
        """Lay out rows of a big list for the server to read. `first` is the number of the first."""
