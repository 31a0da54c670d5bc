"""Send, in two presses: a Proposal one can read, then Confirm."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.campaigns.dry_run import DryRun, SendInputs, hold_of
from qrev.campaigns.enacting import LEASE, Enacting, is_in_time
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.life.approving import Approving, Subject, WaitingForSecond
from qrev.campaigns.models import Proposal, ProposalState, Sequence, SequenceStatus
from qrev.campaigns.ports import DraftLocks, PlanningLease, ProposalBook, ProspectBook, SequenceBook
from qrev.campaigns.questions import Questions, about_run
from qrev.campaigns.runs import Made, Progress, Runs
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound
from qrev.kit.ids import new_id

VALID_FOR = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A proposal and the run behind it. `run` is None once it is decided: see the ledger then."""

    proposal: Proposal
    sequence: Sequence
    inputs: SendInputs
    run: DryRun | None


class ProposalChanged(Conflict):
    """Something this plan depends on has changed. Look at the new plan, then confirm that."""

    def __init__(self, message: str, fresh: Proposal) -> None:
        super().__init__(message)
        self.fresh = fresh


class Proposing:
    def __init__(
        self,
        *,
        gathering: Gathering,
        sequences: SequenceBook,
        prospects: ProspectBook,
        proposals: ProposalBook,
        locks: DraftLocks,
        lease: PlanningLease,
        enacting: Enacting,
        approving: Approving,
        audit: Audit,
        hold: timedelta,
        clock: Clock,
    ) -> None:
        self._gathering = gathering
        self._sequences = sequences
        self._prospects = prospects
        self._proposals = proposals
        self._locks = locks
        self._lease = lease
        self._enacting = enacting
        self._approving = approving
        self._audit = audit
        self._hold = hold
        self._clock = clock
        self._runs = Runs(gathering=gathering, hold=hold)

    async def propose(self, actor: Actor, sequence_id: str) -> Proposal:
        """Return a fresh plan for everyone in the sequence who is not planned yet.

        Raises Conflict when there is nobody left to plan or the sequence was stopped.
        """
        begun = await self.begin(actor, sequence_id)
        return (await self.preview(actor, begun.id)).proposal

    async def begin(self, actor: Actor, sequence_id: str) -> Proposal:
        """Return a proposal that is not planned yet: whoever looks at it first has it planned.

        So its card is there at once. Raises as `propose`.
        """
        actor.must_be_able_to_change()
        sequence = await self._sequence(actor, sequence_id)
        _must_go_on(sequence)
        if not sequence.people:
            raise Conflict("The people of this sequence have not arrived yet. Wait a moment.")
        if not await self._prospects.has_waiting(actor.account_id, sequence.id):
            raise Conflict("Everyone in this sequence is planned already. See /campaigns.")
        proposal = _unplanned(actor, sequence, self._clock())
        await self._proposals.add(proposal)
        return proposal

    def progress(self, actor: Actor, proposal_id: str) -> Progress | None:
        """Return how far the planning of one of the actor's proposals is, None if it is not on."""
        return self._runs.progress(actor.account_id, proposal_id)

    async def preview(self, actor: Actor, proposal_id: str) -> Preview:
        """Return the newest proposal in the chain this one began, with its run.

        One that is out of date is replaced by a fresh one, if the actor may change anything.
        """
        proposal = await self._newest(actor, proposal_id)
        sequence = await self._sequence(actor, proposal.sequence_id)
        if proposal.state is not ProposalState.OPEN:
            around = await self._gathering.around(sequence)
            return Preview(proposal=proposal, sequence=sequence, inputs=around, run=None)
        made = await self._runs.current(proposal, sequence)
        if not proposal.hash:
            proposal = await self._filled(proposal, made)
        if not self._is_good(proposal, made.run) and actor.may_change and made.inputs.waiting:
            proposal, made = await self._renew(actor, proposal, sequence)
        return Preview(proposal=proposal, sequence=sequence, inputs=made.inputs, run=made.run)

    async def shown(self, actor: Actor, proposal_id: str) -> Preview:
        """Return a plan as it was shown last, without looking whether anything has changed since.

        For reading on in it, and for questions: Confirm looks. As `preview` if it is not at hand.
        """
        proposal = await self._newest(actor, proposal_id)
        made = self._runs.made(proposal)
        if made is None or proposal.state is not ProposalState.OPEN:
            return await self.preview(actor, proposal_id)
        sequence = await self._sequence(actor, proposal.sequence_id)
        return Preview(proposal=proposal, sequence=sequence, inputs=made.inputs, run=made.run)

    async def questions(self, actor: Actor, proposal_id: str) -> Questions:
        """Return what can be asked of a plan. Raises Conflict once it is decided."""
        preview = await self.shown(actor, proposal_id)
        if preview.run is None:
            raise Conflict(f"{_already(preview.proposal)} Its mails are in /campaigns.")
        return Questions(about_run(preview.inputs, preview.run, seed=preview.proposal.seed))

    async def confirm(self, actor: Actor, proposal_id: str, hash: str) -> Proposal:
        """Plan every message of the proposal as shown, once. Return it, confirmed and applied.

        Raises ProposalChanged, with the plan as it would be now, if what it was made from is
        different or its first minute has passed; Conflict if it was pressed before.
        """
        actor.must_be_able_to_change()
        proposal = await self._get(actor, proposal_id)
        if proposal.state is not ProposalState.OPEN or proposal.hash != hash:
            newest = await self._newest(actor, proposal_id)
            raise ProposalChanged(_already(newest), newest)
        now = self._clock()
        number = await self._lease.take(actor.account_id, at=now, until=now + LEASE)
        if number is None:
            raise Conflict("Another Send of this workspace is being planned. Press again shortly.")
        try:
            return await self._confirm_alone(actor, proposal, number)
        finally:
            await self._lease.give_back(actor.account_id, number)

    async def undo(self, actor: Actor, proposal_id: str) -> Proposal:
        """Take a confirmed plan back: all of it while it is held, later what has not left.

        The proposal's `outcome` says how much that was. Raises Conflict if it is not applied.
        """
        actor.must_be_able_to_change()
        proposal = await self._newest(actor, proposal_id)
        if await self._enacting.undo(proposal) is None:
            raise Conflict(_already(await self._get(actor, proposal.id)))
        undone = await self._get(actor, proposal.id)
        after = {"outcome": undone.outcome.rstrip(".")}
        await self._audit.record(actor, "campaign.send_undone", proposal.sequence_id, after=after)
        return undone

    async def get(self, actor: Actor, proposal_id: str) -> Proposal:
        """Return the newest proposal in the chain this one began, as it is. Raises NotFound."""
        return await self._newest(actor, proposal_id)

    async def cancel(self, actor: Actor, proposal_id: str) -> Proposal:
        """Drop a plan. One that is decided already stays as it is."""
        actor.must_be_able_to_change()
        proposal = await self._newest(actor, proposal_id)
        await self._proposals.move(
            actor.account_id,
            proposal.id,
            before=ProposalState.OPEN,
            after=ProposalState.CANCELLED,
        )
        await self._approving.drop(actor, proposal.id)
        return await self._get(actor, proposal.id)

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Proposal]:
        """Return the workspace's plans, the newest first."""
        return await self._proposals.page(actor.account_id, before=before, limit=limit)

    async def held_until(self, actor: Actor, proposal: Proposal) -> datetime | None:
        """Return until when nothing of a confirmed plan leaves, None for one that is not."""
        if proposal.confirmed_at is None:
            return None
        around = await self._gathering.around(await self._sequence(actor, proposal.sequence_id))
        return proposal.confirmed_at + hold_of(around, self._hold)

    async def last_applied(self, actor: Actor) -> Proposal | None:
        """Return the Send the actor confirmed last that is not undone."""
        return await self._proposals.last_applied(actor.account_id, actor.user_id)

    async def _confirm_alone(self, actor: Actor, proposal: Proposal, number: int) -> Proposal:
        """Confirm while nobody else plans for this account and no draft can be changed."""
        account_id, now = actor.account_id, self._clock()
        sequence = await self._sequence(actor, proposal.sequence_id)
        _must_go_on(sequence)
        await self._locks.lock(account_id, sequence.id, until=now + LEASE)
        made, words = await asyncio.gather(
            self._runs.current(proposal, sequence), self._gathering.words(sequence)
        )
        inputs, run = made.inputs, made.run
        await self._must_be_good(actor, proposal, sequence, run)
        if not await self._lease.still_mine(account_id, number):
            raise Conflict("Planning took too long and was given up. Nothing was sent; try again.")
        moved = await self._proposals.move(
            account_id,
            proposal.id,
            before=ProposalState.OPEN,
            after=ProposalState.CONFIRMED,
            hash=proposal.hash,
            at=now,
            by=actor.user_id,
        )
        confirmed = await self._get(actor, proposal.id)
        if not moved:
            raise ProposalChanged(_already(confirmed), confirmed)
        await self._enacting.enact(confirmed, inputs, run, words)
        planned = {message.prospect_id for message in run.messages}
        rest = [p.id for p in inputs.waiting if p.id not in planned]
        await self._locks.unlock(account_id, rest)
        self._runs.forget(proposal.id)
        after = {"what": sequence.name, "people": f"{run.people:,}"}
        await self._audit.record(actor, "campaign.sent", sequence.id, after=after)
        return await self._get(actor, proposal.id)

    async def _must_be_good(
        self, actor: Actor, proposal: Proposal, sequence: Sequence, run: DryRun
    ) -> None:
        """Let go of the drafts and raise, unless this is what was seen, and all agreed to it."""
        account_id, now = actor.account_id, self._clock()
        if not self._is_good(proposal, run):
            await self._locks.lock(account_id, sequence.id, until=now)
            fresh, _ = await self._renew(actor, proposal, sequence)
            raise ProposalChanged(
                "Something changed since this plan was made. Here is the plan as it is now: "
                "look at it once more, then press Confirm again. Nothing was sent.",
                fresh,
            )
        if not run.messages:
            await self._locks.lock(account_id, sequence.id, until=now)
            raise Conflict("Nobody in this plan can be written to yet. See what is blocked.")
        try:
            await self._approving.must_be_agreed(actor, _subject(proposal, sequence, run.people))
        except WaitingForSecond:
            await self._locks.lock(account_id, sequence.id, until=now)
            raise

    def _is_good(self, proposal: Proposal, run: DryRun) -> bool:
        now = self._clock()
        return run.hash == proposal.hash and now < proposal.expires_at and is_in_time(run, now)

    async def _filled(self, proposal: Proposal, made: Made) -> Proposal:
        """Return a proposal with what came of planning it, kept for those who look after us."""
        run = made.run
        people, messages = run.people, len(run.messages)
        await self._proposals.fill(
            proposal.account_id, proposal.id, hash=run.hash, people=people, messages=messages
        )
        kept = await self._proposals.get(proposal.account_id, proposal.id)
        if kept is None:
            raise NotFound("We could not find that plan.")
        return kept

    async def _renew(
        self, actor: Actor, old: Proposal, sequence: Sequence
    ) -> tuple[Proposal, Made]:
        fresh = _unplanned(actor, sequence, self._clock())
        made = await self._runs.current(fresh, sequence)
        run = made.run
        fresh = replace(fresh, hash=run.hash, people=run.people, messages=len(run.messages))
        await self._proposals.add(fresh)
        replaced = await self._proposals.move(
            actor.account_id,
            old.id,
            before=ProposalState.OPEN,
            after=ProposalState.VOID,
            replaced_by=fresh.id,
        )
        if replaced:
            return fresh, made
        # Someone else decided the old one in between: theirs counts, ours is never shown.
        theirs = await self._newest(actor, old.id)
        return theirs, await self._runs.current(theirs, sequence)

    async def _newest(self, actor: Actor, proposal_id: str) -> Proposal:
        proposal = await self._get(actor, proposal_id)
        while proposal.replaced_by:
            proposal = await self._get(actor, proposal.replaced_by)
        return proposal

    async def _get(self, actor: Actor, proposal_id: str) -> Proposal:
        proposal = await self._proposals.get(actor.account_id, proposal_id)
        if proposal is None:
            raise NotFound("We could not find that plan.")
        return proposal

    async def _sequence(self, actor: Actor, sequence_id: str) -> Sequence:
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        return sequence


