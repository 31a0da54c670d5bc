"""Everything that is read before it happens: the plans of Sends, and orders about what runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import IdAsked
from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.life_asked import (
    ApprovalAsked,
    ProposalAsked,
    ProposalConfirmAsked,
    ThresholdAsked,
)
from qrev.api.life_views import (
    ApprovalsView,
    ApprovalView,
    ProposalsPage,
    ProposalView,
    approval_view,
    proposal_view,
)

router = APIRouter(prefix="/proposals", tags=["proposals"], responses=USUAL)


@router.get("/list")
async def proposals(
    behind: Behind,
    actor: Asking,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ProposalsPage:
    """List what was proposed, the newest first, and what became of it."""
    place = None if after is None else from_cursor(after)
    found = await behind.proposals.page(actor, before=place, limit=limit + 1)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return ProposalsPage(
        proposals=[proposal_view(each) for each in shown],
        next=None if last is None else to_cursor(last.planned_at, last.id),
    )


@router.get("/details", responses=problems(404))
async def details(behind: Behind, actor: Asking, proposal_id: IdAsked) -> ProposalView:
    """Tell what was proposed; of one that changed, what it is now."""
    return proposal_view(await behind.proposals.get(actor, proposal_id))


@router.post("/confirm", responses=problems(404, 409))
async def confirm(behind: Behind, actor: Asking, asked: ProposalConfirmAsked) -> ProposalView:
    """Carry out what was shown, once. Above the threshold a second member has to, as well."""
    return proposal_view(await behind.proposals.confirm(actor, asked.proposal_id, asked.hash))


@router.post("/cancel", responses=problems(404))
async def cancel(behind: Behind, actor: Asking, asked: ProposalAsked) -> ProposalView:
    """Drop a proposal. One that is decided stays as it is."""
    return proposal_view(await behind.proposals.cancel(actor, asked.proposal_id))


@router.post("/undo", responses=problems(404, 409))
async def undo(behind: Behind, actor: Asking, asked: ProposalAsked) -> ProposalView:
    """Take back what was done, as far as that goes: `outcome` says how far."""
    return proposal_view(await behind.proposals.undo(actor, asked.proposal_id))


@router.get("/approvals/list")
async def approvals(behind: Behind, actor: Asking) -> ApprovalsView:
    """List what waits for a second member."""
    found = await behind.approving.open(actor)
    return ApprovalsView(
        threshold=await behind.approving.threshold(actor.account_id),
        approvals=[approval_view(each) for each in found],
    )


@router.post("/approvals/decline", responses=problems(404))
async def decline(behind: Behind, actor: Asking, asked: ApprovalAsked) -> ApprovalView:
    """Take what waits off the list. Nothing of it happens."""
    return approval_view(await behind.approving.decline(actor, asked.approval_id))


@router.post("/approvals/threshold")
async def save_threshold(behind: Behind, actor: Asking, asked: ThresholdAsked) -> ApprovalsView:
    """Say from how many people on a second member has to confirm. 0 switches it off."""
    await behind.approving.save_threshold(actor, asked.people)
    return await approvals(behind, actor)
