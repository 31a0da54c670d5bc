"""A mail as it goes to the wire."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A Message as bytes for the wire, with its envelope (RFC 5321)."""

    message_id: str  # ours: prospect:step
    header_id: str  # the Message-ID header, without which nothing can be matched later
    sender: str
    recipient: str
    raw: bytes
    thread_id: str = ""  # the provider's, of the conversation that the mail goes on with
