"""What only a person can say: did a mail leave that nothing kept a copy of?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Change
from qrev.campaigns.doubt import Doubts, Settlement
from qrev.campaigns.models import LATE, Message, MessageStatus
from qrev.campaigns.ports import Mailboxes
from qrev.campaigns.settling import attempted_at
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound

EVIDENCE = ("intent", "wire", "outcome", "lease over", "looked", "settled")
SETTLED = "That mail is not in doubt any more."


class Doubt(NamedTuple):
    """A mail in doubt. `tried_at` is the place in the list; `evidence` is (when, what)."""

    message: Message
    mailbox: str
    tried_at: datetime
    evidence: tuple[tuple[datetime, str], ...]


class Deciding:
    def __init__(self, *, doubts: Doubts, mailboxes: Mailboxes) -> None:
        self._doubts = doubts
        self._mailboxes = mailboxes

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Doubt]:
        """Return the mails in doubt, what was tried last first."""
        found = await self._doubts.in_doubt(actor.account_id, before=before, limit=limit)
        boxes = {m.id: m.email for m in await self._mailboxes.of_account(actor.account_id)}
        return [
            Doubt(each, boxes.get(each.mailbox_id, ""), attempted_at(each), evidence_of(each))
            for each in found
        ]


class Decision:
    """Fills ChangeMaker: settles one mail as a member says. `has_left` is what they say."""

    def __init__(self, *, has_left: bool, doubts: Doubts, audit: Audit, clock: Clock) -> None:
        self._has_left = has_left
        self._doubts = doubts
        self._audit = audit
        self._clock = clock

    async def facts(self, actor: Actor, subject: str) -> tuple[str, ...]:
        """Return what it comes to, in sentences. Raises NotFound where nothing is in doubt."""
        actor.must_be_able_to_change()
        message = await self._message(actor, subject)
        tried = attempted_at(message).strftime("%d %B %Y, %H:%M UTC")
        which = f"“{message.subject}” to {message.to}, tried on {tried}"
        if self._has_left:
            return (f"{which}, counts as sent.", "It does not leave again.")
        return (
            f"{which}, leaves again in the next free minute.",
            f"If it did leave after all, {message.to} gets it twice.",
        )

    async def make(self, actor: Actor, change: Change) -> None:
        """Settle it. Raises Conflict if it was settled meanwhile."""
        message = await self._message(actor, change.subject)
        now = self._clock()
        said = "that it left" if self._has_left else "that it did not leave"
        status = MessageStatus.SENT if self._has_left else MessageStatus.PLANNED
        settlement = Settlement(
            status=status,
            note=f"{actor.name} says {said}",
            at=now,
            sent_at=attempted_at(message) if self._has_left else None,
            send_at=None if self._has_left else now - LATE,
        )
        if not await self._doubts.settle(message, settlement):
            raise Conflict(SETTLED)
        await self._audit.record(actor, "message.settled", message.id, after={"said": said})

    async def _message(self, actor: Actor, message_id: str) -> Message:
        found = await self._doubts.of_ids(actor.account_id, [message_id])
        if not found:
            raise NotFound(SETTLED)
        return found[0]


def evidence_of(message: Message) -> tuple[tuple[datetime, str], ...]:
    """Return what is known of the last try, each with its time."""
    last: list[tuple[datetime, str]] = []
    for line in message.ledger:
        if line.kind == "intent":
            last = [(line.at, "It was about to leave.")]
        elif line.kind == "wire":
            last.append((line.at, "It was handed to the mail server."))
        elif line.kind in EVIDENCE and line.note:
            last.append((line.at, f"{line.note[:1].upper()}{line.note[1:]}."))
    return tuple(last)
