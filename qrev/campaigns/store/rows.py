"""Campaigns read piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, Prospect
from qrev.campaigns.store import messages, prospects
from qrev.campaigns.store.message_documents import from_document
from qrev.kit.mongo import Document


class MongoCampaignRows:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._prospects = database[prospects.INDEXES.collection]
        self._messages = database[messages.INDEXES.collection]

    async def prospects(
        self, account_id: AccountId, sequence_id: str, *, after: int | None, limit: int
    ) -> list[Prospect]:
        asked: Document = {"account_id": account_id, "sequence_id": sequence_id}
        if after is not None:
            asked["position"] = {"$gt": after}
        found = self._prospects.find(asked).sort("position", ASCENDING).limit(limit)
        return [prospects.from_document(d) async for d in found]

    async def mails(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, list[Message]]:
        asked = {"account_id": account_id, "prospect_id": {"$in": list(prospect_ids)}}
        of: defaultdict[str, list[Message]] = defaultdict(list)
        async for document in self._messages.find(asked, batch_size=1000):
            of[document["prospect_id"]].append(from_document(document))
        return {key: sorted(mails, key=lambda m: m.step) for key, mails in of.items()}
