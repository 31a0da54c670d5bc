"""Where an account's documents speak of an address, whichever collection they are in."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bson import decode
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, ChangeState
from qrev.accounts.store.audit import CHANGES
from qrev.kit.mentions import Mention
from qrev.kit.mongo import Document, batches

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)
PLAIN: CodecOptions[Document] = CodecOptions(tz_aware=True)
# What somebody has as a user of QRev is theirs, and no account's to give away or erase.
OF_USERS = frozenset({"users", "members", "sessions", "api_keys", "grants", "pictures", "accounts"})
BYTES = (".files", ".chunks")  # GridFS: who keeps files answers for them
BY_THREAD = ("steps", "elements")
IDS_AT_ONCE = 500


class MongoMentions:
    """Reads every document of an account, whichever collections there will be."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database

    async def found(
        self, account_id: AccountId, mention: Mention
    ) -> AsyncIterator[tuple[str, Document]]:
        """Yield (collection, document) of all that speak of it."""
        for name in sorted(await self._database.list_collection_names()):
            if name in OF_USERS or name.endswith(BYTES) or name.startswith("system."):
                continue
            async for document in self._of(name, account_id, mention):
                yield name, document

    async def take_out(self, account_id: AccountId, mention: Mention) -> None:
        """Write it out of all of them; one whose very id names it goes.

        A change that is being made stays: it is what an interrupted erasure is resumed by.
        """
        async for name, document in self.found(account_id, mention):
            collection, key = self._database[name], {"_id": document["_id"]}
            if name == CHANGES.collection and document["state"] == ChangeState.CONFIRMED.value:
                continue
            if mention.is_in(document["_id"]):
                await collection.delete_one(key)
                continue
            new = mention.without(document)
            kept = {field: new[field] for field in new if new[field] != document[field]}
            gone = document.keys() - new.keys()
            update: Document = {"$set": kept} if kept else {}
            update |= {"$unset": dict.fromkeys(gone, "")} if gone else {}
            await collection.update_one(key, update)

    async def _of(
        self, name: str, account_id: AccountId, mention: Mention
    ) -> AsyncIterator[Document]:
        collection = self._database[name].with_options(codec_options=RAW)
        async for question in self._questions(name, account_id):
            async for raw in collection.find(question, batch_size=1000):
                if not mention.may_be_in(bytes(raw.raw)):
                    continue
                document = _decoded(raw)
                if mention.is_in(document):
                    yield document

    async def _questions(self, name: str, account_id: AccountId) -> AsyncIterator[Document]:
        """Yield what finds the account's documents: those of a conversation are kept by thread."""
        if name not in BY_THREAD:
            yield {"account_id": account_id}
            return
        found = self._database["threads"].find({"account_id": account_id}, {"_id": 1})
        for ids in batches([thread["_id"] async for thread in found], IDS_AT_ONCE):
            yield {"thread_id": {"$in": ids}}


def _decoded(raw: RawBSONDocument) -> Document:
    return decode(raw.raw, codec_options=PLAIN)
