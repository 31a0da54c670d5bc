"""A channel that writes each mail into a folder (RFC 5322 files that any mail program opens)."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from qrev.campaigns.delivery import Absent, Accepted, CouldNotLook, Found, Look
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Letter, NotNow
from qrev.kit.errors import NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as it left: its header lines in order, and its text."""

    headers: tuple[tuple[str, str], ...]
    text: str


class LocalOutbox:
    """One file per message, named after it: the same message can never be two files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        """Write the mail; it is called by its file's name. Raises NotNow when the disk refuses."""
        path = self._path(letter.message_id)
        try:
            await asyncio.to_thread(_write, path, letter.raw)
        except OSError as error:
            raise NotNow(f"the outbox cannot be written ({error.strerror or error})") from error
        return Accepted(provider_id=path.name)

    async def look(self, mailbox: Mailbox, message: Message) -> Look:
        """Return whether the mail's file is there: it is whole, or it has no name yet."""
        path = self._path(message.id)
        try:
            is_there = await asyncio.to_thread(path.exists)
        except OSError as error:
            return CouldNotLook(f"the outbox cannot be read ({error.strerror or error})")
        return Found(Accepted(provider_id=path.name)) if is_there else Absent()

    async def read(self, message_id: str) -> ReadMail:
        """Return a mail that was written. Raises NotFound, or Unavailable when the disk refuses."""
        try:
            raw = await asyncio.to_thread(self._path(message_id).read_bytes)
        except FileNotFoundError as error:
            raise NotFound("That mail is not in the outbox folder any more.") from error
        except OSError as error:
            raise Unavailable("The outbox folder cannot be read at the moment.") from error
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        body = parsed.get_body(("plain",))
        return ReadMail(
            headers=tuple((name, str(value)) for name, value in parsed.items()),
            text="" if body is None else str(body.get_content()).replace("\r\n", "\n"),
        )

    async def remove(self, message_id: str) -> None:
        """Delete a mail that was written. One that is not there is no error."""
        await asyncio.to_thread(self._path(message_id).unlink, missing_ok=True)

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(message_id.encode()).hexdigest()[:32]}.eml"


def _write(path: Path, raw: bytes) -> None:
    """Write all of it or nothing, and have it on the disk when we return."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".part")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _keep_names(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def _keep_names(folder: Path) -> None:
    """Have the folder's new name on the disk too: a file without one is lost with the power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
