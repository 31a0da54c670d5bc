"""What the card of the suppression list can ask. Each change answers with its first page."""

from __future__ import annotations

from collections.abc import Mapping

from qrev.accounts.members import Members
from qrev.accounts.models import Actor, UserId
from qrev.assistant import suppressions_cards as asked
from qrev.assistant.suppressions_cards import SuppressionRow, SuppressionsView
from qrev.assistant.viewing import from_cursor, to_cursor
from qrev.crm.models import WISHES, Origin, Suppression
from qrev.crm.suppressing import MEANING, Suppressing
from qrev.crm.veiling import is_veiled

HOW = {
    Origin.MEMBER: "a former member",
    Origin.LIST: "a former member, by a list",
    Origin.OPT_OUT: "they asked for it",
    Origin.REFUSED: "their server",
    Origin.ERASED: "they had their data erased",
}


class SuppressionsDesk:
    def __init__(self, *, suppressing: Suppressing, members: Members) -> None:
        self._suppressing = suppressing
        self._members = members

    async def page(self, actor: Actor, ask: asked.SuppressionsAsked) -> SuppressionsView:
        """Return a page of the list, in the order of the alphabet."""
        place = from_cursor(ask.after, 1)
        page = await self._suppressing.page(
            actor, search=ask.search, after=place[0] if place else None, limit=ask.limit
        )
        names = {c.user.id: c.user.name or c.user.email for c in await self._members.all(actor)}
        return SuppressionsView(
            rows=[_row(each, names) for each in page.suppressions],
            next=None if page.next is None else to_cursor(page.next),
            total=page.total,
            may_add=actor.may_change,
            may_remove=actor.may_manage,
        )

    async def add(self, actor: Actor, ask: asked.SuppressionAddAsked) -> SuppressionsView:
        """Put an address or a domain on the list."""
        added = await self._suppressing.add(actor, ask.value, ask.reason)
        return await self._after(actor, f"Nobody here writes to {_title(added.value)} any more.")

    async def remove(self, actor: Actor, ask: asked.SuppressionRemoveAsked) -> SuppressionsView:
        """Take one off the list again."""
        await self._suppressing.remove(
            actor, ask.value, ask.reason, is_meaning_known=ask.is_meaning_known
        )
        return await self._after(actor, f"{_title(ask.value)} can be written to again.")

    async def _after(self, actor: Actor, said: str) -> SuppressionsView:
        view = await self.page(actor, asked.SuppressionsAsked())
        return view.model_copy(update={"said": said})


def _row(suppression: Suppression, names: Mapping[UserId, str]) -> SuppressionRow:
    how = HOW[suppression.origin]
    warns = suppression.origin in WISHES or suppression.origin is Origin.REFUSED
    return SuppressionRow(
        value=suppression.value,
        title=_title(suppression.value),
        reason=suppression.reason,
        who=how if suppression.by is None else names.get(suppression.by, how),
        created_at=suppression.created_at,
        warning=MEANING[suppression.origin] if warns else "",
    )


def _title(value: str) -> str:
    return f"Somebody who was erased ({value[-6:]})" if is_veiled(value) else value
