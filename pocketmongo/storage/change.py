"""What a committed write did, for those who watch."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from bson import Timestamp


class Change(NamedTuple):
    """One change, as change streams tell it.

    https://www.mongodb.com/docs/manual/reference/change-events/
    """

    operation: str
    database: str
    collection: str = ""
    document_id: Any = None
    before: bytes | None = None
    after: bytes | None = None
    renamed_to: tuple[str, str] | None = None
    keeps_images: bool = False

    @property
    def size(self) -> int:
        """Roughly how many bytes of memory it takes."""
        before, after = self.before, self.after
        return 200 + (len(before) if before else 0) + (len(after) if after else 0)


class Moment(NamedTuple):
    """A cluster time: a second since 1970, and which of the moments within it."""

    second: int
    ordinal: int


class Entry(NamedTuple):
    """A change, when it was committed and its place in the log."""

    sequence: int
    moment: Moment
    committed_at: float  # seconds since 1970
    change: Change

    @property
    def cluster_time(self) -> Timestamp:
        """The moment as clients are told it."""
        return Timestamp(*self.moment)


class CommitLog(Protocol):
    """Who is told of what is committed, in the order of the commits."""

    def prepare(self, changes: Sequence[Change]) -> Sequence[Entry]:
        """Return the changes as they will stand in the log."""

    def write(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
        """Keep the entries with the commit itself, if anybody may ask for them later."""

    def publish(self, entries: Sequence[Entry]) -> None:
        """Show the entries: they are committed."""
