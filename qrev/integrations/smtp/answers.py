"""What a server's refusal means: whose fault it is, and whether later may work. Pure."""

from __future__ import annotations

import re

from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    MailboxRefused,
    NotNow,
    SendError,
)

LONGEST = 300  # characters of a server's words that are kept
# An enhanced code stands at the beginning (RFC 2034), or behind a # in qmail's sentences.
# Anywhere else it may be a part of an IP address.
ENHANCED = re.compile(r"(?:^|#)5\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# Without an enhanced code only these blame the address (RFC 5321, RFC 7504).
NO_SUCH_ADDRESS = frozenset({521, 550, 551, 553, 556})
# (subject, detail) of RFC 3463, RFC 5248 and RFC 7372.
OURS = frozenset(
    {
        (1, 7),  # the sender's address is malformed
        (1, 8),  # the sender's domain does not exist
        (4, 5),  # the day's quota is used up
        *((7, detail) for detail in range(8, 30)),  # sign-in, encryption, SPF, DKIM, floods
    }
)
FULL_OR_TOO_LONG = frozenset({(2, 2), (2, 3)})
CONTENT = frozenset({3, 5, 6})  # the mail system, the protocol, the content
ADDRESS, SECURITY = 1, 7


def meaning(code: int, said: str, phase: type[SendError]) -> SendError:
    """Return the error for a refusal: by its enhanced code, else by `phase`.

    `phase` is what a refusal without a reason is there: MailboxRefused after MAIL,
    AddressRefused after RCPT, ContentRefused after DATA.
    """
    error = _kind(code, said, phase)(in_words(code, said))
    error.code = str(code)
    return error


def _kind(code: int, said: str, phase: type[SendError]) -> type[SendError]:
    if code < 500:
        return NotNow
    found = ENHANCED.search(said)
    exact = (int(found[1]), int(found[2])) if found is not None else (0, 0)
    if code == 530 or exact in OURS:
        return MailboxRefused
    if code == 552 or exact in FULL_OR_TOO_LONG or exact[0] in CONTENT:
        return ContentRefused
    if phase is AddressRefused:
        return _after_rcpt(code, exact[0])
    if phase is ContentRefused and exact[0] == ADDRESS:
        return AddressRefused
    return phase


def _after_rcpt(code: int, subject: int) -> type[SendError]:
    if subject == SECURITY:
        return MailboxRefused  # our right to send, not the address
    if subject or code in NO_SUCH_ADDRESS:
        return AddressRefused
    return ContentRefused


def in_words(code: int, said: str) -> str:
    """Return a server's answer in one line that can be stored and shown."""
    return f"{code} {plain(said)}"[:LONGEST].rstrip()


def plain(said: str) -> str:
    """Return one line of clean text: servers may answer in several, and in any encoding."""
    clean = said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in clean).split())[:LONGEST]
