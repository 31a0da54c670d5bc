"""The cards about other words: what would change, and what a draft said before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from qrev.assistant.cards import Card, DraftView, _Shown
from qrev.assistant.life_cards import OrderView
from qrev.assistant.requests import Cursor, Id, _Asked


class RewriteCard(Card):
    """Mails with other words, as a diff, before they count."""

    rewrite_id: str

    @property
    def key(self) -> str:
        return self.rewrite_id


class VersionsCard(Card):
    """What a draft said before, and bringing it back."""

    draft_id: str

    @property
    def key(self) -> str:
        return self.draft_id


# --- what they ask


class RewriteBeginAsked(_Asked):
    """Other words for one mail, from its own card."""

    draft_id: Id
    sequence_id: Id
    instruction: Annotated[str, Field(max_length=2000)]


class RewriteAsked(_Asked):
    rewrite_id: Id


class RewriteRowsAsked(_Asked):
    rewrite_id: Id
    parts: Annotated[str, Field(max_length=100)] = ""
    after: Cursor | None = None


class VersionsAsked(_Asked):
    draft_id: Id


class VersionRestoreAsked(_Asked):
    """`version` is the newest that was seen, `to` the one to bring back."""

    draft_id: Id
    version: Annotated[int, Field(ge=1)]
    to: Annotated[int, Field(ge=1)]


# --- what they are answered


class PieceView(_Shown):
    kind: Literal["same", "gone", "new"]
    text: str


class GroupView(_Shown):
    """Mails that change the same parts: `words` says which, with how many."""

    parts: str
    words: str
    count: int


class RewriteView(_Shown):
    """`state`: writing, ready, stopped or failed. `order` is there once it can be confirmed.

    `nothing` says why there is nothing to confirm, although all is written.
    """

    id: str
    sequence_name: str
    instruction: str
    which: str
    state: str
    reason: str
    done: int
    total: int
    groups: list[GroupView]
    order: OrderView | None
    nothing: str
    can_change: bool


class RewriteRow(_Shown):
    draft_id: str
    name: str
    email: str
    step: int
    is_planned: bool
    is_by_hand: bool
    doubts: list[str]
    subject: list[PieceView]
    body: list[PieceView]


class RewriteRowsView(_Shown):
    rows: list[RewriteRow]
    next: str | None


class VersionRow(_Shown):
    """What one version changed of the one before; the first changed nothing."""

    version: int
    made: str  # who or what wrote it
    at: datetime | None
    subject: list[PieceView]
    body: list[PieceView]
    is_newest: bool


class VersionsView(_Shown):
    draft_id: str
    name: str
    step: int
    version: int
    rows: list[VersionRow]
    can_restore: bool


class RestoredView(_Shown):
    draft: DraftView
