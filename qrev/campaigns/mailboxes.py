"""The addresses an account sends from."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.accounts.models import Account, Actor
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Mailboxes
from qrev.kit.clock import Clock
from qrev.kit.ids import stable_id

DEFAULT_CAP = 30  # mails a day; more makes providers suspicious of cold mail


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstMailbox:
    """What an account's first mailbox is. No `email`: the member's own address."""

    channel: str = "outbox"
    email: str = ""
    is_warmed: bool = True


class MailboxDesk:
    def __init__(self, *, mailboxes: Mailboxes, first: FirstMailbox, clock: Clock) -> None:
        self._mailboxes = mailboxes
        self._first = first
        self._clock = clock

    async def all(self, actor: Actor, account: Account) -> list[Mailbox]:
        """Return the account's mailboxes. The first one is made when there is none."""
        found = await self._mailboxes.of_account(actor.account_id)
        if found:
            return found
        email = self._first.email or actor.email
        today = self._clock().date()
        await self._mailboxes.add_if_new(
            Mailbox(
                id=stable_id("mbx", actor.account_id, email),
                account_id=actor.account_id,
                email=email,
                name=actor.name,
                channel=self._first.channel,
                timezone=account.timezone,
                cap=DEFAULT_CAP,
                ramp_started_on=None if self._first.is_warmed else today,
            )
        )
        return await self._mailboxes.of_account(actor.account_id)
