"""Everything the CRM keeps about an address."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from gridfs.asynchronous import AsyncGridFSBucket
from pymongo.asynchronous.database import AsyncDatabase

from qrev.crm.file_lines import lines_about, without_lines
from qrev.crm.models import Origin, Suppression, person_id
from qrev.crm.privacy_ports import Held, Whom
from qrev.crm.store.merges import MERGE_INDEXES
from qrev.crm.store.people import PEOPLE
from qrev.crm.store.suppressions import SUPPRESSION_INDEXES, MongoSuppressions
from qrev.crm.veiling import Veil
from qrev.kit.clock import Clock
from qrev.kit.ids import new_id
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document

REASON = "had everything about them erased"


class MongoVeiling:
    def __init__(self, database: AsyncDatabase[Document], veil: Veil, clock: Clock) -> None:
        self._suppressions = database[SUPPRESSION_INDEXES.collection]
        self._book = MongoSuppressions(database, veil)
        self._veil = veil
        self._clock = clock

    async def veil(self, whom: Whom) -> str:
        value = self._veil.over(whom.account_id, whom.email)
        # The hash first: at no moment is the address on the list in neither form.
        entry = Suppression(
            account_id=whom.account_id,
            value=value,
            reason=REASON,
            created_at=self._clock(),
            origin=Origin.ERASED,
        )
        await self._book.add_if_new(entry)
        await self._suppressions.delete_one({"account_id": whom.account_id, "value": whom.email})
        return value


class MongoPeopleRoom:
    """The person, what was merged with them, and what the suppression list says about them."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]
        self._merges = database[MERGE_INDEXES.collection]
        self._suppressions = database[SUPPRESSION_INDEXES.collection]

    async def held(self, whom: Whom) -> Held:
        person = _person(whom)
        listed = {"account_id": whom.account_id, "value": whom.email}
        return {
            "people": [plain(d) async for d in self._people.find(person)],
            "suppressions": [plain(d) async for d in self._suppressions.find(listed)],
        }

    async def erase(self, whom: Whom) -> None:
        person = _person(whom)
        for side in ("kept_id", "other_id"):
            # Their facts stand in what would undo it.
            merged = {"account_id": whom.account_id, side: person["_id"]}
            await self._merges.delete_many(merged)
        await self._people.delete_many(person)


def _person(whom: Whom) -> Document:
    return {"_id": person_id(whom.account_id, whom.email), "account_id": whom.account_id}


class MongoFilesRoom:
    """The lines of dropped files. A file is written anew without them."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._bucket = AsyncGridFSBucket(database, "uploads")
        self._uploads = database["uploads"]

    async def held(self, whom: Whom) -> Held:
        files: list[dict[str, Any]] = []
        async for upload in self._uploads.find({"account_id": whom.account_id}):
            data = await self._read(upload)
            if lines := await asyncio.to_thread(lines_about, data, whom.email):
                dropped_at: datetime = upload["created_at"]
                files.append(
                    {
                        "filename": upload["filename"],
                        "dropped_at": dropped_at.isoformat(),
                        "lines": lines,
                    }
                )
        return {"files": files}

    async def erase(self, whom: Whom) -> None:
        async for upload in self._uploads.find({"account_id": whom.account_id}):
            await self._finish(upload)
            data = await self._read(upload)
            kept = await asyncio.to_thread(without_lines, data, whom.email)
            if kept is not None:
                await self._replace(upload, kept)

    async def _replace(self, upload: Document, data: bytes) -> None:
        """Put other bytes in the place of a file's. Until the old ones are gone, it says so."""
        file_id = new_id()
        await self._bucket.upload_from_stream_with_id(file_id, upload["filename"], data)
        new = {"file_id": file_id, "old_file_id": upload["file_id"], "size": len(data)}
        asked = {"_id": upload["_id"], "file_id": upload["file_id"]}
        done = await self._uploads.update_one(asked, {"$set": new})
        if done.matched_count:
            await self._finish({**upload, **new})
        else:  # somebody else did the same at once
            await self._bucket.delete(file_id)

    async def _finish(self, upload: Document) -> None:
        """Delete the bytes that were replaced, those of an erasure that was interrupted as well."""
        if (old := upload.get("old_file_id")) is None:
            return
        if await self._bucket.find({"_id": old}).to_list(1):
            await self._bucket.delete(old)
        await self._uploads.update_one(
            {"_id": upload["_id"], "old_file_id": old}, {"$unset": {"old_file_id": ""}}
        )

    async def _read(self, upload: Document) -> bytes:
        stream = await self._bucket.open_download_stream(upload["file_id"])
        return bytes(await stream.read())
