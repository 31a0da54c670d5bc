"""A receipt: everything that was tried to be sent, as lines that hold each other. Pure.

Each line but the first says the SHA-256 of the line before it, as it stands in the file. So
whoever has the last line can tell that nothing before it was changed, and needs a few lines of
their own to see it (docs/sending.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qrev.campaigns.models import LedgerEntry, Message

VERSION = 1
# What belongs to an attempt. The rest of a message's ledger is about when it will be tried.
KINDS = ("intent", "wire", "outcome", "lease over", "looked", "settled")


class Chain:
    """Makes lines, each with the number and the fingerprint of what was before it."""

    def __init__(self) -> None:
        self.number = 0
        self.fingerprint = ""
        self.messages = 0

    def begin(self, **about: str) -> bytes:
        """Return the first line."""
        return self._line({"receipt": VERSION, **about})

    def tell(self, messages: Iterable[Message]) -> Iterator[bytes]:
        """Yield the lines of these messages."""
        for message in messages:
            self.messages += 1
            for entry in message.ledger:
                if entry.kind in KINDS:
                    yield self._line(_told(message, entry))

    def end(self) -> bytes:
        """Return the last line. Its fingerprint is that of the whole receipt."""
        return self._line({"end": True, "lines": self.number + 1, "messages": self.messages})

    def _line(self, said: Mapping[str, Any]) -> bytes:
        self.number += 1
        whole = {"n": self.number, "prev": self.fingerprint, **said}
        line = json.dumps(whole, ensure_ascii=False, separators=(", ", ": ")).encode()
        self.fingerprint = fingerprint_of(line)
        return line + b"\n"


def fingerprint_of(line: bytes) -> str:
    """Return the SHA-256 of a line without its end, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def _told(message: Message, entry: LedgerEntry) -> dict[str, Any]:
    """Return what a line says. What is empty is left out."""
    maybe = {
        "mailbox": entry.mailbox_id,
        "sha256": entry.digest,
        "channel": entry.channel,
        "code": entry.code,
        "note": entry.note,
        "provider_id": entry.provider_id,
    }
    return {
        "message": message.id,
        "step": message.step,
        "to": message.to,
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "status": entry.status.value,
        **{name: value for name, value in maybe.items() if value},
    }
