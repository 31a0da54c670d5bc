"""Stop means stop: for the whole account, in every sequence, at once."""

from __future__ import annotations

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message
from qrev.campaigns.ports import Messages
from qrev.crm.models import Origin
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound
from qrev.kit.signing import Signer


class Stopping:
    def __init__(
        self, *, suppressions: SuppressionList, messages: Messages, signer: Signer, clock: Clock
    ) -> None:
        self._suppressions = suppressions
        self._messages = messages
        self._signer = signer
        self._clock = clock

    def link_token(self, message: Message) -> str:
        """Return what an opt-out link carries: whose list, and which mail it was in."""
        return self._signer.sign(message.account_id, message.id)

    async def address_of(self, token: str) -> str:
        """Return the address an opt-out link is for. Changes nothing. Raises NotFound."""
        return (await self._message_of(token)).to

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
        facts = self._signer.read(token)
        if facts is not None and len(facts) == 2:
            message = await self._messages.get(AccountId(facts[0]), facts[1])
            if message is not None:
                return message
        raise NotFound("This link is not one of ours. Reply “stop” to the mail instead.")
