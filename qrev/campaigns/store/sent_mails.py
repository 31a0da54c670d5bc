"""Sent messages in MongoDB, as what follows them has to know them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.delivery import Earlier
from qrev.campaigns.models import Message, MessageStatus
from qrev.campaigns.store.message_documents import from_document
from qrev.campaigns.store.messages import INDEXES
from qrev.kit.mongo import Document

NEEDED = ("prospect_id", "step", "subject", "header_id", "thread_id")


class MongoSentMails:
    """Fills SentMails."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]

    async def earlier(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, tuple[Earlier, ...]]:
        found = self._messages.find(
            {
                "account_id": account_id,
                "prospect_id": {"$in": sorted(prospect_ids)},
                "status": MessageStatus.SENT.value,
            },
            dict.fromkeys(NEEDED, 1),
        )
        by_prospect: dict[str, list[Earlier]] = defaultdict(list)
        async for d in found:
            by_prospect[d["prospect_id"]].append(
                Earlier(d["step"], d["subject"], d.get("header_id", ""), d.get("thread_id", ""))
            )
        return {prospect_id: tuple(sorted(each)) for prospect_id, each in by_prospect.items()}

    async def linked(self, message_id: str) -> Message | None:
        document = await self._messages.find_one({"_id": message_id})
        return None if document is None else from_document(document)
