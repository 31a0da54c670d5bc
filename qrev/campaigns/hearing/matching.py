"""Which messages of ours a mail that came in is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.ports import Sent
from qrev.campaigns.hearing.reading import Read
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Messages
from qrev.campaigns.rendering import header_key
from qrev.kit.clock import Clock

LOOK_BACK = timedelta(days=180)
OUR_KEY = re.compile(r"<([0-9a-f]{40})@")


class Matching:
    def __init__(self, *, sent: Sent, messages: Messages, clock: Clock) -> None:
        self._sent = sent
        self._messages = messages
        self._clock = clock

    async def returned(self, mailbox: Mailbox, mail: Read) -> list[Message]:
        """Return the messages that came back: by our own ids in them, never by an address alone."""
        found = await self._named(mailbox.account_id, mail.ours)
        return found or await self._headed(mailbox, mail.returned)

    async def answered(self, mailbox: Mailbox, mail: Read) -> list[Message]:
        """Return the messages somebody answers, the latest first: in their thread or any other.

        By the thread first, so that an answer from another address of theirs counts as well.
        """
        headed = await self._headed(mailbox, mail.answers)
        if headed:
            return headed
        return await self._sent.to_address(mailbox.account_id, mail.sender) if mail.sender else []

    async def _named(self, account_id: AccountId, ids: Iterable[str]) -> list[Message]:
        found = [await self._messages.get(account_id, each) for each in dict.fromkeys(ids)]
        return [message for message in found if message is not None and message.attempts]

    async def _headed(self, mailbox: Mailbox, header_ids: Iterable[str]) -> list[Message]:
        """Return those with one of these Message-IDs, in the order of the ids."""
        wanted = list(dict.fromkeys(header_ids))
        if not wanted:
            return []
        since = self._clock() - LOOK_BACK
        recent = await self._sent.recent(mailbox.account_id, mailbox.id, since=since)
        by_header = {header: id_ for id_, header in recent if header}
        keys = {m[1] for each in wanted if (m := OUR_KEY.match(each))}
        by_key = {header_key(id_): id_ for id_, _ in recent} if keys else {}
        ids = [
            found
            for each in wanted
            if (found := by_header.get(each) or by_key.get(_key(each))) is not None
        ]
        return await self._named(mailbox.account_id, ids)


def _key(header_id: str) -> str:
    found = OUR_KEY.match(header_id)
    return found[1] if found else ""
