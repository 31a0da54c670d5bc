"""The people a member owns, and who has them when they go."""

from __future__ import annotations

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.finding import owner_shelf
from qrev.crm.store.people import PEOPLE
from qrev.kit.mongo import Document


class MongoOwnedPeople:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def hand_over(self, account_id: AccountId, user_id: UserId, to: UserId) -> int:
        """Give all of a member's people to another one, deleted ones too. Return how many."""
        left = {"$setDifference": ["$shelves", {"$literal": [owner_shelf(user_id)]}]}
        shelves = {"$setUnion": [left, {"$literal": [owner_shelf(to)]}]}
        count = 0
        for is_here in (True, False):  # together they are found by the index of a shelf
            owned = {
                "account_id": account_id,
                "is_here": is_here,
                "shelves": owner_shelf(user_id),
            }
            written = {"owner_id": {"$literal": to}, "shelves": shelves}
            done = await self._people.update_many(owned, [{"$set": written}])
            count += done.matched_count
        return count
