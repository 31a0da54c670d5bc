"""What a draft said once, and says now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftVersion:
    """What a draft said once, or says now. `at` and `by` are nothing for the first version."""

    version: int
    subject: str
    body: str
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    is_by_hand: bool = False
    at: datetime | None = None
    by: str = ""


class DraftVersions(Protocol):
    async def versions(self, account_id: AccountId, draft_id: str) -> list[DraftVersion]:
        """Return every version of a draft, the newest first; none for one that is not there."""
