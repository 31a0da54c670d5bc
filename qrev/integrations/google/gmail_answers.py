"""What Gmail's refusal of a mail means: whose fault it is, and whether later may work. Pure."""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime, timedelta

from qrev.campaigns.ports import ContentRefused, MailboxRefused, NoAnswer, NotNow, SendError

LONGEST = 200  # characters of Gmail's words that are kept
UNITS_A_MINUTE = 15_000  # of one person
SEND, LIST, GET = 100, 5, 20  # units
MINUTE = timedelta(minutes=1)
# Reasons of a 403 that pass by themselves; any other is about what we may do.
FOR_NOW = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "dailyLimitExceeded",
        "quotaExceeded",
        "concurrentLimitExceeded",
        "backendError",
    }
)
# Reasons of a 400 that are about the mailbox: no Gmail behind it, or switched off.
NO_MAILBOX = frozenset({"failedPrecondition"})
RECONNECT = "Google does not let us send from it any more: press Reconnect in /mailboxes"


def meaning(status: int, body: bytes) -> SendError:
    """Return the error for an answer to `messages.send` that is not a yes."""
    reason, words = _said(body)
    error = _kind(status, reason)(_told(status, words or reason))
    error.code = str(status)
    return error


def _kind(status: int, reason: str) -> type[SendError]:
    if status >= 500:
        return NoAnswer
    if status == 429 or (status == 403 and reason in FOR_NOW):
        return NotNow
    if status in (401, 403) or (status == 400 and reason in NO_MAILBOX):
        return MailboxRefused
    if status in (400, 413):
        return ContentRefused
    return NotNow


def _told(status: int, words: str) -> str:
    if status == 401:
        return RECONNECT
    told = f"Gmail: {status} {words}".rstrip()[:LONGEST]
    return f"{told}; it may be out" if status >= 500 else told


def _said(body: bytes) -> tuple[str, str]:
    """Return the reason and the words of an error, "" for what is not there."""
    try:
        error = json.loads(body)["error"]
        reasons = [each.get("reason", "") for each in error.get("errors", [])]
        reason, words = (reasons or [""])[0], error.get("message", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
    return str(reason), " ".join(str(words).split())


class Units:
    """What one person's quota of a minute has left, as far as this process has used it."""

    def __init__(self) -> None:
        self._spent: deque[tuple[datetime, int]] = deque()

    def take(self, units: int, now: datetime) -> bool:
        """Count units as used. Return False, and count nothing, when the minute has too few."""
        while self._spent and self._spent[0][0] <= now - MINUTE:
            self._spent.popleft()
        if sum(each for _, each in self._spent) + units > UNITS_A_MINUTE:
            return False
        self._spent.append((now, units))
        return True
