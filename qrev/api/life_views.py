"""What programs are told of campaigns that run."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from qrev.campaigns.life.models import Approval, Order, Pause
from qrev.campaigns.life.proposals import Either
from qrev.campaigns.sequences import Overview


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class TouchedView(_View):
    name: str
    email: str
    step: int
    before: str
    after: str


class ProposalView(_View):
    """A change to be read, and confirmed with its hash. `kind`: send, pause, resume, and so on.

    `facts` and the first `rows` say what would be; `outcome` what came of it. One that changed is
    void, and `replaced_by` leads to what it is now. `people` and `mails` count all it touches.
    """

    proposal_id: str
    kind: str
    state: str
    sequence_id: str
    title: str
    facts: list[str]
    rows: list[TouchedView]
    people: int
    mails: int
    hash: str
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    outcome: str
    replaced_by: str


class ProposalsPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    proposals: list[ProposalView]
    next: str | None


class PauseView(_View):
    """`sequence_id` is empty for one of all campaigns, `until` null until somebody resumes."""

    pause_id: str
    sequence_id: str
    mailbox_id: str
    country: str
    company: str
    until: datetime | None
    paused_by: str
    paused_at: datetime


class SequenceView(_View):
    """`messages` counts mails by state. Those sent, sending or unknown cannot be called back.

    `booked` counts the people with whom a call was booked.
    """

    sequence_id: str
    name: str
    status: str
    people: int
    days: list[int]
    messages: dict[str, int]
    booked: int
    next_at: datetime | None
    last_at: datetime | None


class AddedView(_View):
    """How many were new, and the plan for whoever waits; null if everybody was planned before."""

    added: int
    proposal: ProposalView | None


class VariantView(_View):
    subject: str
    body: str


class StepWordsView(_View):
    step: int
    variants: list[VariantView]


class SequencesPage(_View):
    sequences: list[SequenceView]
    next: str | None


class ApprovalView(_View):
    """What one member has confirmed and a second one has to."""

    approval_id: str
    proposal_id: str
    title: str
    people: int
    asked_by: str
    asked_at: datetime
    expires_at: datetime


class ApprovalsView(_View):
    """`threshold`: what reaches more people needs two members; 0 is never."""

    threshold: int
    approvals: list[ApprovalView]


def proposal_view(one: Either) -> ProposalView:
    """Return what is told of a Send or an order."""
    return ProposalView(
        proposal_id=one.id,
        kind=one.kind.value if isinstance(one, Order) else "send",
        state=one.state.value,
        sequence_id=one.terms.sequence_id if isinstance(one, Order) else one.sequence_id,
        title=one.title if isinstance(one, Order) else "Send",
        facts=list(one.facts) if isinstance(one, Order) else [],
        rows=[TouchedView(**asdict(row)) for row in one.rows] if isinstance(one, Order) else [],
        people=one.people,
        mails=one.touched if isinstance(one, Order) else one.messages,
        hash=one.hash,
        created_at=one.planned_at,
        expires_at=one.expires_at,
        confirmed_at=one.confirmed_at,
        confirmed_by=one.confirmed_by,
        outcome=one.outcome,
        replaced_by=one.replaced_by,
    )


def pause_view(pause: Pause) -> PauseView:
    return PauseView(
        pause_id=pause.id,
        sequence_id=pause.sequence_id,
        mailbox_id=pause.mailbox_id,
        country=pause.country,
        company=pause.company,
        until=pause.until,
        paused_by=pause.by_name,
        paused_at=pause.at,
    )


def sequence_view(overview: Overview) -> SequenceView:
    sequence, counts = overview.sequence, overview.counts
    return SequenceView(
        sequence_id=sequence.id,
        name=sequence.name,
        status=sequence.status.value,
        people=sequence.people,
        days=[step.day for step in sequence.steps],
        messages={status.value: n for status, n in counts.by_status.items()},
        booked=overview.booked,
        next_at=counts.next_at,
        last_at=counts.last_at,
    )


def approval_view(approval: Approval) -> ApprovalView:
    return ApprovalView(
        approval_id=approval.id,
        proposal_id=approval.subject_id,
        title=approval.title,
        people=approval.people,
        asked_by=approval.asked_by_name,
        asked_at=approval.asked_at,
        expires_at=approval.expires_at,
    )
