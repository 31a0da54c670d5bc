"""What a mail that came in has as its consequence, and then that it came.

The consequence first: interrupted between the two, the same mail is heard again, stops the same
messages once more and is told once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from qrev.campaigns.hearing.classifying import meaning_of
from qrev.campaigns.hearing.consequences import Consequences
from qrev.campaigns.hearing.judging import SOFT_IS_HARD
from qrev.campaigns.hearing.matching import Matching
from qrev.campaigns.hearing.models import Event, EventKind, Meaning, Verdict, event_id
from qrev.campaigns.hearing.ports import EventBook
from qrev.campaigns.hearing.reading import Read, Refusal, read
from qrev.campaigns.models import Mailbox, Message
from qrev.crm.models import Origin
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

AFTER_RETURN = timedelta(days=1)  # their first day back is full of mails
UNKNOWN_ABSENCE = timedelta(days=7)
NOTE = 300  # characters


class Hearing:
    def __init__(
        self,
        *,
        events: EventBook,
        matching: Matching,
        consequences: Consequences,
        clock: Clock,
    ) -> None:
        self._events = events
        self._matching = matching
        self._consequences = consequences
        self._clock = clock

    async def take(self, mailbox: Mailbox, letter_id: str, raw: bytes) -> Meaning | None:
        """Do what follows from a mail. Return what it meant, None if it is about nothing of ours.

        Twice is harmless.
        """
        mail = await asyncio.to_thread(read, raw)  # 2 MB take a tenth of a second to read
        verdict = meaning_of(mail, mailbox.email, self._clock())
        if verdict.meaning is Meaning.OWN:
            return Meaning.OWN
        if verdict.meaning in (Meaning.REFUSED, Meaning.COMPLAINT):
            messages = await self._matching.returned(mailbox, mail)
        else:
            messages = await self._matching.answered(mailbox, mail)
        if not messages:
            return None
        await self._follow(mailbox, letter_id, mail, verdict, messages)
        return verdict.meaning

    async def _follow(
        self,
        mailbox: Mailbox,
        letter_id: str,
        mail: Read,
        verdict: Verdict,
        messages: Collection[Message],
    ) -> None:
        latest = next(iter(messages))
        heard = _event(latest, mailbox.id, letter_id, self._clock())
        if verdict.meaning is Meaning.REFUSED:
            await self._refused(heard, verdict.refusals, messages)
        elif verdict.meaning is Meaning.COMPLAINT:
            await self._consequences.suppress(latest.account_id, latest.to, "called it spam")
            await self._tell(replace(heard, kind=EventKind.COMPLAINED), latest)
        elif verdict.meaning is Meaning.AWAY:
            until = _back_at(verdict, mail.at or heard.at)
            await self._consequences.keep_back(latest, until)
            note = f"away until {until - AFTER_RETURN:%d %B}" if verdict.back_on else "away"
            await self._tell(replace(heard, kind=EventKind.AWAY, note=note), latest)
        elif verdict.meaning is Meaning.STOP:
            for address in dict.fromkeys((latest.to, mail.sender or latest.to)):
                await self._consequences.suppress(
                    latest.account_id, address, "asked in a mail to be left alone"
                )
            note = verdict.words[:NOTE] or mail.subject[:NOTE]
            await self._tell(replace(heard, kind=EventKind.UNSUBSCRIBED, note=note), latest)
        elif verdict.meaning is Meaning.REPLY:
            await self._consequences.replied(latest)
            note = verdict.words[:NOTE]
            await self._tell(replace(heard, kind=EventKind.REPLIED, note=note), latest)
        else:
            await self._events.add_if_new(replace(heard, kind=EventKind.AUTOMATIC))

    async def _refused(
        self, heard: Event, refusals: Collection[Refusal], messages: Collection[Message]
    ) -> None:
        """Suppress what no server will ever take, or has refused three times for now."""
        for message in messages:
            refusal = _about(message, refusals)
            if refusal is None:
                continue
            event = replace(
                _event(message, heard.mailbox_id, heard.heard_id, heard.at),
                kind=EventKind.BOUNCED if refusal.is_final else EventKind.SOFT_BOUNCED,
                note=refusal.why[:NOTE],
            )
            if event.kind is EventKind.SOFT_BOUNCED:
                before = await self._events.of_address(
                    message.account_id, message.to, EventKind.SOFT_BOUNCED
                )
                others = {each.id for each in before} - {event.id}
                if len(others) + 1 >= SOFT_IS_HARD:
                    event = replace(event, kind=EventKind.BOUNCED)
            if event.kind is EventKind.BOUNCED:
                why = (
                    f"mail to it came back: {event.note}" if event.note else "mail to it came back"
                )
                await self._consequences.suppress(
                    message.account_id, message.to, why, origin=Origin.REFUSED
                )
            await self._tell(event, message)

    async def _tell(self, event: Event, message: Message) -> None:
        if await self._events.add_if_new(event):
            await self._consequences.tell(event, message)
        await self._consequences.judge(message)


def _about(message: Message, refusals: Collection[Refusal]) -> Refusal | None:
    """Return what was refused of a message that came back.

    Its own id is in the report. An address behind a forward may be another than we wrote to.
    """
    own = [refusal for refusal in refusals if refusal.address == message.to]
    ordered = sorted(own or refusals, key=lambda refusal: not refusal.is_final)
    return ordered[0] if ordered else None


def _back_at(verdict: Verdict, now: datetime) -> datetime:
    """Return from when they may be written to again."""
    if verdict.back_on is None:
        return now + UNKNOWN_ABSENCE
    return datetime.combine(verdict.back_on, time(0), UTC) + AFTER_RETURN


def _event(message: Message, mailbox_id: str, letter_id: str, at: datetime) -> Event:
    return Event(
        id=event_id(message.account_id, mailbox_id, letter_id, message.id),
        account_id=message.account_id,
        kind=EventKind.AUTOMATIC,
        at=at,
        message_id=message.id,
        sequence_id=message.sequence_id,
        prospect_id=message.prospect_id,
        person_id=message.person_id,
        mailbox_id=mailbox_id,
        email=message.to,
        heard_id=letter_id,
    )
