"""Claim, intent, wire, outcome. Whatever happens in between, nobody gets the same mail twice."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from qrev.accounts.models import Account, AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.delivery import Accepted
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.lettering import Lettering, Letters
from qrev.campaigns.models import LATE, Mailbox, Message, MessageStatus
from qrev.campaigns.planning.calendar import daily_cap
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.ports import (
    AddressRefused,
    Channel,
    ContentRefused,
    Letter,
    Mailboxes,
    MailboxRefused,
    NoAnswer,
    NotNow,
    Outbox,
    Outcome,
    Reachability,
)
from qrev.campaigns.rendering import digest
from qrev.campaigns.rulebook import Rulebook, Rulebooks, rules_of
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.telling import Telling
from qrev.crm.models import Origin
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(minutes=5)  # longer than a batch takes on the slowest server
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
MAILBOXES_AT_ONCE = 8
NOTHING_TOLD = Accepted(provider_id="")
UNTIL_MENDED = timedelta(days=3650)  # a paused mailbox waits for a person


@dataclass(kw_only=True, slots=True)
class _Desk:
    """What a batch needs to know about one account, asked once."""

    account: Account | None
    mailboxes: dict[str, Mailbox]
    unreachable: Mapping[str, str]
    rulebook: Rulebook
    letters: Letters


class Sender:
    def __init__(
        self,
        *,
        outbox: Outbox,
        accounts: AccountBook,
        mailboxes: Mailboxes,
        reachability: Reachability,
        rulebooks: Rulebooks,
        stopping: Stopping,
        telling: Telling,
        channels: Mapping[str, Channel],
        lettering: Lettering,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._accounts = accounts
        self._mailboxes = mailboxes
        self._reachability = reachability
        self._rulebooks = rulebooks
        self._stopping = stopping
        self._telling = telling
        self._channels = channels
        self._lettering = lettering
        self._clock = clock

    async def send_batch(self) -> int:
        """Send what is due now, up to fifty. Return how many were claimed, 0 to rest.

        Two database operations per message and about five per batch.
        """
        now = self._clock()
        claimed = await self._outbox.claim_due(
            since=now - LATE, now=now, lease=now + LEASE, limit=BATCH
        )
        if not claimed:
            return 0
        desks = await self._desks(claimed)
        room = await self._room_today(claimed, desks, now)
        by_mailbox: dict[str, list[Message]] = defaultdict(list)
        for message in claimed:
            by_mailbox[message.mailbox_id].append(message)
        gate = asyncio.Semaphore(MAILBOXES_AT_ONCE)

        async def work(mailbox_id: str, messages: list[Message]) -> None:
            async with gate:
                await self._send_from(messages, desks, room.get(mailbox_id, 0))

        # Each mailbox goes on to its end, whatever happens to another one.
        results = await asyncio.gather(
            *(work(*each) for each in by_mailbox.items()), return_exceptions=True
        )
        await self._refresh_cards(claimed)
        failures = [result for result in results if result is not None]
        for failure in failures:
            log.error("a mailbox could not send its share", exc_info=failure)
        if failures:
            raise failures[0]
        return len(claimed)

    async def _desks(self, claimed: list[Message]) -> dict[AccountId, _Desk]:
        by_account: dict[AccountId, list[Message]] = defaultdict(list)
        for message in claimed:
            by_account[message.account_id].append(message)
        return {
            account_id: _Desk(
                account=await self._accounts.get_account(account_id),
                mailboxes={m.id: m for m in await self._mailboxes.of_account(account_id)},
                unreachable=await self._reachability.unreachable(
                    account_id, {message.to for message in messages}
                ),
                rulebook=await self._rulebooks.get(account_id),
                letters=await self._lettering.prepare(account_id, messages),
            )
            for account_id, messages in by_account.items()
        }

    async def _room_today(
        self, claimed: list[Message], desks: Mapping[AccountId, _Desk], now: datetime
    ) -> dict[str, int]:
        """Return how many more mails each mailbox may send on its own calendar day."""
        caps: dict[str, int] = {}
        midnights: dict[tuple[AccountId, str], datetime] = {}
        for message in claimed:
            mailbox = desks[message.account_id].mailboxes.get(message.mailbox_id)
            if mailbox is None or mailbox.id in caps:
                continue
            rules = rules_of(mailbox.timezone, desks[message.account_id].rulebook)
            today = now.astimezone(zone_named(mailbox.timezone) or UTC)
            caps[mailbox.id] = daily_cap(planner_mailbox(mailbox), rules, today.toordinal())
            midnights[mailbox.account_id, mailbox.id] = datetime.combine(
                today.date(), time(0), today.tzinfo
            ).astimezone(UTC)
        used = await self._outbox.attempted(midnights)
        return {mailbox_id: cap - used.get(mailbox_id, 0) for mailbox_id, cap in caps.items()}

    async def _send_from(
        self, messages: list[Message], desks: Mapping[AccountId, _Desk], room: int
    ) -> None:
        """Send one mailbox's share, one after the other."""
        for message in messages:
            desk = desks[message.account_id]
            mailbox = desk.mailboxes.get(message.mailbox_id)
            if message.to in desk.unreachable:
                await self._put_down(message, MessageStatus.CANCELLED, desk.unreachable[message.to])
            elif mailbox is None or mailbox.is_paused or desk.account is None:
                await self._wait_for_a_person(message, "its mailbox is paused or gone")
            elif desk.account.deletes_at is not None:
                # Late on purpose, as below: it leaves when the workspace is restored.
                await self._put_back(
                    message, "the workspace is about to be deleted", self._clock() - LATE
                )
            elif room <= 0:
                # Late on purpose: the sweep gives it the next free minute.
                await self._put_back(
                    message, "the mailbox sent its share for today", self._clock() - LATE
                )
            elif await self._send_one(message, mailbox, desk.account, desk.letters):
                room -= 1
            else:
                desk.mailboxes = {
                    m.id: m for m in await self._mailboxes.of_account(message.account_id)
                }

    async def _send_one(
        self, message: Message, mailbox: Mailbox, account: Account, letters: Letters
    ) -> bool:
        """Attempt one message. Return False if the mailbox has to be looked at again."""
        now = self._clock()
        channel = self._channels.get(mailbox.channel)
        if channel is None:
            await self._pause(message, mailbox, "its way of sending is not set up here")
            return False
        try:
            letter = letters.write(message, mailbox, account, now)
        except ContentRefused as error:
            await self._put_down(message, MessageStatus.FAILED, str(error))
            return True
        if not await self._outbox.intend(
            message, digest=digest(letter), now=now, lease=now + LEASE
        ):
            return True  # stopped, or someone else's by now: that was the check
        return await self._hand_over(message, mailbox, letter, channel)

    async def _hand_over(
        self, message: Message, mailbox: Mailbox, letter: Letter, channel: Channel
    ) -> bool:
        try:
            accepted = await channel.send(mailbox, letter)
        except NotNow as error:
            await self._try_later(message, str(error))
        except NoAnswer as error:
            await self._leave_unknown(message, str(error))
        except AddressRefused as error:
            # The consequence first: interrupted here, the mail is unknown and the address stopped.
            await self._stopping.stop_address(
                message.account_id, message.to, str(error), origin=Origin.REFUSED
            )
            await self._finish(message, MessageStatus.FAILED, str(error))
        except ContentRefused as error:
            await self._finish(message, MessageStatus.FAILED, str(error))
        except MailboxRefused as error:
            await self._pause(message, mailbox, str(error))
            return False
        except Exception:
            # Our own mistake, at an unknown point: the mail may be out.
            log.exception("the channel %s broke on %s", mailbox.channel, message.id)
            await self._leave_unknown(message, "something broke while it was handed over")
        else:
            await self._finish(message, MessageStatus.SENT, "sent", accepted=accepted)
        return True

    async def _leave_unknown(self, message: Message, why: str) -> None:
        await self._finish(message, MessageStatus.UNKNOWN, why)
        await self._tell(
            message,
            f"It is not certain that the mail to {message.to} left: {why}. It will not be "
            "sent again by itself.",
        )

    async def _try_later(self, message: Message, why: str) -> None:
        """Back to planned after 1, 5, 15 and 60 minutes; then a person has to look."""
        if message.attempts >= len(BACKOFF):
            await self._finish(message, MessageStatus.FAILED, f"tried five times: {why}")
            await self._tell(message, f"The mail to {message.to} could not be handed over: {why}.")
            return
        later = self._clock() + BACKOFF[message.attempts]
        await self._outbox.record(
            message,
            Outcome(status=MessageStatus.PLANNED, note=why, at=self._clock(), send_at=later),
        )

    async def _pause(self, message: Message, mailbox: Mailbox, why: str) -> None:
        await self._mailboxes.pause(mailbox.account_id, mailbox.id, why)
        await self._outbox.hold_mailbox(
            mailbox.account_id, mailbox.id, until=self._clock() + UNTIL_MENDED
        )
        await self._wait_for_a_person(message, why)
        await self._tell(
            message,
            f"{mailbox.email} is paused: {why}. Its mails wait; nobody was written to twice.",
            about=mailbox.id,
        )

    async def _wait_for_a_person(self, message: Message, why: str) -> None:
        await self._outbox.record(
            message,
            Outcome(
                status=MessageStatus.PLANNED,
                note=why,
                at=self._clock(),
                held_until=self._clock() + UNTIL_MENDED,
                is_attempt=False,
            ),
        )

    async def _put_back(self, message: Message, why: str, send_at: datetime) -> None:
        await self._outbox.record(
            message,
            Outcome(
                status=MessageStatus.PLANNED,
                note=why,
                at=self._clock(),
                send_at=send_at,
                is_attempt=False,
            ),
        )

    async def _put_down(self, message: Message, status: MessageStatus, why: str) -> None:
        await self._outbox.record(
            message, Outcome(status=status, note=why, at=self._clock(), is_attempt=False)
        )
        await self._stop_what_makes_no_sense(message, status)

    async def _finish(
        self,
        message: Message,
        status: MessageStatus,
        note: str,
        *,
        accepted: Accepted = NOTHING_TOLD,
    ) -> None:
        outcome = Outcome(
            status=status,
            note=note,
            at=self._clock(),
            provider_id=accepted.provider_id,
            header_id=accepted.header_id,
            thread_id=accepted.thread_id,
        )
        if not await self._outbox.record(message, outcome):
            log.warning("the outcome of %s (%s) came after its lease", message.id, status.value)
        await self._stop_what_makes_no_sense(message, status)

    async def _stop_what_makes_no_sense(self, message: Message, status: MessageStatus) -> None:
        """Nobody gets a second mail that refers to a first one they never got."""
        if status is MessageStatus.FAILED:
            reason = f"mail {message.step} could not be delivered"
            await self._stopping.stop_follow_ups(message, reason)

    async def _tell(self, message: Message, text: str, *, about: str = "") -> None:
        await self._telling.say(
            message.account_id, message.sequence_id, text, about=about or message.id
        )

    async def _refresh_cards(self, claimed: list[Message]) -> None:
        """Ask open cards to look again: once per sequence, not per message."""
        cards: dict[tuple[AccountId, str], set[str]] = defaultdict(lambda: {"campaigns", "outbox"})
        for message in claimed:
            cards[message.account_id, message.sequence_id].add(message.proposal_id)
        for (account_id, sequence_id), keys in cards.items():
            await self._telling.refresh(account_id, sequence_id, sorted(keys))
