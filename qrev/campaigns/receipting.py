"""Receipts for members: the ledger of a workspace as a file, made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.models import Message
from qrev.campaigns.receipts import Chain
from qrev.kit.clock import Clock

AT_ONCE = 500


class Ledgers(Protocol):
    async def tried(self, account_id: AccountId, *, after: str, limit: int) -> list[Message]:
        """Return what was ever tried, by id, behind that of `after`: a person's steps together."""


class Receipts:
    def __init__(self, *, ledgers: Ledgers, audit: Audit, clock: Clock) -> None:
        self._ledgers = ledgers
        self._audit = audit
        self._clock = clock

    async def export(self, actor: Actor) -> AsyncIterator[bytes]:
        """Return the receipt of the actor's workspace, in pieces.

        Its fingerprint goes into the log when it is made: so a file can be compared with it.
        """
        await self._audit.record(actor, "receipt.exported", "")
        return self._pieces(actor)

    async def _pieces(self, actor: Actor) -> AsyncIterator[bytes]:
        chain = Chain()
        yield chain.begin(account=actor.account_id, made_at=self._clock().isoformat())
        after = ""
        while found := await self._ledgers.tried(actor.account_id, after=after, limit=AT_ONCE):
            after = found[-1].id
            yield b"".join(chain.tell(found))
        yield chain.end()
        facts = {"lines": chain.number, "fingerprint": chain.fingerprint}
        await self._audit.record(actor, "receipt.made", "", after=facts)
