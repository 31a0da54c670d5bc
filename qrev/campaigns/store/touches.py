"""The ledger in MongoDB as someone reads it who asks what leaves when: without the words."""

from __future__ import annotations

from datetime import datetime

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import MessageStatus, Touch
from qrev.campaigns.store import messages
from qrev.kit.mongo import Document

# The fields of a Touch whose name in the ledger is another.
AS_KEPT = {"email": "to", "name": "to_name"}
KEPT = {name: AS_KEPT.get(name, name) for name in Touch._fields}
FIELDS = dict.fromkeys(KEPT.values(), 1) | {"_id": 0}


class MongoTouches:
    """Fills Touches."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[messages.INDEXES.collection]

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Touch]:
        found = self._messages.find(
            {
                "account_id": account_id,
                "sequence_id": sequence_id,
                "status": {"$nin": messages.NEVER_SENT},
            },
            FIELDS,
            batch_size=1000,
        )
        return [_touch(d) async for d in found]

    async def of_account(self, account_id: AccountId, *, since: datetime) -> list[Touch]:
        found = self._messages.find(
            {
                "account_id": account_id,
                "send_at": {"$gte": since},
                "status": {"$nin": messages.NEVER_SENT},
            },
            FIELDS,
            batch_size=1000,
        )
        return [_touch(d) async for d in found]

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Touch]:
        found = self._messages.find({"account_id": account_id, "prospect_id": prospect_id}, FIELDS)
        return sorted([_touch(d) async for d in found], key=lambda t: t.step)


def _touch(d: Document) -> Touch:
    kept = {name: d[key] for name, key in KEPT.items()}
    return Touch(**kept | {"status": MessageStatus(d["status"])})
