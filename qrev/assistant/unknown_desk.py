"""What the card about mails in doubt can ask."""

from __future__ import annotations

from qrev.accounts.changes import Changes
from qrev.accounts.models import Actor
from qrev.assistant.cards import ChangeCard
from qrev.assistant.unknown_cards import (
    EvidenceLine,
    LeftAsked,
    UnknownAsked,
    UnknownRow,
    UnknownView,
)
from qrev.assistant.viewing import from_moment_cursor, to_cursor
from qrev.campaigns.deciding import Deciding, Doubt

PAGE = 25


class UnknownDesk:
    def __init__(self, *, deciding: Deciding, changes: Changes) -> None:
        self._deciding = deciding
        self._changes = changes

    async def page(self, actor: Actor, ask: UnknownAsked) -> UnknownView:
        """Return the mails in doubt, each with what is known of it."""
        before = from_moment_cursor(ask.after)
        found = await self._deciding.page(actor, before=before, limit=PAGE + 1)
        shown = found[:PAGE]
        has_more = len(found) > PAGE
        return UnknownView(
            rows=[unknown_row(each) for each in shown],
            next=to_cursor(str(shown[-1].tried_at), shown[-1].message.id) if has_more else None,
            can_change=actor.may_change,
        )

    async def settle(self, actor: Actor, ask: LeftAsked) -> ChangeCard:
        """Propose to settle one as the member says."""
        change = await self._changes.propose_settling(actor, ask.message_id, has_left=ask.has_left)
        return ChangeCard(change_id=change.id)


def unknown_row(doubt: Doubt) -> UnknownRow:
    message = doubt.message
    return UnknownRow(
        message_id=message.id,
        to=message.to,
        subject=message.subject,
        step=message.step,
        mailbox=doubt.mailbox,
        tried_at=doubt.tried_at,
        evidence=[EvidenceLine(at=at, text=text) for at, text in doubt.evidence],
    )
