"""Stop means stop: for the whole account, in every sequence, at once."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.accounts.models import AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.mail_links import MailLinks
from qrev.campaigns.models import Message
from qrev.campaigns.ports import Messages
from qrev.crm.models import Origin
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound


@dataclass(frozen=True, kw_only=True, slots=True)
class OptOutAsked:
    """The address an opt-out link is of, and the workspace that is asked to stop, by its name."""

    email: str
    sender: str


class Stopping:
    def __init__(
        self,
        *,
        suppressions: SuppressionList,
        messages: Messages,
        accounts: AccountBook,
        links: MailLinks,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._suppressions = suppressions
        self._messages = messages
        self._links = links
        self._clock = clock

    def link_token(self, message: Message) -> str:
        """Return what an opt-out link carries: which mail it was in."""
        return self._links.token(message)

    async def asked(self, token: str) -> OptOutAsked:
        """Return what an opt-out link asks for. Changes nothing. Raises NotFound."""
        message = await self._message_of(token)
        account = await self._accounts.get_account(message.account_id)
        return OptOutAsked(email=message.to, sender=account.name if account else "The sender")

    async def opt_out(self, token: str) -> str:
        """Stop writing to whoever got that link. Return their address; twice is harmless."""
        message = await self._message_of(token)
        await self.stop_address(message.account_id, message.to, "unsubscribed by link")
        return message.to

    async def stop_address(
        self, account_id: AccountId, email: str, reason: str, *, origin: Origin = Origin.OPT_OUT
    ) -> int:
        """Suppress an address and cancel all its open mails. Return how many those were.

        The list first: whatever is planned between the two writes meets it before the wire.
        """
        await self._suppressions.add(account_id, email, reason, origin=origin)
        return await self._messages.cancel(account_id, reason=reason, at=self._clock(), email=email)

    async def stop_follow_ups(self, message: Message, reason: str) -> int:
        """Cancel what would follow a mail that never arrived. Return how many those were."""
        return await self._messages.cancel(
            message.account_id,
            reason=reason,
            at=self._clock(),
            sequence_id=message.sequence_id,
            email=message.to,
        )

    async def _message_of(self, token: str) -> Message:
        message = await self._links.mail_of(token)
        if message is None:
            raise NotFound("This link is not one of ours. Reply “stop” to the mail instead.")
        return message
