"""Listening to mailboxes: from where we were, every mail once, and then where we are."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.hearing import Hearing
from qrev.campaigns.hearing.ports import HearError, Letters, MayNotHear, Place, Places
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Mailboxes
from qrev.kit.clock import Clock
from qrev.kit.reporting import Reports

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=20)
LEASE = timedelta(minutes=5)
FROM_THE_FIRST = timedelta(days=2)  # a mailbox that is new to us may have answers already
OVERLAP = timedelta(days=1)  # where our place was too old: hearing twice is harmless
TRIES = 5  # of one place, after which a mail that cannot be taken is left behind


class Listening:
    """`letters` are by the name a Mailbox has for its channel."""

    def __init__(
        self,
        *,
        letters: Mapping[str, Letters],
        hearing: Hearing,
        places: Places,
        mailboxes: Mailboxes,
        reports: Reports,
        clock: Clock,
    ) -> None:
        self._letters = letters
        self._hearing = hearing
        self._places = places
        self._mailboxes = mailboxes
        self._reports = reports
        self._clock = clock

    async def all(self) -> list[tuple[AccountId, str]]:
        """Return (account, mailbox) of what can be listened to."""
        return await self._places.listened(list(self._letters)) if self._letters else []

    async def listen(
        self, account_id: AccountId, mailbox_id: str, *, is_called: bool = False
    ) -> int:
        """Take what is new in a mailbox. Return how many mails, 0 where somebody listens.

        With `is_called` the provider has said that there is something: we do not wait our turn.
        """
        now = self._clock()
        mine = await self._places.claim(account_id, mailbox_id, at=now, until=now + LEASE)
        if not mine and not is_called:
            return 0
        found = {m.id: m for m in await self._mailboxes.of_account(account_id)}
        mailbox = found.get(mailbox_id)
        letters = None if mailbox is None else self._letters.get(mailbox.channel)
        if mailbox is None or letters is None:
            return 0
        place = await self._places.get(account_id, mailbox_id)
        try:
            count, place = await self._go_on(letters, mailbox, place, now)
        except MayNotHear as error:
            count, place = 0, replace(place, trouble=str(error))
            # Who cannot hear a “stop” must not go on writing.
            if not mailbox.is_paused:
                await self._mailboxes.pause(account_id, mailbox_id, str(error))
        except HearError as error:
            log.warning("mailbox %s could not be listened to: %s", mailbox_id, error)
            count, place = 0, replace(place, trouble=str(error))
        await self._places.put(account_id, mailbox_id, place, free_at=self._clock() + EVERY)
        return count

    async def _go_on(
        self, letters: Letters, mailbox: Mailbox, place: Place, now: datetime
    ) -> tuple[int, Place]:
        """Take what is behind a place. Return how many mails, and the place after them."""
        known = place.heard_at
        from_day = now - FROM_THE_FIRST if known is None else known - OVERLAP
        incoming = await letters.since(mailbox, place.mark, from_day=from_day)
        if incoming.is_anew and place.mark:
            log.warning("mailbox %s: our place was too old, hearing it anew", mailbox.id)
        failed = 0
        for letter_id in incoming.ids:
            raw = await letters.fetch(mailbox, letter_id)
            if raw is not None and not await self._taken(mailbox, letter_id, raw):
                failed += 1
        # The bounces of what came in may have had the place judged meanwhile.
        fresh = await self._places.get(mailbox.account_id, mailbox.id)
        if failed and place.tries + 1 < TRIES:
            trouble = f"{failed} mails could not be read"
            return len(incoming.ids), replace(fresh, trouble=trouble, tries=place.tries + 1)
        place = replace(fresh, mark=incoming.mark, heard_at=now, trouble="", tries=0)
        return len(incoming.ids), place

    async def _taken(self, mailbox: Mailbox, letter_id: str, raw: bytes) -> bool:
        """Take a mail. Return False where that failed: it is taken again, and holds up no other."""
        try:
            await self._hearing.take(mailbox, letter_id, raw)
        except Exception as error:
            log.error("mail %s of mailbox %s could not be taken", letter_id, mailbox.id)
            self._reports.report("hearing a mail", error)
            return False
        return True
