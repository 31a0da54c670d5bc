"""Conversations as the screen shows them, in MongoDB: threads, their steps, their elements.

Only a view: what cards are about is kept by the services, and loaded again by each card.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId
from qrev.chat.titles import title_of
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound
from qrev.kit.mongo import Document, Indexes

THREADS = Indexes(
    "threads",
    (IndexModel([("account_id", ASCENDING), ("user_id", ASCENDING), ("updated_at", DESCENDING)]),),
)
STEPS = Indexes("steps", (IndexModel([("thread_id", ASCENDING), ("at", ASCENDING)]),))
ELEMENTS = Indexes(
    "elements",
    (
        IndexModel([("thread_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("thread_id", ASCENDING), ("card_key", ASCENDING)]),
    ),
)
INDEXES = (THREADS, STEPS, ELEMENTS)
MAX_TITLE = 80


class Archive:
    """Everything is asked for by thread.

    Who may see one is its `user_id`, and only while they work in its `account_id`.
    """

    def __init__(self, database: AsyncDatabase[Document], clock: Clock) -> None:
        self._threads = database[THREADS.collection]
        self._steps = database[STEPS.collection]
        self._elements = database[ELEMENTS.collection]
        self._clock = clock
        self._last_at = datetime.fromtimestamp(0, UTC)

    # --- threads

    async def begin(
        self, thread_id: str, account_id: AccountId, user_id: str, email: str, title: str
    ) -> None:
        """Make the thread, unless it is there: its owner and its title stay."""
        await self._threads.update_one(
            {"_id": thread_id},
            {
                "$setOnInsert": {
                    "v": 1,
                    "account_id": account_id,
                    "user_id": user_id,
                    "email": email,
                    "title": _title(title_of(title)),
                    "created_at": self._clock(),
                },
                "$set": {"updated_at": self._clock()},
            },
            upsert=True,
        )

    async def owner(self, thread_id: str, account_id: AccountId) -> str | None:
        """Return the address of whose thread it is, None for one that is not in the account."""
        found = await self._threads.find_one(
            {"_id": thread_id, "account_id": account_id}, {"email": 1}
        )
        return None if found is None else str(found["email"])

    async def account(self, thread_id: str) -> AccountId | None:
        """Return in which account a thread was begun, None for one that is not there."""
        found = await self._threads.find_one({"_id": thread_id}, {"account_id": 1})
        return None if found is None else AccountId(found["account_id"])

    async def get(self, thread_id: str) -> Document | None:
        return await self._threads.find_one({"_id": thread_id})

    async def rename(self, thread_id: str, title: str) -> None:
        await self._threads.update_one({"_id": thread_id}, {"$set": {"title": _title(title)}})

    async def page(
        self, account_id: AccountId, user_id: str, *, search: str, before: str | None, limit: int
    ) -> list[Document]:
        """Return a user's threads in an account, the newest first, behind the thread `before`."""
        question: Document = {"account_id": account_id, "user_id": user_id}
        if search:
            question["title"] = {"$regex": re.escape(search[:MAX_TITLE]), "$options": "i"}
        if before is not None:
            last = await self._threads.find_one({"_id": before, "user_id": user_id})
            if last is not None:
                question["updated_at"] = {"$lt": last["updated_at"]}
        found = self._threads.find(question).sort("updated_at", DESCENDING)
        return await found.limit(limit).to_list()

    async def delete(self, thread_id: str) -> None:
        """Forget what was said and shown. What it was about stays where it is."""
        await self._elements.delete_many({"thread_id": thread_id})
        await self._steps.delete_many({"thread_id": thread_id})
        await self._threads.delete_one({"_id": thread_id})

    # --- steps and elements

    async def keep_step(self, thread_id: str, step: Mapping[str, Any]) -> None:
        """Write a step as it is now. Raises NotFound for an id of another thread."""
        await _keep(self._steps, thread_id, step, self._moment(), {})

    async def keep_element(
        self, thread_id: str, element: Mapping[str, Any], *, card_key: str = ""
    ) -> None:
        """Write an element as it is now. Raises NotFound for an id of another thread."""
        more = {"card_key": card_key} if card_key else {}
        await _keep(self._elements, thread_id, element, self._moment(), more)

    async def steps(self, thread_id: str) -> list[Document]:
        found = self._steps.find({"thread_id": thread_id}).sort([("at", ASCENDING)])
        return [_shown(d) async for d in found]

    async def elements(self, thread_id: str) -> list[Document]:
        found = self._elements.find({"thread_id": thread_id}).sort([("at", ASCENDING)])
        return [_shown(d) async for d in found]

    async def element(self, thread_id: str, element_id: str) -> Document | None:
        found = await self._elements.find_one({"_id": element_id, "thread_id": thread_id})
        return None if found is None else _shown(found)

    async def bump(self, thread_id: str, card_key: str) -> list[Document]:
        """Count up the revision of every card about that key, and return them as they are now."""
        about = {"thread_id": thread_id, "card_key": card_key}
        await self._elements.update_many(about, {"$inc": {"shown.props.rev": 1}})
        return [_shown(d) async for d in self._elements.find(about)]

    def _moment(self) -> datetime:
        """Return now, but never the same moment twice: it is what keeps things in order."""
        self._last_at = max(self._clock(), self._last_at + timedelta(milliseconds=1))
        return self._last_at


async def _keep(
    collection: AsyncCollection[Document],
    thread_id: str,
    shown: Mapping[str, Any],
    now: datetime,
    more: Document,
) -> None:
    try:
        await collection.update_one(
            {"_id": shown["id"], "thread_id": thread_id},
            {
                "$set": {"shown": {k: v for k, v in shown.items() if v is not None}, **more},
                "$setOnInsert": {"v": 1, "at": now},
            },
            upsert=True,
        )
    except DuplicateKeyError as error:
        raise NotFound("That belongs to another conversation.") from error


def _shown(document: Document) -> Document:
    return dict(document["shown"])


def _title(text: str) -> str:
    """Return a title that is not too long."""
    words = " ".join(text.split())
    if len(words) <= MAX_TITLE:
        return words or "New conversation"
    return words[:MAX_TITLE].rsplit(" ", 1)[0] + " …"
