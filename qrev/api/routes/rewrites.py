"""Other words for mails that have not left: proposed as a diff, confirmed like any proposal."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from qrev.api.asked import IdAsked
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.life_views import proposal_view
from qrev.api.rewrites_asked import DraftRestoreAsked, UpdateUsingAiAsked
from qrev.api.rewrites_views import (
    ChangedMailsPage,
    DraftVersionView,
    RewriteView,
    changed_mail_view,
    version_view,
)
from qrev.campaigns.rewriting.choosing import Wish
from qrev.campaigns.rewriting.models import Chosen, RewriteState, Which

router = APIRouter(prefix="/campaign", tags=["campaigns"], responses=USUAL)
PATIENCE = timedelta(seconds=20)  # what is not written by then is gone on with all the same
MAILS = 50


@router.post("/update_using_ai", status_code=201, responses=problems(404, 409))
async def update_using_ai(
    behind: Behind, actor: Asking, asked: UpdateUsingAiAsked, response: Response
) -> RewriteView:
    """Have mails rewritten. Nothing changes before the proposal is confirmed.

    202 while it is still being written: ask for the details again.
    """
    wish = Wish(
        instruction=asked.instruction,
        sequence_id=asked.sequence_id,
        which=None if asked.scope is None else Which(asked.scope),
        chosen=Chosen(
            steps=tuple(asked.steps),
            titles=tuple(asked.only_titles),
            not_titles=tuple(asked.not_titles),
            domains=tuple(domain.lower().lstrip("@.") for domain in asked.only_domains),
            companies=tuple(asked.only_companies),
            people=tuple(asked.only_people),
        ),
    )
    rewrite = await behind.rewriting.begin(actor, wish)
    until = behind.clock() + PATIENCE
    rewrite = await behind.rewriting.work(actor.account_id, rewrite.id, until=until)
    if rewrite.state is RewriteState.WRITING:
        response.status_code = 202
    return await details(behind, actor, rewrite.id)


@router.get("/update_using_ai", responses=problems(404))
async def details(behind: Behind, actor: Asking, rewrite_id: IdAsked) -> RewriteView:
    """Tell how far it is, and once it is written, what would change."""
    rewrite = await behind.rewriting.proposed(actor, rewrite_id)
    tally = await behind.rewriting.tally(rewrite)
    proposal = None
    if rewrite.order_id:
        proposal = proposal_view(await behind.orders.get(actor, rewrite.order_id))
    return RewriteView(
        rewrite_id=rewrite.id,
        state=rewrite.state.value,
        reason=rewrite.reason,
        done=rewrite.done,
        total=rewrite.total,
        changed=tally.changed,
        proposal=proposal,
    )


@router.get("/update_using_ai/mails", responses=problems(404))
async def mails(
    behind: Behind,
    actor: Asking,
    rewrite_id: IdAsked,
    after: Annotated[int, Query(ge=-1, le=10_000_000)] = -1,
) -> ChangedMailsPage:
    """List the mails that would change, as they are and as they would be."""
    found = await behind.rewriting.page(actor, rewrite_id, after=after, limit=MAILS + 1)
    shown = found[:MAILS]
    return ChangedMailsPage(
        mails=[changed_mail_view(row) for row in shown],
        next=shown[-1].place if len(found) > MAILS else None,
    )


@router.get("/draft/versions", responses=problems(404))
async def versions(behind: Behind, actor: Asking, draft_id: IdAsked) -> list[DraftVersionView]:
    """List what a draft said and says, the newest first."""
    return [version_view(each) for each in (await behind.history.of(actor, draft_id)).versions]


@router.post("/draft/restore", responses=problems(404, 409))
async def restore(behind: Behind, actor: Asking, asked: DraftRestoreAsked) -> DraftVersionView:
    """Bring an earlier version back, as the newest one."""
    await behind.history.restore(actor, asked.draft_id, version=asked.version, to=asked.to)
    return (await versions(behind, actor, asked.draft_id))[0]
