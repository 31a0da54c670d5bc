"""What a workspace holds on somebody, and having it erased."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from qrev.api.asked import Email
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.views import ChangeView
from qrev.crm.privacy import Dossier

router = APIRouter(prefix="/privacy", tags=["privacy"], responses=USUAL)


class WhomAsked(BaseModel):
    """Whom it is about: in the body, because addresses of pages are kept in logs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email


class DossierView(BaseModel):
    """Everything about an address as it is kept, by what it is. `counts` says how many of each."""

    model_config = ConfigDict(frozen=True)

    email: str
    made_at: datetime
    counts: dict[str, int]
    held: Annotated[dict[str, list[dict[str, Any]]], Field(description="Documents as kept.")]

    @classmethod
    def of(cls, dossier: Dossier) -> DossierView:
        return cls(
            email=dossier.email,
            made_at=dossier.made_at,
            counts=dossier.counts,
            held={kind: [dict(each) for each in things] for kind, things in dossier.held.items()},
        )


@router.post("/held")
async def held(behind: Behind, actor: Asking, asked: WhomAsked, response: Response) -> DossierView:
    """Give everything that is held on an address as one JSON file. Owners and admins only."""
    response.headers["Content-Disposition"] = 'attachment; filename="held.json"'
    response.headers["Cache-Control"] = "no-store"
    return DossierView.of(await behind.privacy.held(actor, asked.email))


@router.post("/erase", responses=problems(409))
async def erase(behind: Behind, actor: Asking, asked: WhomAsked) -> ChangeView:
    """Propose to erase everything about an address. Confirming it does so, for good.

    Only a hash of the address stays, on the suppression list. An address of a member: 409.
    """
    whom = behind.privacy.whom(actor, asked.email)
    return ChangeView.of(await behind.changes.propose_erasure(actor, whom.email))
