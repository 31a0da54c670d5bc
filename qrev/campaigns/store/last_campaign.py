"""Which campaign reached somebody last."""

from __future__ import annotations

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.store.messages import INDEXES
from qrev.kit.mongo import Document


class MongoLastCampaign:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]

    async def of_address(self, account_id: AccountId, email: str) -> str:
        asked = {"account_id": account_id, "to": email, "status": MessageStatus.SENT.value}
        found = self._messages.find(asked, {"sequence_id": 1, "sent_at": 1})
        sent = [(d["sent_at"], str(d["sequence_id"])) async for d in found if d.get("sent_at")]
        return max(sent)[1] if sent else ""
