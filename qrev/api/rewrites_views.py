"""What programs are told of other words for mails."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from qrev.api.life_views import ProposalView
from qrev.campaigns.rewriting.models import Rewritten
from qrev.campaigns.versions import DraftVersion


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class RewriteView(_View):
    """`state`: writing, ready, stopped or failed; then `reason` says why.

    The proposal is there once all is written and anything would change; confirm it like any other.
    """

    rewrite_id: str
    state: str
    reason: str
    done: int
    total: int
    changed: int
    proposal: ProposalView | None


class ChangedMailView(_View):
    draft_id: str
    name: str
    email: str
    step: int
    parts: str
    old_subject: str
    old_body: str
    new_subject: str
    new_body: str
    doubts: list[str]


class ChangedMailsPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    mails: list[ChangedMailView]
    next: int | None


class DraftVersionView(_View):
    version: int
    subject: str
    body: str
    is_by_hand: bool
    at: datetime | None


def changed_mail_view(row: Rewritten) -> ChangedMailView:
    return ChangedMailView(
        draft_id=row.draft_id,
        name=row.name,
        email=row.email,
        step=row.step,
        parts=row.parts,
        old_subject=row.old.subject,
        old_body=row.old.body,
        new_subject=row.new.subject,
        new_body=row.new.body,
        doubts=list(row.new.doubts),
    )


def version_view(version: DraftVersion) -> DraftVersionView:
    return DraftVersionView(
        version=version.version,
        subject=version.subject,
        body=version.body,
        is_by_hand=version.is_by_hand,
        at=version.at,
    )
