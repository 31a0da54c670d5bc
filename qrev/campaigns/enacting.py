"""Turning a confirmed Proposal into planned messages. Done twice, or resumed half-way: the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from qrev.campaigns.dry_run import DryRun, SendInputs, dry_run
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.life.pausing import Pausing
from qrev.campaigns.life.ports import Reach, TakenBack
from qrev.campaigns.models import (
    Draft,
    LedgerEntry,
    Message,
    MessageStatus,
    Proposal,
    ProposalState,
    ProspectStatus,
    SequenceStatus,
    message_id,
)
from qrev.campaigns.planning import PlannedMessage, company_of
from qrev.campaigns.ports import (
    DraftLocks,
    Messages,
    PlanningLease,
    ProposalBook,
    ProspectBook,
    SequenceBook,
)
from qrev.campaigns.telling import Telling
from qrev.kit.clock import Clock

# A Confirm whose process died is taken up by the sweep after this long.
INTERRUPTED = timedelta(minutes=1)
# Longer than any plan takes to make and to write; a holder that died frees the account by itself.
LEASE = timedelta(minutes=2)
OVER = (SequenceStatus.FINISHED, SequenceStatus.ARCHIVED)
OFF = (ProposalState.VOID, ProposalState.UNDOING, ProposalState.UNDONE)
STOPPED = "this person was stopped"
UNDONE = "the Send was undone"


class Enacting:
    def __init__(
        self,
        *,
        gathering: Gathering,
        sequences: SequenceBook,
        prospects: ProspectBook,
        locks: DraftLocks,
        messages: Messages,
        reach: Reach,
        pausing: Pausing,
        proposals: ProposalBook,
        lease: PlanningLease,
        telling: Telling,
        hold: timedelta,
        clock: Clock,
    ) -> None:
        self._gathering = gathering
        self._sequences = sequences
        self._prospects = prospects
        self._locks = locks
        self._messages = messages
        self._reach = reach
        self._pausing = pausing
        self._proposals = proposals
        self._lease = lease
        self._telling = telling
        self._hold = hold
        self._clock = clock

    async def enact(
        self, proposal: Proposal, inputs: SendInputs, run: DryRun, words: Mapping[str, Draft]
    ) -> None:
        """Write the plan of a confirmed proposal: one database operation per 1,000 messages.

        Nobody claims a message of a plan that is not applied, so nothing is written twice.
        `words` are the drafts by their ids.
        """
        messages = _messages(proposal, inputs, run, words, now=self._clock())
        await self._messages.add_planned(list(messages))
        await self._finish(proposal, list(dict.fromkeys(m.prospect_id for m in run.messages)))

    async def _finish(self, proposal: Proposal, people: list[str]) -> None:
        """Let a plan that is written completely begin."""
        account_id, sequence_id = proposal.account_id, proposal.sequence_id
        await self._prospects.set_status(
            account_id, people, ProspectStatus.ACTIVE, was=ProspectStatus.WAITING
        )
        await self._sequences.change(
            account_id, sequence_id, was=SequenceStatus.DRAFT, status=SequenceStatus.ACTIVE
        )
        await self._heed_orders(proposal)
        applied = await self._proposals.move(
            account_id, proposal.id, before=ProposalState.CONFIRMED, after=ProposalState.APPLIED
        )
        if not applied and await self._is_off(proposal):
            # We were given up for dead, and it was taken back: so is what we wrote since.
            await self._free(proposal)
            return
        await self._tell(proposal)

    async def _heed_orders(self, proposal: Proposal) -> None:
        """Hold or cancel what was paused or stopped while it was written, before any of it leaves.

        An order writes itself down, then reaches for messages. Whichever of us came second has
        seen the other.
        """
        account_id, sequence_id = proposal.account_id, proposal.sequence_id
        sequence = await self._sequences.get(account_id, sequence_id)
        if sequence is None or sequence.status in OVER:
            await self._messages.cancel(
                account_id, sequence_id=sequence_id, reason="stopped", at=self._clock()
            )
        await self._pausing.hold_again(account_id, sequence_id)
        for email in await self._prospects.stopped(account_id, sequence_id):
            await self._messages.cancel(
                account_id, sequence_id=sequence_id, email=email, reason=STOPPED, at=self._clock()
            )

    async def _is_off(self, proposal: Proposal) -> bool:
        found = await self._proposals.get(proposal.account_id, proposal.id)
        return found is None or found.state in OFF

    async def resume(self) -> int:
        """Take up proposals whose Confirm or Undo died with its process. Return how many.

        If the world moved on in between, what was written is taken back before any of it could
        leave, and the member is told: a plan nobody saw is never sent.
        """
        before = self._clock() - INTERRUPTED
        interrupted = await self._proposals.confirmed_before(before)
        undoing = await self._proposals.undoing_before(before)
        for proposal in undoing:
            await self._end_undo(proposal, is_taken_up=True)
        return len(undoing) + sum([await self._take_up(proposal) for proposal in interrupted])

    async def _take_up(self, proposal: Proposal) -> bool:
        """Finish one, or take it back. Return False if whoever confirmed it is at it still.

        The lease keeps them and us apart. Since the list was read they may have applied it, and
        a member undone it: only one that is still confirmed now is taken up.
        """
        account_id, now = proposal.account_id, self._clock()
        number = await self._lease.take(account_id, at=now, until=now + LEASE)
        if number is None:
            return False
        try:
            found = await self._proposals.get(account_id, proposal.id)
            if found is None or found.state is not ProposalState.CONFIRMED:
                return False
            await self._settle(found, now)
            return True
        finally:
            await self._lease.give_back(account_id, number)

    async def _settle(self, proposal: Proposal, now: datetime) -> None:
        written, people = await self._messages.written(proposal.account_id, proposal.id)
        if written == proposal.messages:
            await self._finish(proposal, people)
            return
        sequence = await self._sequences.get(proposal.account_id, proposal.sequence_id)
        if sequence is None:
            await self._take_back(proposal)
            return
        inputs = await self._gathering.inputs(sequence, planned_at=proposal.planned_at)
        run = dry_run(inputs, planned_at=proposal.planned_at, seed=proposal.seed, hold=self._hold)
        if run.hash == proposal.hash and is_in_time(run, now):
            await self.enact(proposal, inputs, run, await self._gathering.words(sequence))
        else:
            await self._take_back(proposal)

    async def undo(self, proposal: Proposal) -> TakenBack | None:
        """Take an applied plan back: all of it while it is held, later what has not left.

        None if it is not applied, or somebody undid it before. From the first write on none of
        it can be claimed, so that a process may die at any point: the sweep goes on.
        """
        now = self._clock()
        moved = await self._proposals.move(
            proposal.account_id,
            proposal.id,
            before=ProposalState.APPLIED,
            after=ProposalState.UNDOING,
            at=now,
        )
        return await self._end_undo(proposal) if moved else None

    async def _end_undo(self, proposal: Proposal, *, is_taken_up: bool = False) -> TakenBack:
        taken = await self._free(proposal)
        if is_taken_up:  # some of it was taken back before
            taken = replace(taken, back=proposal.messages - taken.left)
        await self._proposals.move(
            proposal.account_id,
            proposal.id,
            before=ProposalState.UNDOING,
            after=ProposalState.UNDONE,
            outcome=_came_of(taken),
        )
        await self._tell(proposal)
        return taken

    async def _take_back(self, proposal: Proposal) -> None:
        # The messages first: those of a plan that is void would be claimed.
        await self._free(proposal)
        moved = await self._proposals.move(
            proposal.account_id,
            proposal.id,
            before=ProposalState.CONFIRMED,
            after=ProposalState.VOID,
        )
        if not moved:
            return
        await self._tell(
            proposal,
            "Your Send was interrupted before it was fully planned, and things have changed "
            "since. Nothing of it will leave. Press Send again to see the plan as it is now.",
        )

    async def _free(self, proposal: Proposal) -> TakenBack:
        """Take back what no worker has handed over and make its people writable again."""
        account_id = proposal.account_id
        taken = await self._reach.take_back(
            account_id, proposal.id, reason=UNDONE, at=self._clock()
        )
        people = await self._prospects.of_sequence(account_id, proposal.sequence_id)
        # Asked of what is there, not of what was taken: whoever began this may have died since.
        written_to = await self._reach.written_to(account_id, proposal.sequence_id)
        freed = [p.id for p in people if p.id not in written_to]
        await self._prospects.set_status(
            account_id, freed, ProspectStatus.WAITING, was=ProspectStatus.ACTIVE
        )
        await self._locks.unlock(account_id, freed)
        if not written_to:
            await self._sequences.change(
                account_id, proposal.sequence_id, status=SequenceStatus.DRAFT
            )
        return taken

    async def _tell(self, proposal: Proposal, text: str = "") -> None:
        account_id, sequence_id = proposal.account_id, proposal.sequence_id
        cards = (proposal.id, sequence_id, "campaigns")
        await self._telling.refresh(account_id, sequence_id, cards)
        if text:
            await self._telling.say(account_id, sequence_id, text, about=proposal.id)


def _came_of(taken: TakenBack) -> str:
    said = f"{taken.back:,} mails are taken back." if taken.back != 1 else "1 mail is taken back."
    if not taken.left:
        return f"{said} None had left."
    had = "had already left and cannot be." if taken.left == 1 else "had left and cannot be."
    return f"{said} {taken.left:,} {had}"


def is_in_time(run: DryRun, now: datetime) -> bool:
    """Return whether the first mail's minute is still ahead once the hold is over."""
    return run.first_at is None or now + run.hold <= run.first_at


