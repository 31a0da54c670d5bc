"""The runs behind open proposals: gathered once, planned beside everything else, remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakValueDictionary

from qrev.accounts.models import AccountId
from qrev.campaigns.dry_run import DryRun, SendInputs, dry_run, fingerprint
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.models import Proposal, Sequence
from qrev.kit.collecting import without_collecting

REMEMBERED = 4  # runs; one of 10,000 people is about 40 MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A run and what it was made from."""

    inputs: SendInputs
    run: DryRun


@dataclass(kw_only=True, slots=True)
class Progress:
    """How many of the people are planned. `people` is 0 while they are still being read."""

    account_id: AccountId
    people: int = 0
    planned: int = 0


class Runs:
    """Planning takes a second for 10,000 people. It is done in a thread, so that others go on."""

    def __init__(self, *, gathering: Gathering, hold: timedelta) -> None:
        self._gathering = gathering
        self._hold = hold
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._progress: dict[str, Progress] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def current(self, proposal: Proposal, sequence: Sequence) -> Made:
        """Return the run as things are now, the remembered one if nothing has changed.

        Two who ask for one proposal at once have it planned once.
        """
        turn = self._turns.setdefault(proposal.id, asyncio.Lock())
        async with turn:
            self._progress[proposal.id] = progress = Progress(account_id=proposal.account_id)
            try:
                inputs = await self._gathering.inputs(sequence, planned_at=proposal.planned_at)
                known = self._made.get(proposal.id)
                progress.people = len(inputs.waiting)
                made = await asyncio.to_thread(self._of, proposal, inputs, known, progress)
            finally:
                del self._progress[proposal.id]
        self._remember(proposal.id, made)
        return made

    def made(self, proposal: Proposal) -> Made | None:
        """Return the run that is shown as this proposal, None if it is not remembered here."""
        made = self._made.get(proposal.id)
        return made if made is not None and made.run.hash == proposal.hash else None

    def progress(self, account_id: AccountId, proposal_id: str) -> Progress | None:
        """Return how far the planning is, None while none is going on."""
        progress = self._progress.get(proposal_id)
        return progress if progress is not None and progress.account_id == account_id else None

    def forget(self, proposal_id: str) -> None:
        self._made.pop(proposal_id, None)

    def _of(
        self, proposal: Proposal, inputs: SendInputs, known: Made | None, progress: Progress
    ) -> Made:
        if known is not None and known.run.hash == fingerprint(inputs):
            return Made(inputs=inputs, run=known.run)

        def heard(planned: int) -> None:
            progress.planned = planned

        with without_collecting():
            run = dry_run(
                inputs,
                planned_at=proposal.planned_at,
                seed=proposal.seed,
                hold=self._hold,
                heard=heard,
            )
        return Made(inputs=inputs, run=run)

    def _remember(self, proposal_id: str, made: Made) -> None:
        self._made[proposal_id] = made
        self._made.move_to_end(proposal_id)
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)
