"""What the cards of lists can ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from qrev.accounts.models import Actor
from qrev.assistant import imports_cards as shown
from qrev.assistant.cards import Card, ImportCard
from qrev.assistant.conversation import Conversation
from qrev.assistant.imports_viewing import import_row, import_view, rule_rows
from qrev.assistant.lists import Lists
from qrev.assistant.viewing import from_moment_cursor, to_cursor
from qrev.crm.importing import Importing
from qrev.crm.imports import Import

SOON = 1.5  # seconds a press waits for its outcome before the card shows how far it is


@dataclass(frozen=True, slots=True)
class Worked:
    """A list after a press, and the cards that come of it in time."""

    view: shown.ImportView
    later: AsyncIterator[Card] | None = None


class ImportsDesk:
    def __init__(self, *, importing: Importing, lists: Lists, conversation: Conversation) -> None:
        self._importing = importing
        self._lists = lists
        self._conversation = conversation

    async def get(self, actor: Actor, ask: shown.ImportAsked) -> shown.ImportView:
        """Return a list as it is now."""
        return import_view(actor, await self._importing.get(actor, ask.import_id))

    async def show(self, actor: Actor, ask: shown.ImportAsked) -> ImportCard:
        """Return the card of a list, to be shown once more."""
        made = await self._importing.get(actor, ask.import_id)
        return ImportCard(import_id=made.id, upload_id=made.upload_id, filename=made.filename)

    async def repair(self, actor: Actor, ask: shown.ImportRepairAsked) -> Worked:
        """Make these repairs and no others, and look at the list again."""
        await self._importing.repair(actor, ask.import_id, ask.version, ask.repairs)
        return await self._worked_on(actor, ask.import_id)

    async def columns(self, actor: Actor, ask: shown.ImportColumnsAsked) -> Worked:
        """Say what the columns are, and look at the list again."""
        await self._importing.choose(actor, ask.import_id, ask.version, ask.choices)
        return await self._worked_on(actor, ask.import_id)

    async def confirm(self, actor: Actor, ask: shown.ImportVersionAsked) -> Worked:
        """Bring the list in as it was shown, and then answer what was wished for with it."""
        made = await self._importing.confirm(actor, ask.import_id, ask.version)
        return self._answered_later(actor, made)

    async def go_on(self, actor: Actor, ask: shown.ImportAsked) -> Worked:
        """Go on with a list that was stopped."""
        return self._answered_later(actor, await self._importing.go_on(actor, ask.import_id))

    async def stop(self, actor: Actor, ask: shown.ImportAsked) -> shown.ImportView:
        """Stop bringing a list in. What is written stays."""
        return import_view(actor, await self._importing.stop(actor, ask.import_id))

    async def cancel(self, actor: Actor, ask: shown.ImportAsked) -> shown.ImportView:
        """Let a list be."""
        return import_view(actor, await self._importing.cancel(actor, ask.import_id))

    async def undo(self, actor: Actor, ask: shown.ImportAsked) -> Worked:
        """Take back everything a list brought."""
        await self._importing.undo(actor, ask.import_id)
        return await self._worked_on(actor, ask.import_id)

    async def page(self, actor: Actor, ask: shown.ImportsAsked) -> shown.ImportsView:
        """Return the lists that were brought in, the newest first, and the rules."""
        page = await self._importing.page(actor, before=from_moment_cursor(ask.after))
        return shown.ImportsView(
            rows=[import_row(each) for each in page.imports],
            next=None if page.next is None else to_cursor(page.next[0].isoformat(), page.next[1]),
            rules=rule_rows(await self._importing.rules(actor)),
            may_change=actor.may_change,
            may_manage=actor.may_manage,
        )

    async def set_rules(self, actor: Actor, ask: shown.ImportRulesAsked) -> shown.ImportsView:
        """Decide what lists may do to people who are known."""
        await self._importing.set_rules(actor, ask.rules)
        return await self.page(actor, shown.ImportsAsked())

    def _answered_later(self, actor: Actor, made: Import) -> Worked:
        later = self._conversation.bring_in(actor, made.id)
        return Worked(import_view(actor, made), later)

    async def _worked_on(self, actor: Actor, import_id: str) -> Worked:
        """Return what a press came to; of a long list, how far it is so far."""
        task = asyncio.create_task(self._lists.work(actor, import_id))
        done, _ = await asyncio.wait([task], timeout=SOON)
        if done:
            return Worked(import_view(actor, task.result()))
        found = await self._importing.get(actor, import_id)
        return Worked(import_view(actor, found), _nothing_after(task))


async def _nothing_after(task: asyncio.Task[Import]) -> AsyncIterator[Card]:
    """Yield no card, once that is done."""
    await task
    none: tuple[Card, ...] = ()
    for card in none:
        yield card
