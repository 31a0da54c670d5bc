"""Uploads in MongoDB."""

from __future__ import annotations

from typing import BinaryIO

from gridfs.asynchronous import AsyncGridFSBucket
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.models import Upload
from qrev.kit.ids import new_id
from qrev.kit.mongo import Document, add_if_new


class MongoUploads:
    """The bytes in GridFS, under an id of their own; then the Upload that points at them."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._bucket = AsyncGridFSBucket(database, "uploads")
        self._uploads = database["uploads"]

    async def add_if_new(self, upload: Upload, file: BinaryIO) -> bool:
        if await self.get(upload.account_id, upload.id) is not None:
            return False
        # The Upload last: whoever finds it finds the bytes, and a crash before it loses nothing.
        file_id = new_id()
        await self._bucket.upload_from_stream_with_id(file_id, upload.filename, file)
        document = {
            "_id": upload.id,
            "v": 1,
            "account_id": upload.account_id,
            "created_by": upload.created_by,
            "filename": upload.filename,
            "size": upload.size,
            "created_at": upload.created_at,
            "file_id": file_id,
        }
        is_new = await add_if_new(self._uploads, [document]) == 1
        if not is_new:  # the same file from two tabs: the other one was faster
            await self._bucket.delete(file_id)
        return is_new

    async def get(self, account_id: AccountId, upload_id: str) -> Upload | None:
        d = await self._find(account_id, upload_id)
        if d is None:
            return None
        return Upload(
            id=d["_id"],
            account_id=AccountId(d["account_id"]),
            created_by=UserId(d["created_by"]),
            filename=d["filename"],
            size=d["size"],
            created_at=d["created_at"],
        )

    async def fetch(self, account_id: AccountId, upload_id: str, into: BinaryIO) -> bool:
        d = await self._find(account_id, upload_id)
        if d is None:
            return False
        await self._bucket.download_to_stream(d["file_id"], into)
        return True

    async def _find(self, account_id: AccountId, upload_id: str) -> Document | None:
        return await self._uploads.find_one({"_id": upload_id, "account_id": account_id})
