"""What a workspace tells of itself, in memory."""

from __future__ import annotations

from qrev.accounts.models import AccountId
from qrev.assistant.knowledge.models import KnowledgeDocument


class FakeKnowledgeBook:
    """Fills KnowledgeBook."""

    def __init__(self) -> None:
        self._by_id: dict[str, KnowledgeDocument] = {}

    async def put(self, document: KnowledgeDocument) -> None:
        self._by_id[document.id] = document

    async def get(self, account_id: AccountId, document_id: str) -> KnowledgeDocument | None:
        found = self._by_id.get(document_id)
        return found if found is not None and found.account_id == account_id else None

    async def of_account(self, account_id: AccountId) -> list[KnowledgeDocument]:
        found = [each for each in self._by_id.values() if each.account_id == account_id]
        return sorted(found, key=lambda each: each.added_at)

    async def remove(self, account_id: AccountId, document_id: str) -> bool:
        if await self.get(account_id, document_id) is None:
            return False
        del self._by_id[document_id]
        return True
