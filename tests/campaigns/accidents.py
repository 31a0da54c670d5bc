"""Real stores in an unkind world: a process that dies at a call, somebody who acts just then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.campaigns.models import Message
from qrev.campaigns.store.messages import MongoMessages
from qrev.kit.mongo import Document


class PowerCut(Exception):
    """The process is gone."""


class Around:
    """A store that does `what` just before the `nth` call of one method, and then its work."""

    def __init__(
        self, store: object, method: str, what: Callable[[], Awaitable[object]], *, nth: int = 1
    ) -> None:
        self._store = store
        self._method = method
        self._what = what
        self._left = nth

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._store, name)
        if name != self._method:
            return work

        async def around(*args: object, **named: object) -> object:
            self._left -= 1
            if self._left == 0:
                await self._what()
            return await work(*args, **named)

        return around


def around_database(
    database: AsyncDatabase[Document], method: str, what: Callable[[], Awaitable[object]]
) -> Any:
    """Return a database whose durable writes meet `what` just before the first such call."""

    class Database:
        def __getitem__(self, name: str) -> object:
            return database[name]

        def get_collection(self, name: str, **options: Any) -> object:
            return Around(database.get_collection(name, **options), method, what)

    return Database()


def dying(store: object, method: str, *, nth: int = 1) -> Any:
    """Return the store as it looks to a process that dies just before that call."""

    async def die() -> None:
        raise PowerCut

    return Around(store, method, die, nth=nth)


class HalfWritten(MongoMessages):
    """The ledger of a process that dies half-way through writing a plan."""

    async def add_planned(self, messages: Collection[Message]) -> int:
        await super().add_planned(list(messages)[: len(messages) // 2])
        raise PowerCut
