"""Companies in MongoDB."""

from __future__ import annotations

from collections.abc import Collection

from pymongo.asynchronous.database import AsyncDatabase

from qrev.crm.models import Company
from qrev.kit.mongo import Document, add_if_new


class MongoCompanyBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._companies = database["companies"]

    async def add_if_new(self, companies: Collection[Company]) -> int:
        return await add_if_new(
            self._companies,
            (
                {"_id": c.id, "v": 1, "account_id": c.account_id, "name": c.name, "url": c.url}
                for c in companies
            ),
        )
