"""What syncing with HubSpot keeps, in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel, ReplaceOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.privacy_ports import Held, Whom
from qrev.integrations.hubspot.models import Link, Row, Sync, SyncState
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document, Forgets, Indexes, batches

SYNCS = Indexes("hubspot_syncs", (IndexModel([("due_at", ASCENDING)]),))
ROWS = Indexes(
    "hubspot_rows",
    (
        IndexModel([("account_id", ASCENDING), ("run_id", ASCENDING), ("page", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("rows.email", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
    ),
    Forgets("at", timedelta(days=30)),
)
LINKS = Indexes("hubspot_links", (IndexModel([("account_id", ASCENDING)]),))
PLACES = ("pushed_after", "mails_after", "heard_after")
INDEXES = (SYNCS, ROWS, LINKS)


class MongoSyncBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._syncs = database[SYNCS.collection]

    async def get(self, account_id: AccountId) -> Sync | None:
        document = await self._syncs.find_one({"_id": account_id, "account_id": account_id})
        return None if document is None else _sync(document)

    async def add_if_new(self, sync: Sync) -> bool:
        change = {"$setOnInsert": _sync_document(sync) | {"version": 1}}
        asked = {"_id": sync.account_id, "account_id": sync.account_id}
        done = await self._syncs.update_one(asked, change, upsert=True)
        return done.upserted_id is not None

    async def save(self, sync: Sync) -> bool:
        asked = {"_id": sync.account_id, "account_id": sync.account_id, "version": sync.version}
        change = {"$set": _sync_document(sync), "$inc": {"version": 1}}
        return (await self._syncs.update_one(asked, change)).matched_count == 1

    async def claim_due(self, *, now: datetime, until: datetime) -> Sync | None:
        # What is claimed is due again when whoever works on it must have died.
        found = await self._syncs.find_one_and_update(
            {"due_at": {"$lte": now}},
            {"$set": {"due_at": until}, "$inc": {"version": 1}},
            sort=[("due_at", ASCENDING)],
            return_document=True,
        )
        return None if found is None else _sync(found)

    async def hasten(self, account_id: AccountId, at: datetime) -> None:
        asked = {"_id": account_id, "account_id": account_id}
        await self._syncs.update_one(asked, {"$min": {"due_at": at}})


class MongoRowBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rows = database[ROWS.collection]

    async def put(
        self,
        account_id: AccountId,
        run_id: str,
        page: int,
        rows: Collection[Row],
        *,
        at: datetime,
    ) -> None:
        document = {
            "_id": f"{run_id}:{page}",
            "v": 1,
            "account_id": account_id,
            "run_id": run_id,
            "page": page,
            "at": at,
            "rows": [asdict(row) | {"cells": list(row.cells)} for row in rows],
        }
        asked = {"_id": document["_id"], "account_id": account_id}
        await self._rows.replace_one(asked, document, upsert=True)

    async def of_run(self, account_id: AccountId, run_id: str) -> list[Row]:
        asked = {"account_id": account_id, "run_id": run_id}
        found = self._rows.find(asked).sort("page", ASCENDING)
        return [_row(each) async for d in found for each in d["rows"]]

    async def forget(self, account_id: AccountId) -> None:
        await self._rows.delete_many({"account_id": account_id})


class MongoLinkBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._links = database[LINKS.collection]
        self._syncs = database[SYNCS.collection]

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Link]:
        found: dict[str, Link] = {}
        for ids in batches(person_ids):
            asked = {"account_id": account_id, "_id": {"$in": ids}}
            async for d in self._links.find(asked):
                found[d["_id"]] = Link(
                    person_id=d["_id"], contact_id=d["contact_id"], digest=d["digest"]
                )
        return found

    async def put(self, account_id: AccountId, links: Collection[Link]) -> None:
        for some in batches(links):
            writes = [
                ReplaceOne(
                    {"_id": link.person_id, "account_id": account_id},
                    {
                        "_id": link.person_id,
                        "v": 1,
                        "account_id": account_id,
                        "contact_id": link.contact_id,
                        "digest": link.digest,
                    },
                    upsert=True,
                )
                for link in some
            ]
            await self._links.bulk_write(writes, ordered=False)

    async def forget(self, account_id: AccountId) -> None:
        await self._syncs.delete_many({"_id": account_id, "account_id": account_id})
        await self._links.delete_many({"account_id": account_id})


class MongoHubSpotRoom:
    """Somebody's contact on its way into an import, and what they are called in HubSpot."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rows = database[ROWS.collection]
        self._links = database[LINKS.collection]

    async def held(self, whom: Whom) -> Held:
        theirs = {"account_id": whom.account_id, "rows.email": whom.email}
        waiting = [
            each
            async for d in self._rows.find(theirs)
            for each in d["rows"]
            if each["email"] == whom.email
        ]
        links = self._links.find({"account_id": whom.account_id, "_id": whom.person_id})
        return {"elsewhere": [*waiting, *[plain(d) async for d in links]]}

    async def erase(self, whom: Whom) -> None:
        theirs = {"account_id": whom.account_id, "rows.email": whom.email}
        taken_out: Document = {"$pull": {"rows": {"email": whom.email}}}
        await self._rows.update_many(theirs, taken_out)
        await self._links.delete_many({"account_id": whom.account_id, "_id": whom.person_id})


def _row(d: Document) -> Row:
    return Row(
        contact_id=d["contact_id"],
        email=d["email"],
        cells=tuple(d["cells"]),
        owner_id=d["owner_id"],
    )


def _sync_document(sync: Sync) -> Document:
    """Return everything but the version, which only counts up."""
    kept = asdict(sync)
    del kept["version"]
    for name in PLACES:
        kept[name] = None if kept[name] is None else list(kept[name])
    return {"v": 1, **kept, "state": sync.state.value}


def _sync(d: Document) -> Sync:
    kept = {name: value for name, value in d.items() if name not in ("_id", "v")}
    places = {name: kept.pop(name, None) for name in PLACES}
    return Sync(
        **{
            **kept,
            "account_id": AccountId(kept["account_id"]),
            "by": UserId(kept["by"]),
            "state": SyncState(kept["state"]),
            **{name: tuple(place) if place else None for name, place in places.items()},
        }
    )
