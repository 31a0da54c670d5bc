"""Bringing notices to the conversations that are open here. Any process may have written them."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import timedelta

from pymongo.errors import PyMongoError

from qrev.assistant.cards import TextCard
from qrev.campaigns.models import Notice
from qrev.campaigns.ports import Notices
from qrev.chat.audience import Audience
from qrev.chat.posting import Poster
from qrev.kit.clock import Clock
from qrev.kit.reporting import Reports

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds; one query, and none while nobody is here
OVERLAP = timedelta(seconds=10)  # clocks differ, and a notice is written a little after its time
REMEMBERED = 5000


class Delivery:
    def __init__(
        self,
        *,
        notices: Notices,
        audience: Audience,
        poster: Poster,
        reports: Reports,
        clock: Clock,
    ) -> None:
        self._notices = notices
        self._audience = audience
        self._poster = poster
        self._reports = reports
        self._clock = clock
        self._since = clock()
        self._delivered: OrderedDict[str, None] = OrderedDict()

    async def run(self) -> None:
        """Deliver until cancelled. A database that is away is asked again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.deliver()
            except PyMongoError as error:
                log.warning("notices cannot be read just now: %s", error)
            except Exception as error:
                self._reports.report("delivery of notices", error)

    async def deliver(self) -> int:
        """Show what was told since the last time. Return how many notices that were."""
        now = self._clock()
        open_here = self._audience.conversations()
        told = await self._notices.since(open_here, self._since - OVERLAP) if open_here else []
        self._since = now
        new = [notice for notice in told if self._is_new(notice)]
        for notice in new:
            if notice.text:
                await self._post(notice)
        cards = {(n.conversation_id, n.account_id, n.card_id): None for n in new if n.card_id}
        for thread_id, account_id, card_id in cards:
            await self._poster.look_again(thread_id, account_id, card_id)
        return len(new)

    async def post_waiting(self, conversation_id: str) -> None:
        """Post what was said while nobody was here to see it."""
        for notice in await self._notices.unposted(conversation_id):
            await self._post(notice)

    async def _post(self, notice: Notice) -> None:
        # Posted under the notice's own id: whoever comes second posts the same thing again.
        await self._poster.post(
            notice.conversation_id,
            notice.account_id,
            TextCard(text=notice.text),
            about=notice.id,
        )
        await self._notices.claim_posting(notice.id)

    def _is_new(self, notice: Notice) -> bool:
        if notice.id in self._delivered:
            return False
        self._delivered[notice.id] = None
        if len(self._delivered) > REMEMBERED:
            self._delivered.popitem(last=False)
        return True
