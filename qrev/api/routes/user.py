"""The one who asks: their profile, their workspaces, the invitations that wait for them."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.accounts.models import AccountId, Newcomer, Role, User, Who
from qrev.api.asked import AccountAsked, InvitationAsked, ProfileAsked
from qrev.api.documents import USUAL, problems
from qrev.api.door import Anyone
from qrev.api.house import Behind
from qrev.api.views import InvitationView, PlaceView, UserView, WorkspaceView

router = APIRouter(prefix="/user", tags=["user"], responses=USUAL)


@router.get("/details")
async def details(behind: Behind, who: Anyone) -> UserView:
    """Tell who asks."""
    return _told(await behind.profile.get(who), who)


@router.post("/update")
async def update(behind: Behind, who: Anyone, asked: ProfileAsked) -> UserView:
    """Change one's own name, phone number or time zone."""
    saved = await behind.profile.save(
        who, name=asked.name, phone=asked.phone, timezone=asked.timezone
    )
    return _told(saved, who)


@router.get("/accounts/list")
async def accounts(behind: Behind, who: Anyone) -> list[WorkspaceView]:
    """List the workspaces one belongs to."""
    return [
        WorkspaceView.of(each, is_chosen=each.account.id == _place(who)[0])
        for each in await behind.accounts.mine(who)
    ]


@router.post("/accounts/choose", responses=problems(404))
async def choose(behind: Behind, who: Anyone, asked: AccountAsked) -> PlaceView:
    """Go to another workspace of one's own with this session."""
    return PlaceView.of(await behind.sessions.choose(who, AccountId(asked.account_id)))


@router.get("/invitations/list")
async def invitations(behind: Behind, who: Anyone) -> list[InvitationView]:
    """List the invitations that wait for one's address."""
    return [InvitationView.of(each) for each in await behind.invitations.of_address(who)]


@router.post("/invitations/accept", responses=problems(404, 409))
async def accept(behind: Behind, who: Anyone, asked: InvitationAsked) -> PlaceView:
    """Join. The session is in that workspace from then on."""
    return PlaceView.of(await behind.invitations.accept(who, asked.invitation_id))


@router.post("/invitations/decline", status_code=204, responses=problems(404, 409))
async def decline(behind: Behind, who: Anyone, asked: InvitationAsked) -> None:
    """Turn an invitation down."""
    await behind.invitations.decline(who, asked.invitation_id)


def _told(user: User, who: Who) -> UserView:
    account_id, role = _place(who)
    return UserView.of(user, account_id=account_id, role=role)


def _place(who: Who) -> tuple[AccountId | None, Role | None]:
    return (None, None) if isinstance(who, Newcomer) else (who.account_id, who.role)
