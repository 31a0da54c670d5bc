"""Who is in the workspace, who may come, and how each of them works."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.accounts.invitations import PER_PERSON
from qrev.accounts.models import UserId, WorkingHours
from qrev.api.asked import (
    InvitationAsked,
    MemberAsked,
    NewInvitationAsked,
    RoleAsked,
    WorkingHoursAsked,
)
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.views import (
    ChangeView,
    InvitationView,
    InvitedView,
    LinkView,
    MemberView,
    WorkingHoursView,
)

router = APIRouter(prefix="/account", tags=["members"], responses=USUAL | problems(404))


@router.get("/users/list")
async def members(behind: Behind, actor: Asking) -> list[MemberView]:
    """List the members by name."""
    return [MemberView.of(each) for each in await behind.members.all(actor)]


@router.post("/users/role", responses=problems(409))
async def change_role(behind: Behind, actor: Asking, asked: RoleAsked) -> MemberView:
    """Give a member another role."""
    return MemberView.of(await behind.members.change_role(actor, UserId(asked.user_id), asked.role))


@router.post("/users/remove", status_code=204, responses=problems(409))
async def remove(behind: Behind, actor: Asking, asked: MemberAsked) -> None:
    """Remove a member who owns nothing. For the others, propose it."""
    await behind.members.remove(actor, UserId(asked.user_id))


@router.post("/users/remove/propose", responses=problems(409))
async def propose_removal(behind: Behind, actor: Asking, asked: MemberAsked) -> ChangeView:
    """Propose to remove a member and to take over what they own."""
    return ChangeView.of(await behind.changes.propose_removal(actor, UserId(asked.user_id)))


@router.post("/users/invite", status_code=201, responses=problems(409))
async def invite(behind: Behind, actor: Asking, asked: NewInvitationAsked) -> InvitedView:
    """Invite an address. Again for the same one: an earlier link stops working."""
    await behind.limits.count("invite", actor.user_id, PER_PERSON)
    return InvitedView.of(await behind.invitations.invite(actor, asked.email, asked.role))


@router.get("/invitations/list")
async def invitations(behind: Behind, actor: Asking) -> list[InvitationView]:
    """List the open invitations, the newest first."""
    return [InvitationView.of(each) for each in await behind.invitations.all(actor)]


@router.post("/invitations/link", responses=problems(409))
async def link(behind: Behind, actor: Asking, asked: InvitationAsked) -> LinkView:
    """Give the link of an invitation, to copy it again."""
    return LinkView(link=await behind.invitations.link(actor, asked.invitation_id))


@router.post("/invitations/revoke", status_code=204, responses=problems(409))
async def revoke(behind: Behind, actor: Asking, asked: InvitationAsked) -> None:
    """Take an invitation back."""
    await behind.invitations.revoke(actor, asked.invitation_id)


@router.get("/user/config")
async def working_hours(behind: Behind, actor: Asking) -> WorkingHoursView:
    """Tell when one works in this workspace."""
    return WorkingHoursView.of(await behind.profile.working_hours(actor))


@router.post("/user/config")
async def save_working_hours(
    behind: Behind, actor: Asking, asked: WorkingHoursAsked
) -> WorkingHoursView:
    """Change when one works in this workspace."""
    hours = WorkingHours(weekdays=tuple(asked.weekdays), opens=asked.opens, closes=asked.closes)
    return WorkingHoursView.of(await behind.profile.save_working_hours(actor, hours))
