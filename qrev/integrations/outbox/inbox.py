"""The local inbox: `.eml` files dropped into a folder, heard by the mailbox they are written to."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from qrev.campaigns.hearing.ports import Incoming, NotHeard
from qrev.campaigns.hearing.reading import MAX_BYTES, read
from qrev.campaigns.models import Mailbox

AT_ONCE = 200


class LocalInbox:
    """Fills Letters. A mark is the time and name of the last file: “1772532000000000000/a.eml”."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def since(self, mailbox: Mailbox, mark: str, *, from_day: datetime) -> Incoming:
        """Return what was dropped behind a place, for this mailbox. Raises NotHeard."""
        try:
            return await asyncio.to_thread(self._since, mailbox.email, mark)
        except OSError as error:
            raise NotHeard(f"the inbox folder cannot be read ({error.strerror})") from error

    async def fetch(self, mailbox: Mailbox, letter_id: str) -> bytes | None:
        """Return a file's beginning, None if it is gone. Raises NotHeard."""
        try:
            return await asyncio.to_thread(_beginning, self._folder / Path(letter_id).name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotHeard(f"the inbox folder cannot be read ({error.strerror})") from error

    def _since(self, address: str, mark: str) -> Incoming:
        files = [(f"{path.stat().st_mtime_ns:020d}/{path.name}", path) for path in self._files()]
        new = sorted(each for each in files if each[0] > mark)[:AT_ONCE]
        ids = [path.name for _, path in new if address in read(_beginning(path)).recipients]
        return Incoming(ids=tuple(ids), mark=new[-1][0] if new else mark)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.glob("*.eml") if path.is_file()]


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES)
