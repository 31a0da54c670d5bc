"""Everything campaigns keep about an address."""

from __future__ import annotations

from collections.abc import Collection

from pymongo.asynchronous.database import AsyncDatabase

from qrev.campaigns.models import prospect_id
from qrev.campaigns.reading import Shredder
from qrev.campaigns.store import drafts, messages, prospects, rewrites, sequences
from qrev.crm.privacy_ports import Held, Whom
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document, batches


class MongoCampaignsRoom:
    """Places in campaigns, drafts, and mails with their ledgers and the copies of what left."""

    def __init__(self, database: AsyncDatabase[Document], shredder: Shredder) -> None:
        self._sequences = database[sequences.INDEXES.collection]
        self._prospects = database[prospects.INDEXES.collection]
        self._drafts = database[drafts.INDEXES.collection]
        self._rewritten = database[rewrites.ROW_INDEXES.collection]
        self._messages = database[messages.INDEXES.collection]
        self._shredder = shredder

    async def held(self, whom: Whom) -> Held:
        places: list[Document] = []
        written: list[Document] = []
        reworded: list[Document] = []
        for ids in batches(await self._places(whom)):
            theirs = {"account_id": whom.account_id, "_id": {"$in": ids}}
            places += [plain(d) async for d in self._prospects.find(theirs)]
            of_them = {"account_id": whom.account_id, "prospect_id": {"$in": ids}}
            written += [plain(d) async for d in self._drafts.find(of_them)]
            reworded += [plain(d) async for d in self._rewritten.find(of_them)]
        mails = self._messages.find({"account_id": whom.account_id, "to": whom.email})
        return {
            "places_in_campaigns": places,
            "drafts": written,
            "other_words_for_drafts": reworded,
            "mails": [plain(d) async for d in mails],
        }

    async def erase(self, whom: Whom) -> None:
        mails = {"account_id": whom.account_id, "to": whom.email}
        # The mails first, so that none leaves; the copy before its mail, which names it.
        async for mail in self._messages.find(mails, {"_id": 1}):
            await self._shredder.remove(mail["_id"])
        await self._messages.delete_many(mails)
        places = await self._places(whom)
        for ids in batches(places):
            account: Document = {"account_id": whom.account_id}
            await self._drafts.delete_many({**account, "prospect_id": {"$in": ids}})
            await self._rewritten.delete_many({**account, "prospect_id": {"$in": ids}})
            found = self._prospects.find({**account, "_id": {"$in": ids}}, {"sequence_id": 1})
            of = [prospect["sequence_id"] async for prospect in found]
            await self._prospects.delete_many({**account, "_id": {"$in": ids}})
            await self._count_again(whom, of)

    async def _places(self, whom: Whom) -> list[str]:
        """Return the ids that they have or would have in every sequence of the account."""
        found = self._sequences.find({"account_id": whom.account_id}, {"_id": 1})
        return [prospect_id(d["_id"], whom.person_id) async for d in found]

    async def _count_again(self, whom: Whom, sequence_ids: Collection[str]) -> None:
        for id_ in sequence_ids:
            asked = {"account_id": whom.account_id, "sequence_id": id_}
            people = await self._prospects.count_documents(asked)
            await self._sequences.update_one(
                {"_id": id_, "account_id": whom.account_id}, {"$set": {"people": people}}
            )
