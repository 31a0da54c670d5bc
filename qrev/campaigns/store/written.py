"""What was written to an address, and what will be: for those who look at the person."""

from __future__ import annotations

from pymongo import DESCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.store.messages import INDEXES
from qrev.crm.timeline import Mail, MailState
from qrev.kit.mongo import Document

MOST = 50
STATES = {
    MessageStatus.SENT: MailState.SENT,
    MessageStatus.FAILED: MailState.FAILED,
    MessageStatus.CANCELLED: MailState.STOPPED,
    MessageStatus.UNKNOWN: MailState.UNKNOWN,
}
SHOWN = ("subject", "step", "status", "send_at", "sent_at", "reason")


class MongoMailsTo:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]

    async def of_address(self, account_id: AccountId, email: str) -> list[Mail]:
        found = self._messages.find(
            {"account_id": account_id, "to": email}, dict.fromkeys(SHOWN, 1)
        )
        return [_mail(d) async for d in found.sort("send_at", DESCENDING).limit(MOST)]


def _mail(d: Document) -> Mail:
    return Mail(
        at=d.get("sent_at") or d["send_at"],
        subject=d["subject"],
        step=d["step"],
        state=STATES.get(MessageStatus(d["status"]), MailState.AHEAD),
        reason=d["reason"],
    )
