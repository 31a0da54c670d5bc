"""Whom this account must never write to again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qrev.accounts.models import AccountId
from qrev.crm.addresses import domain, normalised
from qrev.crm.models import Origin, Suppression
from qrev.crm.ports import Suppressions
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput
from qrev.kit.mongo import batches


class SuppressionList:
    def __init__(self, *, suppressions: Suppressions, clock: Clock) -> None:
        self._suppressions = suppressions
        self._clock = clock

    async def add(
        self, account_id: AccountId, address: str, reason: str, *, origin: Origin = Origin.OPT_OUT
    ) -> bool:
        """Suppress an address for the whole account. Return whether it was new."""
        value = normalised(address)
        if value is None:
            raise InvalidInput(f"“{address[:80]}” is not an email address.")
        return await self._suppressions.add_if_new(
            Suppression(
                account_id=account_id,
                value=value,
                reason=reason,
                created_at=self._clock(),
                origin=origin,
            )
        )

    async def is_empty(self, account_id: AccountId) -> bool:
        """Return whether nobody is suppressed: asking about a thousand costs far more."""
        return not await self._suppressions.page(account_id, after=None, limit=1)

    async def unreachable(
        self, account_id: AccountId, emails: Collection[str]
    ) -> Mapping[str, str]:
        """Return those that must not be written to, each with the reason in words.

        One query per 1,000 addresses: suppressed ones, those of a suppressed domain, and what
        is no address.
        """
        reasons: dict[str, str] = {}
        for batch in batches(emails):
            asked = {*batch, *(domain(email) for email in batch)}
            found = await self._suppressions.find(account_id, asked)
            for email in batch:
                hit = found.get(email) or found.get(domain(email))
                if hit is not None:
                    reasons[email] = f"On the suppression list: {hit.reason}."
                elif normalised(email) != email:
                    reasons[email] = "Not an email address."
        return reasons

    async def erased(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        """Return those whose owners had everything about them erased: nothing of them is kept."""
        found: set[str] = set()
        for batch in batches(emails):
            hits = await self._suppressions.find(account_id, batch)
            found |= {email for email, hit in hits.items() if hit.origin is Origin.ERASED}
        return found