def _subject(proposal: Proposal, sequence: Sequence, people: int) -> Subject:
    return Subject(
        id=proposal.id,
        hash=proposal.hash,
        is_send=True,
        title=f"Send “{sequence.name}”",
        people=people,
        conversation_id=sequence.conversation_id,
    )


def _unplanned(actor: Actor, sequence: Sequence, now: datetime) -> Proposal:
    return Proposal(
        id=f"prp_{new_id()}",
        account_id=actor.account_id,
        sequence_id=sequence.id,
        conversation_id=sequence.conversation_id,
        created_by=actor.user_id,
        hash="",
        seed=int(new_id()[:8], 16),
        planned_at=now,
        expires_at=now + VALID_FOR,
        state=ProposalState.OPEN,
        people=0,
        messages=0,
        created_at=now,
    )


def _must_go_on(sequence: Sequence) -> None:
    if sequence.status in (SequenceStatus.FINISHED, SequenceStatus.ARCHIVED):
        raise Conflict("This sequence is over. Start a new one to write to these people again.")


def _already(proposal: Proposal) -> str:
    return {
        ProposalState.OPEN: "There is a newer plan. Look at it, then press Confirm again.",
        ProposalState.CONFIRMED: "This was confirmed a moment ago and is being planned.",
        ProposalState.APPLIED: "This was confirmed already: each mail is planned once.",
        ProposalState.UNDOING: "This is being undone just now.",
        ProposalState.CANCELLED: "This was cancelled. Nothing was sent.",
        ProposalState.UNDONE: "This was undone. Press Send on the drafts for a new plan.",
        ProposalState.VOID: "This plan is out of date. Press Send on the drafts for a new one.",
    }[proposal.state]
