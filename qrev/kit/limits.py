"""How often something may be tried: counted in fixed windows, by all processes together.

Counted in the database, because several processes answer for one address and a restart must not
begin anew. What is counted is kept under a digest: nobody's address stands there in clear.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.kit.clock import Clock
from qrev.kit.errors import TooMany
from qrev.kit.ids import stable_id
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "tries", (IndexModel([("ends_at", ASCENDING)]),), Forgets("ends_at", timedelta(minutes=1))
)


@dataclass(frozen=True, slots=True)
class Limit:
    times: int
    within: timedelta


class Limits:
    def __init__(self, database: AsyncDatabase[Document], clock: Clock) -> None:
        self._tries = database[INDEXES.collection]
        self._clock = clock

    async def count(self, deed: str, whose: str, limit: Limit) -> None:
        """Count one more try. Raises TooMany once there are more than may be in this window."""
        now, length = self._clock(), limit.within.total_seconds()
        window = int(now.timestamp() // length)
        ends_at = datetime.fromtimestamp((window + 1) * length, UTC)
        if await self._counted(stable_id("try", deed, whose, str(window)), ends_at) > limit.times:
            raise TooMany(retry_after=ends_at - now)

    async def _counted(self, key: str, ends_at: datetime) -> int:
        change = {"$inc": {"count": 1}, "$setOnInsert": {"v": 1, "ends_at": ends_at}}
        try:
            document = await self._tries.find_one_and_update(
                {"_id": key}, change, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:  # two began the window at once: it is there now
            document = await self._tries.find_one_and_update(
                {"_id": key}, change, return_document=ReturnDocument.AFTER
            )
        return int(document["count"]) if document else 1


def network_of(address: str) -> str:
    """Return what one person commands: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
