"""What members do with the list of whom this account must never write to again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.addresses import domain, normalised
from qrev.crm.list_files import Problem, decode
from qrev.crm.models import WISHES, Origin, Suppression
from qrev.crm.ports import Suppressions
from qrev.crm.suppression_lists import RowRead, rows_of
from qrev.crm.veiling import is_veiled
from qrev.kit.clock import Clock
from qrev.kit.csv_writing import csv_of
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.mongo import BATCH, batches

MAX_PAGE = 100
MAX_REASON = 200
MAX_REFUSED = 1000  # told line by line; the rest is counted
MAX_SEARCH = 300
TITLES = ("address or domain", "reason", "since", "how")
MEANING = {
    Origin.OPT_OUT: "They asked not to be written to any more. Writing again without their consent "
    "breaks the law in most countries and costs your mailbox its good name.",
    Origin.ERASED: "They had everything about them erased. Only this entry keeps you from writing "
    "to them again.",
    Origin.REFUSED: "Their server said that this address takes no mail. Every further try costs "
    "your mailbox some of its good name.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionPage:
    """`next` is the last value shown, where more follow."""

    suppressions: tuple[Suppression, ...]
    next: str | None
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionImport:
    """What became of a list: `refused` are the first thousand of `refused_count` lines."""

    new: int
    known: int
    refused_count: int
    refused: tuple[Problem, ...]


class Suppressing:
    def __init__(self, *, suppressions: Suppressions, audit: Audit, clock: Clock) -> None:
        self._suppressions = suppressions
        self._audit = audit
        self._clock = clock

    async def page(
        self, actor: Actor, *, search: str = "", after: str | None = None, limit: int = 50
    ) -> SuppressionPage:
        """Return addresses and domains in order, behind the value `after`.

        With `search` those that hold these letters; a whole address finds an erased one as well.
        """
        limit = max(1, min(limit, MAX_PAGE))
        search = _search(search)
        found = await self._suppressions.page(
            actor.account_id, search=search, after=after, limit=limit + 1
        )
        shown = tuple(found[:limit])
        return SuppressionPage(
            suppressions=shown,
            next=shown[-1].value if len(found) > limit else None,
            total=await self._suppressions.count(actor.account_id, search=search),
        )

    async def add(self, actor: Actor, value: str, reason: str) -> Suppression:
        """Suppress an address or a domain; one that is suppressed keeps its first reason.

        Raises InvalidInput for what is neither, or without a reason.
        """
        actor.must_be_able_to_change()
        suppression = self._suppression(actor, suppressible(value), _reason(reason), Origin.MEMBER)
        if await self._suppressions.add_if_new(suppression):
            facts = {"reason": suppression.reason}
            await self._audit.record(actor, "suppression.added", suppression.value, after=facts)
            return suppression
        found = await self._suppressions.find(actor.account_id, [suppression.value])
        return found.get(suppression.value, suppression)

    async def bring_in(self, actor: Actor, data: bytes, *, reason: str) -> SuppressionImport:
        """Suppress every address and domain of a CSV file; a column “reason” goes before `reason`.

        Refused lines are told and cost the others nothing. Twice is harmless. Two database
        operations per 1,000 lines. Raises InvalidInput for what is no such file.
        """
        actor.must_be_able_to_change()
        usual = _reason(reason)
        new = known = refused = 0
        told: list[Problem] = []
        for batch in batches(rows_of(decode(data)), BATCH):
            good: dict[str, Suppression] = {}
            for row in batch:
                each = self._read(actor, row, usual)
                if isinstance(each, Problem):
                    refused += 1
                    told += [each] if len(told) < MAX_REFUSED else []
                elif each.value in good:
                    known += 1
                else:
                    good[each.value] = each
            added = len(await self._suppressions.add_new(good.values()))
            new, known = new + added, known + len(good) - added
        if new:
            facts = {"count": new, "reason": usual}
            await self._audit.record(actor, "suppression.imported", "", after=facts)
        return SuppressionImport(new=new, known=known, refused_count=refused, refused=tuple(told))

    async def export(self, actor: Actor) -> AsyncIterator[bytes]:
        """Return the whole list as a CSV file, in pieces of 1,000 lines."""
        await self._audit.record(actor, "suppression.exported", "")
        return csv_of(TITLES, self._rows(actor))

    async def remove(
        self, actor: Actor, value: str, reason: str, *, is_meaning_known: bool = False
    ) -> None:
        """Let it be written to again. Owners and admins only, and the log keeps their reason.

        What the person behind it asked for is taken off only by who knows what that means.
        Raises Conflict saying so, and NotFound for what is not suppressed.
        """
        actor.must_be_able_to_manage()
        value = value.strip() if is_veiled(value.strip()) else suppressible(value)
        why = _reason(reason)
        found = (await self._suppressions.find(actor.account_id, [value])).get(value)
        if found is not None and found.origin in WISHES and not is_meaning_known:
            raise Conflict(f"{MEANING[found.origin]} Confirm that you know, to take it off.")
        removed = await self._suppressions.remove(actor.account_id, value) if found else None
        if removed is None:
            raise NotFound(f"“{value[:80]}” is not on the suppression list.")
        await self._audit.record(
            actor,
            "suppression.removed",
            removed.value,
            before={
                "reason": removed.reason,
                "since": removed.created_at.isoformat(),
                "origin": removed.origin.value,
            },
            after={"reason": why},
        )

    async def _rows(self, actor: Actor) -> AsyncIterator[list[tuple[str, ...]]]:
        after: str | None = None
        while True:
            found = await self._suppressions.page(actor.account_id, after=after, limit=BATCH)
            yield [(s.value, s.reason, s.created_at.isoformat(), s.origin.value) for s in found]
            if len(found) < BATCH:
                return
            after = found[-1].value

    def _read(self, actor: Actor, row: RowRead, usual: str) -> Suppression | Problem:
        try:
            is_erased = is_veiled(row.value)
            value = row.value if is_erased else suppressible(row.value)
        except InvalidInput:
            return Problem(row.line, "neither an email address nor a domain", row.value[:80])
        origin = Origin.ERASED if is_erased else Origin.LIST
        return self._suppression(actor, value, _one_line(row.reason) or usual, origin)

    def _suppression(self, actor: Actor, value: str, reason: str, origin: Origin) -> Suppression:
        return Suppression(
            account_id=actor.account_id,
            value=value,
            reason=reason,
            created_at=self._clock(),
            origin=origin,
            by=actor.user_id,
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


def _search(text: str) -> str:
    text = text.strip()[:MAX_SEARCH]
    return normalised(text) or text.removeprefix("@").lower()


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")[:MAX_REASON]


def _reason(text: str) -> str:
    reason = _one_line(text)
    if not reason:
        raise InvalidInput("Say why, in a few words. Others will read it.")
    return reason
