"""Which mails a pause is for, and keeping them back, whoever planned them when."""

from __future__ import annotations

from dataclasses import replace

from qrev.accounts.models import AccountId
from qrev.campaigns.life.models import Pause, Scope, Terms
from qrev.campaigns.life.ports import PauseBook, Reach
from qrev.campaigns.models import Sequence, SequenceStatus
from qrev.campaigns.planning.hours import country_code, country_of_zone
from qrev.campaigns.ports import SequenceBook
from qrev.kit.clock import Clock


class Pausing:
    def __init__(
        self, *, pauses: PauseBook, reach: Reach, sequences: SequenceBook, clock: Clock
    ) -> None:
        self._pauses = pauses
        self._reach = reach
        self._sequences = sequences
        self._clock = clock

    async def all(self, account_id: AccountId) -> list[Pause]:
        """Return every pause in force, the oldest first."""
        return await self._pauses.of_account(account_id)

    async def scope(self, account_id: AccountId, terms: Terms | Pause) -> Scope:
        """Return the mails that are meant, as the ledger can be asked for them."""
        scope = Scope(
            sequence_id=terms.sequence_id, mailbox_id=terms.mailbox_id, company=terms.company
        )
        if isinstance(terms, Terms) and terms.person:
            scope = replace(scope, email=terms.person)
        if not terms.country:
            return scope
        places = await self._reach.places(account_id, terms.sequence_id)
        return replace(
            scope, places=tuple(p for p in places if country_of_place(*p) == terms.country)
        )

    async def begin(self, pause: Pause) -> int:
        """Put a pause in force. Return how many mails wait for it. Twice is harmless."""
        # The pause first: a Confirm that is writing its plan looks for pauses when it is done.
        await self._pauses.add_if_new(pause)
        waiting = await self._hold(pause)
        if pause.is_whole:
            await self._settle(pause.account_id, pause.sequence_id)
        return waiting

    async def ended_by(self, account_id: AccountId, order_id: str) -> list[Pause]:
        """Return the pauses that order ended, as they were."""
        return await self._pauses.ended_by(account_id, order_id)

    async def end(self, account_id: AccountId, pause: Pause, *, by: str = "") -> int:
        """Let the mails of a pause leave again. Return how many. Twice is harmless."""
        await self._pauses.end(account_id, pause.id, by=by)
        released = await self._reach.release(account_id, pause.id, at=self._clock())
        if pause.is_whole:
            await self._settle(account_id, pause.sequence_id)
        return released

    async def end_due(self) -> list[Pause]:
        """End every pause whose day has come. Return those."""
        due = await self._pauses.over(self._clock())
        for pause in due:
            await self.end(pause.account_id, pause)
        return due

    async def hold_again(self, account_id: AccountId, sequence_id: str) -> None:
        """Hold what was planned for a sequence while its pauses were in force."""
        for pause in await self._in_force(account_id, sequence_id):
            await self._hold(replace(pause, sequence_id=sequence_id))
            if pause not in await self._in_force(account_id, sequence_id):
                # It was ended while we held: whoever ended it may not have seen what we held.
                await self._reach.release(account_id, pause.id, at=self._clock())
        await self._settle(account_id, sequence_id)

    async def _hold(self, pause: Pause) -> int:
        scope = await self.scope(pause.account_id, pause)
        return await self._reach.pause(pause.account_id, scope, pause.id, at=self._clock())

    async def _in_force(self, account_id: AccountId, sequence_id: str) -> list[Pause]:
        pauses = await self._pauses.of_account(account_id)
        return [p for p in pauses if p.sequence_id in ("", sequence_id)]

    async def _settle(self, account_id: AccountId, sequence_id: str) -> None:
        """Have a sequence, or all, say whether a pause holds everything of it."""
        pauses = await self._pauses.of_account(account_id)
        for sequence in await self._of(account_id, sequence_id):
            is_paused = any(p.is_whole and p.sequence_id in ("", sequence.id) for p in pauses)
            now = SequenceStatus.PAUSED if is_paused else SequenceStatus.ACTIVE
            was = SequenceStatus.ACTIVE if is_paused else SequenceStatus.PAUSED
            await self._sequences.change(account_id, sequence.id, was=was, status=now)

    async def _of(self, account_id: AccountId, sequence_id: str) -> list[Sequence]:
        if sequence_id:
            found = await self._sequences.get(account_id, sequence_id)
            return [] if found is None else [found]
        return await self._sequences.running(account_id)


def country_of_place(country: str, timezone: str) -> str:
    """Return the ISO code of where a recipient is: their country, else that of their zone."""
    return country_code(country) or (country_of_zone(timezone) if not country else "")
