"""What cards about one's own workspace can ask, and dangerous changes to it."""

from __future__ import annotations

from datetime import datetime

from qrev.accounts.changes import Changes
from qrev.accounts.models import Actor, Change, ChangeKind, ChangeState, UserId
from qrev.assistant import requests as asked
from qrev.assistant.cards import ChangeCard, ChangeView
from qrev.kit.clock import Clock

# Of each kind: the card's title, its button, and what came of it.
WORDS: dict[ChangeKind, tuple[str, str, str]] = {
    ChangeKind.REMOVE_MEMBER: ("Remove a member", "Remove", "They are out, on every device."),
    ChangeKind.TRANSFER_OWNERSHIP: (
        "Hand the workspace over",
        "Hand over",
        "They are an owner now, and you are an admin.",
    ),
    ChangeKind.DELETE_ACCOUNT: (
        "Delete the workspace",
        "Delete",
        "The days of grace have begun. Until they are over an owner can restore it.",
    ),
    ChangeKind.ERASE_PERSON: (
        "Erase everything about somebody",
        "Erase for good",
        "It is gone. Nobody here writes to them again.",
    ),
    ChangeKind.SETTLE_AS_SENT: ("The mail left", "It left", "It counts as sent."),
    ChangeKind.SETTLE_AS_NOT_SENT: (
        "Send the mail again",
        "Send it again",
        "It leaves in the next free minute.",
    ),
    ChangeKind.BOOK_CALL: (
        "Book a call",
        "Book it",
        "It is booked. The link is on their page, and the next mail to them carries the "
        "invitation.",
    ),
    ChangeKind.WRITE_TO_HUBSPOT: (
        "Write your people to HubSpot",
        "Write to HubSpot",
        "They are being written. /integrations shows how far it is.",
    ),
}


class OwnDesk:
    def __init__(self, *, changes: Changes, clock: Clock) -> None:
        self._changes = changes
        self._clock = clock

    async def change_get(self, actor: Actor, ask: asked.ChangeAsked) -> ChangeView:
        """Return a dangerous change as it was proposed, and what became of it."""
        return self._view(await self._changes.get(actor, ask.change_id))

    async def change_confirm(self, actor: Actor, ask: asked.ChangeConfirmAsked) -> ChangeView:
        """Make the change that was shown, once."""
        return self._view(await self._changes.confirm(actor, ask.change_id, ask.hash))

    async def change_cancel(self, actor: Actor, ask: asked.ChangeAsked) -> ChangeView:
        """Drop the proposal. Nothing was changed by it."""
        return self._view(await self._changes.cancel(actor, ask.change_id))

    async def change_again(self, actor: Actor, ask: asked.ChangeAsked) -> ChangeCard:
        """Propose the same change as things are now."""
        change = await self._changes.get(actor, ask.change_id)
        return ChangeCard(change_id=(await self._proposed(actor, change)).id)

    async def _proposed(self, actor: Actor, change: Change) -> Change:
        if change.kind is ChangeKind.REMOVE_MEMBER:
            return await self._changes.propose_removal(actor, UserId(change.subject))
        if change.kind is ChangeKind.TRANSFER_OWNERSHIP:
            return await self._changes.propose_transfer(actor, UserId(change.subject))
        if change.kind is ChangeKind.ERASE_PERSON:
            return await self._changes.propose_erasure(actor, change.subject)
        if change.kind is ChangeKind.WRITE_TO_HUBSPOT:
            return await self._changes.propose_writing_to_hubspot(actor)
        if change.kind in (ChangeKind.SETTLE_AS_SENT, ChangeKind.SETTLE_AS_NOT_SENT):
            has_left = change.kind is ChangeKind.SETTLE_AS_SENT
            return await self._changes.propose_settling(actor, change.subject, has_left=has_left)
        if change.kind is ChangeKind.BOOK_CALL:
            return await self._changes.propose_call(actor, change.subject)
        return await self._changes.propose_deletion(actor)

    def _view(self, change: Change) -> ChangeView:
        return change_view(change, self._clock())


def change_view(change: Change, now: datetime) -> ChangeView:
    """Return a change with the words of its kind. An open one that is over is `expired`."""
    title, verb, outcome = WORDS[change.kind]
    is_expired = change.state is ChangeState.OPEN and now >= change.expires_at
    return ChangeView(
        id=change.id,
        hash=change.hash,
        state="expired" if is_expired else change.state.value,
        title=title,
        verb=verb,
        facts=list(change.facts),
        outcome=outcome if change.state is ChangeState.DONE else "",
        expires_at=change.expires_at,
    )
