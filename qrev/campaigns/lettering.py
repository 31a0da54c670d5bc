"""Letters for a batch of messages: what they need to know is asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from qrev.accounts.models import Account, AccountId
from qrev.campaigns.delivery import Earlier, SentMails
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Letter
from qrev.campaigns.rendering import render


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """What is known for the letters of one account's batch."""

    earlier: Mapping[str, tuple[Earlier, ...]]
    unsubscribe_url: Callable[[Message], str]

    def write(self, message: Message, mailbox: Mailbox, account: Account, now: datetime) -> Letter:
        """Return the letter of one message. Raises ContentRefused."""
        return render(
            message,
            mailbox,
            postal_address=account.postal_address,
            unsubscribe_url=self.unsubscribe_url(message),
            earlier=self.earlier.get(message.prospect_id, ()),
            now=now,
        )


class Lettering:
    def __init__(self, *, mails: SentMails, unsubscribe_url: Callable[[Message], str]) -> None:
        self._mails = mails
        self._unsubscribe_url = unsubscribe_url

    async def prepare(self, account_id: AccountId, messages: Collection[Message]) -> Letters:
        """Return what it takes to write the letters of these messages of one account.

        One question, and none where each of them begins its conversation.
        """
        follow_ups = {message.prospect_id for message in messages if message.step > 1}
        earlier = await self._mails.earlier(account_id, follow_ups) if follow_ups else {}
        return Letters(earlier=earlier, unsubscribe_url=self._unsubscribe_url)
