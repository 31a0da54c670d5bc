"""What is done when something was heard: stopped, kept back, paused, told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.judging import WINDOW, why_rest
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.hearing.ports import EventBook, Places, Sent
from qrev.campaigns.models import Mailbox, Message, ProspectStatus
from qrev.campaigns.ports import Mailboxes, Messages, Outbox, ProspectBook
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.telling import Telling
from qrev.crm.models import Origin
from qrev.kit.clock import Clock
from qrev.kit.harmless import harmless

UNTIL_MENDED = timedelta(days=3650)  # a paused mailbox waits for a person
QUOTED = 200  # characters of a reply that the chat shows
CARDS = ("campaigns",)


class Consequences:
    def __init__(
        self,
        *,
        stopping: Stopping,
        messages: Messages,
        prospects: ProspectBook,
        sent: Sent,
        events: EventBook,
        places: Places,
        mailboxes: Mailboxes,
        outbox: Outbox,
        telling: Telling,
        clock: Clock,
    ) -> None:
        self._stopping = stopping
        self._messages = messages
        self._prospects = prospects
        self._sent = sent
        self._events = events
        self._places = places
        self._mailboxes = mailboxes
        self._outbox = outbox
        self._telling = telling
        self._clock = clock

    async def suppress(
        self, account_id: AccountId, email: str, reason: str, *, origin: Origin = Origin.OPT_OUT
    ) -> None:
        """Never write to that address again, in any sequence."""
        await self._stopping.stop_address(account_id, email, reason, origin=origin)
        await self._stop_prospects(account_id, email)

    async def replied(self, message: Message) -> None:
        """Write nothing more to somebody who has answered, in any sequence."""
        # Their mails once more afterwards: a Confirm may have written some in between.
        await self._messages.cancel(
            message.account_id, reason="they replied", at=self._clock(), email=message.to
        )
        await self._stop_prospects(message.account_id, message.to)
        await self._messages.cancel(
            message.account_id, reason="they replied", at=self._clock(), email=message.to
        )

    async def keep_back(self, message: Message, until: datetime) -> None:
        """Write nothing to somebody before they are back."""
        await self._sent.keep_back(message.account_id, message.to, until=until, at=self._clock())

    async def tell(self, event: Event, message: Message) -> None:
        """Say in the sequence's conversation what was heard, and have open cards look again."""
        text = _told(event, message)
        if text:
            await self._telling.say(
                event.account_id, event.sequence_id, text, about=f"heard:{event.id}"
            )
        await self._telling.refresh(
            event.account_id, event.sequence_id, (*CARDS, event.sequence_id)
        )

    async def judge(self, message: Message) -> bool:
        """Pause a mailbox of which too much comes back. Return whether it was."""
        now = self._clock()
        place = await self._places.get(message.account_id, message.mailbox_id)
        since = max(now - WINDOW, place.judged_from or now - WINDOW)
        events = await self._events.of_mailbox(message.account_id, message.mailbox_id, since=since)
        if not events.get(EventKind.BOUNCED) and not events.get(EventKind.COMPLAINED):
            return False
        key = (message.account_id, message.mailbox_id)
        attempts = (await self._outbox.attempted({key: since})).get(message.mailbox_id)
        why = "" if attempts is None else why_rest(attempts.count, events)
        mailbox = await self._mailbox(message) if why else None
        if mailbox is None or mailbox.is_paused:
            return False
        await self._rest(mailbox, message, why, now)
        # Whoever resumes it has looked: what was before counts no more.
        await self._places.put(*key, replace(place, judged_from=now))
        return True

    async def _mailbox(self, message: Message) -> Mailbox | None:
        found = await self._mailboxes.of_account(message.account_id)
        return next((each for each in found if each.id == message.mailbox_id), None)

    async def _rest(self, mailbox: Mailbox, message: Message, why: str, now: datetime) -> None:
        await self._mailboxes.pause(mailbox.account_id, mailbox.id, why)
        await self._outbox.hold_mailbox(mailbox.account_id, mailbox.id, until=now + UNTIL_MENDED)
        await self._telling.say(
            mailbox.account_id,
            message.sequence_id,
            f"{mailbox.email} has paused itself: {why}.",
            about=f"rest:{mailbox.id}:{now.isoformat()}",
        )

    async def _stop_prospects(self, account_id: AccountId, email: str) -> None:
        found = await self._prospects.of_address(account_id, email)
        running = [p.id for p in found if p.status is ProspectStatus.ACTIVE]
        await self._prospects.set_status(account_id, running, ProspectStatus.STOPPED)


def _told(event: Event, message: Message) -> str:
    """Return what is said of it, "" for what needs no words."""
    who = message.to_name or message.to
    if event.kind is EventKind.REPLIED:
        words = " ".join(harmless(event.note).split())
        quoted = f"{words[:QUOTED]}…" if len(words) > QUOTED else words
        return (
            f"{who} replied: “{quoted}” Nothing more leaves for them."
            if quoted
            else (f"{who} replied. Nothing more leaves for them.")
        )
    if event.kind is EventKind.AWAY:
        return f"{who} is {event.note}. Their next mail waits until after that."
    if event.kind is EventKind.UNSUBSCRIBED:
        return f"{who} asked to be left alone. Nobody here writes to {event.email} any more."
    if event.kind is EventKind.BOUNCED:
        why = f": {' '.join(harmless(event.note).split())[:QUOTED]}" if event.note else ""
        return f"The mail to {event.email} came back{why}. It is on the suppression list now."
    if event.kind is EventKind.COMPLAINED:
        return f"{event.email} called a mail spam. Nobody here writes to them any more."
    return ""
