"""What the card of settings can ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qrev.accounts.members import Members
from qrev.accounts.models import Actor
from qrev.assistant.ports import SpendingBook, Spent
from qrev.assistant.settings_cards import MemberSpentRow, SettingsAsked, SettingsView, SpentView
from qrev.kit.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """What one month may take; 0 is without limit."""

    tokens: int = 0
    dollars: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TheAssistant:
    """Which assistant is set up here, and its budgets. `model` only where it is a model."""

    kind: Literal["rules", "model", "other"]
    model: str = ""
    has_prices: bool = False
    of_account: Limit = Limit()
    of_member: Limit = Limit()


class SettingsDesk:
    def __init__(
        self, *, assistant: TheAssistant, spending: SpendingBook, members: Members, clock: Clock
    ) -> None:
        self._assistant = assistant
        self._spending = spending
        self._members = members
        self._clock = clock

    async def settings_get(self, actor: Actor, ask: SettingsAsked) -> SettingsView:
        """Return which assistant answers, and what it cost oneself and the workspace this month."""
        now = self._clock()
        spent = await self._spending.in_month(actor.account_id, f"{now:%Y-%m}")
        by_user = {each.user_id: each for each in spent}
        assistant = self._assistant
        return SettingsView(
            assistant=assistant.kind,
            model=assistant.model,
            has_prices=assistant.has_prices,
            month=f"{now:%Y-%m}-01",
            until=_next_month(now),
            mine=_view(by_user.get(actor.user_id), assistant.of_member),
            workspace=_view(by_user.get(""), assistant.of_account),
            members=await self._rows(actor, by_user) if actor.may_manage else [],
        )

    async def _rows(self, actor: Actor, by_user: Mapping[str, Spent]) -> list[MemberSpentRow]:
        names = {str(found.user.id): found.user.name for found in await self._members.all(actor)}
        rows = [
            MemberSpentRow(
                name=names.get(spent.user_id, "Someone who left"),
                is_me=user_id == actor.user_id,
                calls=spent.calls,
                tokens=spent.tokens,
                dollars=spent.dollars,
            )
            for user_id, spent in by_user.items()
            if user_id
        ]
        return sorted(rows, key=lambda row: (-row.dollars, -row.tokens, row.name))


def _view(spent: Spent | None, limit: Limit) -> SpentView:
    return SpentView(
        tokens=spent.tokens if spent else 0,
        dollars=spent.dollars if spent else 0,
        max_tokens=limit.tokens,
        max_dollars=limit.dollars,
    )


def _next_month(now: datetime) -> str:
    year, month = divmod(now.year * 12 + now.month, 12)
    return f"{year:04d}-{month + 1:02d}-01"
