"""The log of what was said to other services, in MongoDB."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.connection import Vendor
from qrev.accounts.models import AccountId
from qrev.crm.calls import KEPT_FOR, VendorCall
from qrev.crm.privacy_ports import Held, Whom
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document, Forgets, Indexes, older

NEWEST = [("at", DESCENDING), ("_id", DESCENDING)]
CALL_INDEXES = Indexes(
    "vendor_calls",
    (
        IndexModel([("account_id", ASCENDING), *NEWEST]),
        IndexModel([("account_id", ASCENDING), ("vendor", ASCENDING), *NEWEST]),
        IndexModel([("account_id", ASCENDING), ("about", ASCENDING), *NEWEST]),
        IndexModel([("at", ASCENDING)]),
    ),
    Forgets("at", KEPT_FOR),
)


class MongoVendorCalls:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._calls = database[CALL_INDEXES.collection]

    async def add(self, call: VendorCall) -> None:
        await self._calls.insert_one(
            {
                "_id": call.id,
                "v": 1,
                "account_id": call.account_id,
                "vendor": call.vendor.value,
                "at": call.at,
                "what": call.what,
                "about": list(call.about),
                "fields": list(call.fields),
                "outcome": call.outcome,
            }
        )

    async def page(
        self,
        account_id: AccountId,
        *,
        vendor: Vendor | None,
        email: str,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[VendorCall]:
        asked: Document = {"account_id": account_id, **older("at", before)}
        if email:
            asked["about"] = email
        if vendor is not None:
            asked["vendor"] = vendor.value
        found = self._calls.find(asked).sort(NEWEST).limit(limit)
        return [_from_document(d) async for d in found]


class MongoCallsRoom:
    """Calls about one address, and that address among others'."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._calls = database[CALL_INDEXES.collection]

    async def held(self, whom: Whom) -> Held:
        theirs = {"account_id": whom.account_id, "about": whom.email}
        # Whom else a call was about is not theirs to know.
        return {
            "vendor_calls": [
                plain(d | {"about": [whom.email]}) async for d in self._calls.find(theirs)
            ]
        }

    async def erase(self, whom: Whom) -> None:
        account: Document = {"account_id": whom.account_id}
        await self._calls.delete_many({**account, "about": [whom.email]})
        taken_out: Document = {"$pull": {"about": whom.email}}
        await self._calls.update_many({**account, "about": whom.email}, taken_out)


def _from_document(d: Document) -> VendorCall:
    return VendorCall(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        vendor=Vendor(d["vendor"]),
        at=d["at"],
        what=d["what"],
        about=tuple(d["about"]),
        fields=tuple(d["fields"]),
        outcome=d["outcome"],
    )
