"""Mails in doubt are settled by evidence: what the mailbox itself says that it sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from qrev.campaigns.delivery import Absent, CouldNotLook, Found, Look, Settling
from qrev.campaigns.doubt import Doubts, Settlement
from qrev.campaigns.models import LATE, Mailbox, Message, MessageStatus
from qrev.campaigns.ports import Mailboxes
from qrev.campaigns.telling import Telling
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

AT_ONCE = 100
BETWEEN_LOOKS = timedelta(minutes=1)  # a mail may be on its way into the folder of what was sent
WHEN_BLIND = timedelta(minutes=5)  # a mailbox that gives no answer is not asked every minute
FOR_A_PERSON = timedelta(days=3650)
MOST_ATTEMPTS = 5
TRY_AGAIN = "it had not left: it was looked for twice, a minute apart, and was not there"


class Evidence:
    """The sweep that looks. An error is not an absence, and one look is not enough for one."""

    def __init__(
        self,
        *,
        doubts: Doubts,
        mailboxes: Mailboxes,
        witnesses: Mapping[str, Settling],
        telling: Telling,
        clock: Clock,
    ) -> None:
        self._doubts = doubts
        self._mailboxes = mailboxes
        self._witnesses = witnesses
        self._telling = telling
        self._clock = clock

    async def settle(self) -> int:
        """Look for every mail in doubt whose look is due. Return how many are settled now."""
        settled = 0
        for message in await self._doubts.to_look_at(now=self._clock(), limit=AT_ONCE):
            mailbox = await self._mailbox_of(message)
            witness = None if mailbox is None else self._witnesses.get(mailbox.channel)
            if mailbox is None or witness is None:
                await self._ask_a_person(message, "nothing here keeps a copy of what it sends")
            else:
                settled += await self._judge(message, await witness.look(mailbox, message))
        return settled

    async def _mailbox_of(self, message: Message) -> Mailbox | None:
        mailboxes = await self._mailboxes.of_account(message.account_id)
        return next((m for m in mailboxes if m.id == message.mailbox_id), None)

    async def _judge(self, message: Message, look: Look) -> bool:
        match look:
            case Found(accepted):
                return await self._doubts.settle(
                    message,
                    Settlement(
                        status=MessageStatus.SENT,
                        note="it had left: the mailbox has it among what it sent",
                        at=self._clock(),
                        provider_id=accepted.provider_id,
                        header_id=accepted.header_id,
                        thread_id=accepted.thread_id,
                        sent_at=attempted_at(message),
                    ),
                )
            case Absent():
                return await self._not_there(message)
            case CouldNotLook(why):
                await self._look_again(message, f"could not look: {why}", WHEN_BLIND)
        return False

    async def _not_there(self, message: Message) -> bool:
        now = self._clock()
        if message.absent_at is None or now - message.absent_at < BETWEEN_LOOKS:
            await self._look_again(message, "looked: not there", BETWEEN_LOOKS, is_absent=True)
            return False
        if message.attempts >= MOST_ATTEMPTS:
            await self._ask_a_person(message, "it was tried five times and is not there")
            return False
        again = Settlement(status=MessageStatus.PLANNED, note=TRY_AGAIN, at=now, send_at=now - LATE)
        return await self._doubts.settle(message, again)

    async def _look_again(
        self, message: Message, note: str, after: timedelta, *, is_absent: bool = False
    ) -> None:
        now = self._clock()
        await self._doubts.note_look(
            message, note=note, at=now, look_at=now + after, is_absent=is_absent
        )

    async def _ask_a_person(self, message: Message, why: str) -> None:
        log.info("a person has to say whether %s left", message.id)
        await self._look_again(message, f"for a person to say: {why}", FOR_A_PERSON)
        await self._telling.say(
            message.account_id,
            message.sequence_id,
            f"Did the mail to {message.to} leave? QRev cannot find out: {why}. Say it in /unknown.",
            about=f"{message.id}:{message.attempts}:doubt",
        )


def attempted_at(message: Message) -> datetime:
    """Return when a message was last said to be about to go out."""
    return next(
        (line.at for line in reversed(message.ledger) if line.kind == "intent"), message.send_at
    )