def _messages(
    proposal: Proposal,
    inputs: SendInputs,
    run: DryRun,
    words: Mapping[str, Draft],
    *,
    now: datetime,
) -> Iterable[Message]:
    by_id = {p.id: p for p in inputs.prospects}
    held_until = (proposal.confirmed_at or now) + run.hold
    for planned in run.messages:
        prospect = by_id[planned.prospect_id]
        draft = words[message_id(planned.prospect_id, planned.step)]
        yield Message(
            id=message_id(planned.prospect_id, planned.step),
            account_id=proposal.account_id,
            sequence_id=proposal.sequence_id,
            prospect_id=planned.prospect_id,
            person_id=prospect.person_id,
            proposal_id=proposal.id,
            step=planned.step,
            mailbox_id=planned.mailbox_id,
            to=prospect.email,
            to_name=prospect.name,
            company=company_of(prospect.email),
            timezone=prospect.timezone,
            country=prospect.country,
            subject=draft.subject,
            body=draft.body,
            send_at=planned.send_at,
            held_until=held_until,
            because=_because(planned),
            status=MessageStatus.HELD,
            created_at=now,
            ledger=(
                LedgerEntry(
                    kind="planned",
                    at=now,
                    status=MessageStatus.HELD,
                    note=f"confirmed by {proposal.confirmed_by}",
                ),
            ),
        )


def _because(planned: PlannedMessage) -> str:
    return str(planned.because)
