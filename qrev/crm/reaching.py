"""To whom no mail may go: suppressed addresses, and those of people who were deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qrev.accounts.models import AccountId
from qrev.crm.people_ports import GonePeople
from qrev.crm.suppressions import SuppressionList

DELETED = "Deleted from your people."


class Reaching:
    def __init__(self, *, suppressions: SuppressionList, people: GonePeople) -> None:
        self._suppressions = suppressions
        self._people = people

    async def unreachable(
        self, account_id: AccountId, emails: Collection[str]
    ) -> Mapping[str, str]:
        """Return those that must not be written to, each with the reason in words."""
        suppressed = await self._suppressions.unreachable(account_id, emails)
        gone = await self._people.deleted_among(account_id, emails)
        return {**dict.fromkeys(gone, DELETED), **suppressed}
