"""What a committed write did, for those who watch."""

from __future__ import annotations

from typing import Any, NamedTuple


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
        return 200 + len(self.before or b"") + len(self.after or b"")
