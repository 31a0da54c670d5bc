"""What rewriting needs from outside, in its own words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Fact
from qrev.campaigns.rewriting.models import Rewrite, RewriteState, Rewritten


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A mail that is to say something else, and all that is known of its reader."""

    id: str
    step: int
    subject: str
    body: str
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    person: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """Other words for a mail. With a `why` there are none, and that is the reason."""

    id: str
    subject: str = ""
    body: str = ""
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """`parts` counts those that change by what changes, `whys` those refused by the reason.

    `by_hand` are those changed whose words a member wrote; `doubtful` those that would say
    something nothing backs.
    """

    parts: Mapping[str, int] = field(default_factory=dict)
    whys: Mapping[str, int] = field(default_factory=dict)
    same: int = 0
    waiting: int = 0
    by_hand: int = 0
    doubtful: int = 0

    @property
    def changed(self) -> int:
        return sum(self.parts.values())


class Writer(Protocol):
    async def rewrite(
        self, rewrite: Rewrite, mails: Sequence[Asked], *, key: str
    ) -> Mapping[str, Version]:
        """Return other words by the mails' ids; one without any is as it was.

        The same `key` is answered alike. Raises Unavailable when there is no usable answer.
        """


class RewriteBook(Protocol):
    async def add(self, rewrite: Rewrite) -> None: ...

    async def get(self, account_id: AccountId, rewrite_id: str) -> Rewrite | None: ...

    async def claim(
        self, account_id: AccountId, rewrite_id: str, *, token: str, now: datetime, until: datetime
    ) -> Rewrite | None:
        """Return one that is being written and that nobody works on; it is the token's then."""

    async def beat(
        self, account_id: AccountId, rewrite_id: str, *, token: str, done: int, until: datetime
    ) -> bool:
        """Keep it, and note how far it is. Return whether it is still ours and not stopped."""

    async def end(
        self, account_id: AccountId, rewrite_id: str, state: RewriteState, *, reason: str = ""
    ) -> bool:
        """Note that nobody writes any more. Return whether it was being written."""

    async def set_order(self, account_id: AccountId, rewrite_id: str, order_id: str) -> bool:
        """Note which order would apply it, unless one is noted. Return whether it was not."""

    async def orphans(self, *, now: datetime) -> list[Rewrite]:
        """Return every account's that are being written by nobody, for the sweep."""


class RewrittenRows(Protocol):
    async def add(self, rows: Collection[Rewritten], *, at: datetime) -> None: ...

    async def waiting(
        self, account_id: AccountId, rewrite_id: str, *, limit: int
    ) -> list[Rewritten]:
        """Return those nobody was asked about yet, in order."""

    async def write(self, rows: Collection[Rewritten]) -> None:
        """Keep what came of these."""

    async def changed(self, account_id: AccountId, rewrite_id: str) -> list[Rewritten]:
        """Return all that would say something else, in order."""

    async def page(
        self, account_id: AccountId, rewrite_id: str, *, parts: str, after: int, limit: int
    ) -> list[Rewritten]:
        """Return those that change, behind a place; with `parts` only those that change these."""

    async def tally(self, account_id: AccountId, rewrite_id: str) -> Tally:
        """Return how many there are of each kind."""
