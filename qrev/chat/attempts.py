"""Sign-ins that were begun, in MongoDB: each is for one browser, once, within ten minutes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.integrations.google.sign_in import Secrets
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document, Forgets, Indexes

LASTS = timedelta(minutes=10)
# Kept for an hour longer, so that whoever comes late is told why.
INDEXES = Indexes(
    "sign_ins", (IndexModel([("ends_at", ASCENDING)]),), Forgets("ends_at", timedelta(hours=1))
)
BROWSER_SECRET = 43  # characters, as new_browser makes them


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """`user_id` is who must come back, where someone signed in connects a mailbox."""

    made: Secrets
    wanted: str
    timezone: str = ""
    user_id: str = ""


class Why(StrEnum):
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    REPLAYED = "replayed"
    EXPIRED = "expired"


class NoAttempt(Exception):
    """There is no such sign-in to finish."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Attempts:
    def __init__(self, database: AsyncDatabase[Document], clock: Clock) -> None:
        self._attempts = database[INDEXES.collection]
        self._clock = clock

    async def keep(self, attempt: Attempt, browser: str) -> None:
        """Keep it for that browser alone. Its secrets are named by digests of them."""
        await self._attempts.insert_one(
            {
                "_id": _digest(attempt.made.state),
                "v": 1,
                "browser": _digest(browser),
                "nonce": attempt.made.nonce,
                "verifier": attempt.made.verifier,
                "wanted": attempt.wanted,
                "timezone": attempt.timezone,
                "user_id": attempt.user_id,
                "used_at": None,
                "ends_at": self._clock() + LASTS,
            }
        )

    async def take(self, state: str, browser: str) -> Attempt:
        """Return the attempt, to nobody else and never again. Raises NoAttempt."""
        now, key = self._clock(), _digest(state)
        found = await self._attempts.find_one_and_update(
            {"_id": key, "browser": _digest(browser), "used_at": None, "ends_at": {"$gt": now}},
            {"$set": {"used_at": now}, "$unset": {"nonce": "", "verifier": ""}},
        )
        if found is None:
            raise NoAttempt(await self._why(key, browser))
        return Attempt(
            made=Secrets(state=state, nonce=found["nonce"], verifier=found["verifier"]),
            wanted=found["wanted"],
            timezone=found["timezone"],
            user_id=found["user_id"],
        )

    async def _why(self, key: str, browser: str) -> Why:
        found = await self._attempts.find_one({"_id": key})
        if found is None:
            return Why.UNKNOWN
        if found["browser"] != _digest(browser):
            return Why.FOREIGN
        return Why.REPLAYED if found["used_at"] else Why.EXPIRED


def browser_of(cookie: str | None) -> str:
    """Return a browser's secret: the one it has, so that two tabs can sign in, or a new one."""
    if cookie is not None and len(cookie) == BROWSER_SECRET and cookie.isascii():
        return cookie
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret[:200].encode()).hexdigest()
