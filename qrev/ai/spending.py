"""What the language model has cost, by month, workspace and member, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.minds import LlmTrouble, Usage
from qrev.assistant.contract import SPENDING_COLLECTION, TurnRequest, spending_id
from qrev.kit.clock import Clock, utc_now
from qrev.kit.mongo import Document


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What one month may take. 0 is without limit."""

    tokens: int = 0
    dollars: float = 0

    def is_used_up(self, spent: Spent) -> bool:
        is_over = self.dollars > 0 and spent.dollars >= self.dollars
        return is_over or (self.tokens > 0 and spent.tokens >= self.tokens)


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgets:
    account: Budget = Budget()
    member: Budget = Budget()


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    tokens: int = 0
    dollars: float = 0


class Spending(Protocol):
    async def add(self, turn: TurnRequest, usage: Usage, dollars: float) -> None:
        """Count it for the member and for the workspace, in this month."""

    async def must_be_left(self, turn: TurnRequest) -> None:
        """Raise LlmTrouble if the member's or the workspace's month is used up."""


class MongoSpending:
    """Fills Spending, beside the drop box: the backend shows it from there."""

    def __init__(
        self, dropbox: AsyncDatabase[Document], budgets: Budgets, *, clock: Clock = utc_now
    ) -> None:
        self._spent = dropbox[SPENDING_COLLECTION]
        self._budgets = budgets
        self._clock = clock

    async def add(self, turn: TurnRequest, usage: Usage, dollars: float) -> None:
        if not usage.tokens:
            return
        month = f"{self._clock():%Y-%m}"
        counted = {"read": usage.read, "written": usage.written, "dollars": dollars, "calls": 1}
        await self._spent.bulk_write(
            [
                UpdateOne(
                    {"_id": spending_id(turn.company_id, month, user_id)},
                    {
                        "$inc": counted,
                        "$setOnInsert": {
                            "v": 1,
                            "account_id": turn.company_id,
                            "user_id": user_id,
                            "month": month,
                        },
                    },
                    upsert=True,
                )
                for user_id in ("", turn.user_id)
            ],
            ordered=False,
        )

    async def must_be_left(self, turn: TurnRequest) -> None:
        month = f"{self._clock():%Y-%m}"
        ids = [spending_id(turn.company_id, month, user_id) for user_id in ("", turn.user_id)]
        found = {d["_id"]: _spent(d) async for d in self._spent.find({"_id": {"$in": ids}})}
        whole, own = (found.get(each, Spent()) for each in ids)
        if self._budgets.account.is_used_up(whole):
            raise LlmTrouble("this month's budget of the workspace is used up", is_lasting=True)
        if self._budgets.member.is_used_up(own):
            raise LlmTrouble("your budget for this month is used up", is_lasting=True)


def _spent(document: Mapping[str, float]) -> Spent:
    return Spent(
        tokens=int(document["read"] + document["written"]), dollars=float(document["dollars"])
    )
