"""What members do with the list of whom this account must never write to again."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.addresses import domain, normalised
from qrev.crm.models import Suppression
from qrev.crm.ports import Suppressions
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound

MAX_PAGE = 100
MAX_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionPage:
    """`next` is the last value shown, where more follow."""

    suppressions: tuple[Suppression, ...]
    next: str | None
    total: int


class Suppressing:
    def __init__(self, *, suppressions: Suppressions, audit: Audit, clock: Clock) -> None:
        self._suppressions = suppressions
        self._audit = audit
        self._clock = clock

    async def page(
        self, actor: Actor, *, after: str | None = None, limit: int = 50
    ) -> SuppressionPage:
        """Return addresses and domains in order, behind the value `after`."""
        limit = max(1, min(limit, MAX_PAGE))
        found = await self._suppressions.page(actor.account_id, after=after, limit=limit + 1)
        shown = tuple(found[:limit])
        return SuppressionPage(
            suppressions=shown,
            next=shown[-1].value if len(found) > limit else None,
            total=await self._suppressions.count(actor.account_id),
        )

    async def add(self, actor: Actor, value: str, reason: str) -> Suppression:
        """Suppress an address or a domain; one that is suppressed keeps its first reason.

        Raises InvalidInput for what is neither, or without a reason.
        """
        actor.must_be_able_to_change()
        suppression = Suppression(
            account_id=actor.account_id,
            value=suppressible(value),
            reason=_reason(reason),
            created_at=self._clock(),
        )
        if await self._suppressions.add_if_new(suppression):
            facts = {"reason": suppression.reason}
            await self._audit.record(actor, "suppression.added", suppression.value, after=facts)
            return suppression
        found = await self._suppressions.find(actor.account_id, [suppression.value])
        return found.get(suppression.value, suppression)

    async def remove(self, actor: Actor, value: str, reason: str) -> None:
        """Let it be written to again. Owners and admins only, and the log keeps their reason.

        Raises NotFound for what is not suppressed.
        """
        actor.must_be_able_to_manage()
        value, why = suppressible(value), _reason(reason)
        removed = await self._suppressions.remove(actor.account_id, value)
        if removed is None:
            raise NotFound(f"“{value[:80]}” is not on the suppression list.")
        await self._audit.record(
            actor,
            "suppression.removed",
            value,
            before={"reason": removed.reason, "since": removed.created_at.isoformat()},
            after={"reason": why},
        )


def suppressible(text: str) -> str:
    """Return an address or domain in the form the list holds. Raises InvalidInput."""
    text = text.strip()
    is_domain = "@" not in text.removeprefix("@")
    asked = f"someone@{text.removeprefix('@')}" if is_domain else text
    found = normalised(asked)
    if found is None:
        raise InvalidInput(
            f"“{text[:80]}” is neither an email address nor a domain like “acme.com”."
        )
    return domain(found) if is_domain else found


def _reason(text: str) -> str:
    reason = " ".join(text.split()).rstrip(".")[:MAX_REASON]
    if not reason:
        raise InvalidInput("Say why, in a few words. Others will read it.")
    return reason
