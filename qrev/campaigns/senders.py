"""How much each mailbox may send, and since when it has been growing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.campaigns.models import Mailbox
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.ports import Mailboxes
from qrev.campaigns.rulebook import CEILING
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderChange:
    """What is to be set of a mailbox. None leaves it as it is.

    `is_warmed` False has it begin small once more, from today.
    """

    cap: int | None = None
    timezone: str | None = None
    is_warmed: bool | None = None


class Senders:
    def __init__(self, *, mailboxes: Mailboxes, audit: Audit, clock: Clock) -> None:
        self._mailboxes = mailboxes
        self._audit = audit
        self._clock = clock

    async def all(self, actor: Actor) -> list[Mailbox]:
        """Return the workspace's mailboxes, by address."""
        return await self._mailboxes.of_account(actor.account_id)

    async def change(self, actor: Actor, mailbox_id: str, change: SenderChange) -> Mailbox:
        """Set what is named, for every later plan. Return the mailbox.

        Raises NotFound for none of the actor's, InvalidInput by name for what cannot be.
        """
        actor.must_be_able_to_manage()
        found = {m.id: m for m in await self.all(actor)}.get(mailbox_id)
        if found is None:
            raise NotFound("We could not find that mailbox.")
        changed = self._changed(found, change)
        if changed == found:
            return found
        await self._mailboxes.set_sending(actor.account_id, changed)
        await self._audit.record(
            actor,
            "mailbox.set",
            mailbox_id,
            before={"email": found.email, **_facts(found)},
            after={"email": found.email, **_facts(changed)},
        )
        return changed

    def _changed(self, mailbox: Mailbox, change: SenderChange) -> Mailbox:
        if change.cap is not None:
            if not 0 <= change.cap <= CEILING:
                raise InvalidInput(f"Mails a day: give a whole number from 0 to {CEILING}.")
            mailbox = replace(mailbox, cap=change.cap)
        if change.timezone is not None:
            if zone_named(change.timezone) is None:
                raise InvalidInput(
                    f"Time zone: “{change.timezone[:60]}” is none. Write one like Europe/Berlin."
                )
            mailbox = replace(mailbox, timezone=change.timezone)
        if change.is_warmed is not None and change.is_warmed != (mailbox.ramp_started_on is None):
            started = None if change.is_warmed else self._clock().date()
            mailbox = replace(mailbox, ramp_started_on=started)
        return mailbox


def _facts(mailbox: Mailbox) -> dict[str, object]:
    return {
        "cap": mailbox.cap,
        "timezone": mailbox.timezone,
        "is_warmed": mailbox.ramp_started_on is None,
    }
