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
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.leaving import Share, Windows, why_not_now
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
    Reachability,
)
from qrev.campaigns.rendering import digest
from qrev.campaigns.rulebook import Rulebook, Rulebooks, rules_of
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.telling import Telling
from qrev.campaigns.wire import Wire
from qrev.crm.models import Origin
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=5)  # longer than the slowest server takes
WIRE_SHARE = 0.9  # of the lease; who is not through by then is given up, and its fate unknown
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
MAILBOXES_AT_ONCE = 8  # as many as connections to one server: who has its intent does not wait
UNTIL_MENDED = timedelta(days=3650)  # a paused mailbox waits for a person


@dataclass(kw_only=True, slots=True)
class _Desk:
    """What a batch needs to know about one account, asked once."""

    account: Account | None
    mailboxes: dict[str, Mailbox]
    unreachable: Mapping[str, str]
    rulebook: Rulebook
    windows: dict[str, Windows]  # by sequence
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
        lease: timedelta = LEASE,
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
        self._lease = lease

    async def send_batch(self) -> int:
        """Send what is due now, up to a hundred. Return how many were claimed, 0 to rest.

        One intent and one outcome per message, several of which are one database operation; and
        about ten operations per batch.
        """
        now = self._clock()
        claimed = await self._outbox.claim_due(
            since=now - LATE, now=now, lease=now + self._lease, limit=BATCH
        )
        if not claimed:
            return 0
        desks = await self._desks(claimed)
        shares = await self._shares(claimed, desks, now)
        by_mailbox: dict[str, list[Message]] = defaultdict(list)
        for message in claimed:
            by_mailbox[message.mailbox_id].append(message)
        gate = asyncio.Semaphore(MAILBOXES_AT_ONCE)

        async def work(mailbox_id: str, messages: list[Message]) -> None:
            async with gate:
                await self._send_from(messages, desks, shares.get(mailbox_id))

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
            account_id: await self._desk(account_id, messages)
            for account_id, messages in by_account.items()
        }

    async def _desk(self, account_id: AccountId, messages: list[Message]) -> _Desk:
        account = await self._accounts.get_account(account_id)
        whole = await self._rulebooks.get(account_id)
        timezone = "" if account is None else account.timezone
        return _Desk(
            account=account,
            mailboxes={m.id: m for m in await self._mailboxes.of_account(account_id)},
            unreachable=await self._reachability.unreachable(account_id, {m.to for m in messages}),
            rulebook=whole,
            letters=await self._lettering.prepare(account_id, messages),
            windows={
                sequence_id: Windows(
                    rules_of(timezone, whole, await self._rulebooks.get(account_id, sequence_id))
                )
                for sequence_id in {m.sequence_id for m in messages}
            },
        )

    async def _shares(
        self, claimed: list[Message], desks: Mapping[AccountId, _Desk], now: datetime
    ) -> dict[str, Share]:
        """Return what each mailbox may still send on its own calendar day."""
        shares: dict[str, Share] = {}
        midnights: dict[tuple[AccountId, str], datetime] = {}
        for message in claimed:
            mailbox = desks[message.account_id].mailboxes.get(message.mailbox_id)
            if mailbox is None or mailbox.id in shares:
                continue
            rules = rules_of(mailbox.timezone, desks[message.account_id].rulebook)
            today = now.astimezone(zone_named(mailbox.timezone) or UTC)
            cap = daily_cap(planner_mailbox(mailbox), rules, today.toordinal())
            shares[mailbox.id] = Share(room=cap, min_gap=rules.min_gap)
            midnights[mailbox.account_id, mailbox.id] = datetime.combine(
                today.date(), time(0), today.tzinfo
            ).astimezone(UTC)
        for mailbox_id, attempts in (await self._outbox.attempted(midnights)).items():
            shares[mailbox_id].room -= attempts.count
            shares[mailbox_id].last_at = attempts.last_at
        return shares

    async def _send_from(
        self, messages: list[Message], desks: Mapping[AccountId, _Desk], share: Share | None
    ) -> None:
        """Send one mailbox's share, one after the other."""
        for message in messages:
            desk = desks[message.account_id]
            mailbox = desk.mailboxes.get(message.mailbox_id)
            now = self._clock()
            if message.to in desk.unreachable:
                stopped = Wire(note=desk.unreachable[message.to])
                await self._finish(message, MessageStatus.CANCELLED, stopped)
            elif mailbox is None or share is None or mailbox.is_paused or desk.account is None:
                await self._wait_for_a_person(message, Wire(note="its mailbox is paused or gone"))
            elif desk.account.deletes_at is not None:
                # It leaves when the workspace is restored.
                await self._put_back(message, "the workspace is about to be deleted", now)
            elif why := why_not_now(message, share, desk.windows[message.sequence_id], now):
                await self._put_back(message, why, now)
            elif await self._send_one(message, mailbox, desk.account, desk.letters):
                share.count(now)
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
            wire = Wire(note="its way of sending is not set up here")
            await self._pause(message, mailbox, wire)
            return False
        try:
            letter = letters.write(message, mailbox, account, now)
        except ContentRefused as error:
            await self._finish(message, MessageStatus.FAILED, Wire(note=str(error)))
            return True
        if not await self._outbox.intend(
            message, digest=digest(letter), now=now, lease=now + self._lease
        ):
            return True  # stopped, or someone else's by now: that was the check
        return await self._hand_over(message, mailbox, letter, channel)

    async def _hand_over(
        self, message: Message, mailbox: Mailbox, letter: Letter, channel: Channel
    ) -> bool:
        wire = Wire(channel=mailbox.channel, began_at=self._clock())
        patience = self._lease.total_seconds() * WIRE_SHARE
        try:
            async with asyncio.timeout(patience):
                accepted = await channel.send(mailbox, letter)
        except NotNow as error:
            await self._try_later(message, wire.refused(error))
        except NoAnswer as error:
            await self._leave_unknown(message, wire.refused(error))
        except AddressRefused as error:
            # The consequence first: interrupted here, the mail is unknown and the address stopped.
            await self._stopping.stop_address(
                message.account_id, message.to, str(error), origin=Origin.REFUSED
            )
            await self._finish(message, MessageStatus.FAILED, wire.refused(error))
        except ContentRefused as error:
            await self._finish(message, MessageStatus.FAILED, wire.refused(error))
        except MailboxRefused as error:
            await self._pause(message, mailbox, wire.refused(error))
            return False
        except TimeoutError:
            silence = wire.said(f"the server said nothing for {patience:,.0f} seconds")
            await self._leave_unknown(message, silence)
        except Exception:
            # Our own mistake, at an unknown point: the mail may be out.
            log.exception("the channel %s broke on %s", mailbox.channel, message.id)
            broken = wire.said("something broke while it was handed over")
            await self._leave_unknown(message, broken)
        else:
            await self._finish(message, MessageStatus.SENT, wire.taken(accepted))
        return True

    async def _leave_unknown(self, message: Message, wire: Wire) -> None:
        await self._finish(message, MessageStatus.UNKNOWN, wire)
        await self._tell(
            message,
            f"It is not certain that the mail to {message.to} left: {wire.note}. It will not be "
            "sent again unless it is found that it did not.",
        )

    async def _try_later(self, message: Message, wire: Wire) -> None:
        """Back to planned after 1, 5, 15 and 60 minutes; then a person has to look."""
        if message.attempts >= len(BACKOFF):
            last = wire.said(f"tried five times: {wire.note}")
            await self._finish(message, MessageStatus.FAILED, last)
            await self._tell(
                message, f"The mail to {message.to} could not be handed over: {wire.note}."
            )
            return
        later = self._clock() + BACKOFF[message.attempts]
        await self._outbox.record(
            message, wire.outcome(MessageStatus.PLANNED, self._clock(), send_at=later)
        )

    async def _pause(self, message: Message, mailbox: Mailbox, wire: Wire) -> None:
        await self._mailboxes.pause(mailbox.account_id, mailbox.id, wire.note)
        await self._outbox.hold_mailbox(
            mailbox.account_id, mailbox.id, until=self._clock() + UNTIL_MENDED
        )
        await self._wait_for_a_person(message, wire)
        await self._tell(
            message,
            f"{mailbox.email} is paused: {wire.note}. Its mails wait; nobody was written to twice.",
            about=mailbox.id,
        )

    async def _wait_for_a_person(self, message: Message, wire: Wire) -> None:
        waits = wire.outcome(MessageStatus.PLANNED, self._clock(), held_for=UNTIL_MENDED)
        await self._outbox.record(message, waits)

    async def _put_back(self, message: Message, why: str, now: datetime) -> None:
        """Late on purpose: the sweep gives it the next free minute."""
        late = Wire(note=why).outcome(MessageStatus.PLANNED, now, send_at=now - LATE)
        await self._outbox.record(message, late)

    async def _finish(self, message: Message, status: MessageStatus, wire: Wire) -> None:
        if not await self._outbox.record(message, wire.outcome(status, self._clock())):
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
