"""The workspace: its details, and the dangerous things, each of which is proposed first."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.accounts.models import UserId
from qrev.api.asked import (
    ChangeAsked,
    ConfirmAsked,
    IdAsked,
    MemberAsked,
    NewAccountAsked,
    PostalAddressAsked,
    RenameAsked,
    ZoneAsked,
)
from qrev.api.documents import USUAL, problems
from qrev.api.door import Anyone, Asking
from qrev.api.house import Behind
from qrev.api.views import AccountView, ChangeView, PlaceView

router = APIRouter(prefix="/account", tags=["account"], responses=USUAL | problems(404))


@router.post("/create", status_code=201, responses=problems(409))
async def create(behind: Behind, who: Anyone, asked: NewAccountAsked) -> PlaceView:
    """Make a workspace that one owns. The session is in it from then on."""
    created = await behind.accounts.create(
        who, asked.name, domain=asked.domain, timezone=asked.timezone
    )
    return PlaceView.of(created)


@router.get("/details")
async def details(behind: Behind, actor: Asking) -> AccountView:
    """Tell about the workspace one is in."""
    return AccountView.of(await behind.accounts.account(actor))


@router.post("/update")
async def update(behind: Behind, actor: Asking, asked: RenameAsked) -> AccountView:
    """Change the workspace's name or domain."""
    return AccountView.of(await behind.accounts.rename(actor, name=asked.name, domain=asked.domain))


@router.post("/postal-address")
async def save_postal_address(
    behind: Behind, actor: Asking, asked: PostalAddressAsked
) -> AccountView:
    """Change the address that goes under every mail."""
    return AccountView.of(await behind.accounts.save_postal_address(actor, asked.postal_address))


@router.post("/timezone")
async def save_timezone(behind: Behind, actor: Asking, asked: ZoneAsked) -> AccountView:
    """Change the workspace's time zone."""
    return AccountView.of(await behind.accounts.save_timezone(actor, asked.timezone))


@router.post("/leave", status_code=204, responses=problems(409))
async def leave(behind: Behind, actor: Asking) -> None:
    """Leave the workspace. The last owner cannot."""
    await behind.members.leave(actor)


@router.post("/transfer", responses=problems(409))
async def propose_transfer(behind: Behind, actor: Asking, asked: MemberAsked) -> ChangeView:
    """Propose to give the workspace to another member. Confirming it does so."""
    return ChangeView.of(await behind.changes.propose_transfer(actor, UserId(asked.user_id)))


@router.post("/delete", responses=problems(409))
async def propose_deletion(behind: Behind, actor: Asking) -> ChangeView:
    """Propose to delete the workspace. Confirming it starts seven days of grace."""
    return ChangeView.of(await behind.changes.propose_deletion(actor))


@router.post("/restore", responses=problems(409))
async def restore(behind: Behind, actor: Asking) -> AccountView:
    """Keep a workspace that is about to be deleted."""
    return AccountView.of(await behind.accounts.restore(actor))


@router.get("/changes/details")
async def change(behind: Behind, actor: Asking, change_id: IdAsked) -> ChangeView:
    """Tell what was proposed, and what became of it."""
    return ChangeView.of(await behind.changes.get(actor, change_id))


@router.post("/changes/confirm", responses=problems(409))
async def confirm(behind: Behind, actor: Asking, asked: ConfirmAsked) -> ChangeView:
    """Do what was proposed, as it was read, once."""
    return ChangeView.of(await behind.changes.confirm(actor, asked.change_id, asked.hash))


@router.post("/changes/cancel", responses=problems(409))
async def cancel(behind: Behind, actor: Asking, asked: ChangeAsked) -> ChangeView:
    """Drop what was proposed."""
    return ChangeView.of(await behind.changes.cancel(actor, asked.change_id))
