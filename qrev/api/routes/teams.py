"""Some members of a workspace under one name."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.accounts.models import UserId
from qrev.api.asked import (
    IdAsked,
    NewTeamAsked,
    TeamAsked,
    TeamMemberAsked,
    TeamNameAsked,
    TeamPlaceAsked,
)
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.views import TeamView

router = APIRouter(prefix="/team", tags=["teams"], responses=USUAL | problems(404))


@router.get("/list")
async def teams(behind: Behind, actor: Asking) -> list[TeamView]:
    """List the teams by name."""
    return [TeamView.of(team) for team in await behind.teams.all(actor)]


@router.get("/details")
async def details(behind: Behind, actor: Asking, team_id: IdAsked) -> TeamView:
    """Tell about one team."""
    return TeamView.of(await behind.teams.get(actor, team_id))


@router.post("/create", status_code=201, responses=problems(409))
async def create(behind: Behind, actor: Asking, asked: NewTeamAsked) -> TeamView:
    """Make a team."""
    return TeamView.of(await behind.teams.create(actor, asked.name))


@router.post("/update", responses=problems(409))
async def rename(behind: Behind, actor: Asking, asked: TeamNameAsked) -> TeamView:
    """Give a team another name."""
    return TeamView.of(await behind.teams.rename(actor, asked.team_id, asked.name))


@router.post("/delete", status_code=204, responses=problems(409))
async def delete(behind: Behind, actor: Asking, asked: TeamAsked) -> None:
    """Delete a team. Its members stay in the workspace."""
    await behind.teams.delete(actor, asked.team_id)


@router.post("/members/put", responses=problems(409))
async def put_member(behind: Behind, actor: Asking, asked: TeamPlaceAsked) -> TeamView:
    """Take a member into a team, or change what they are in it."""
    return TeamView.of(
        await behind.teams.put_member(
            actor,
            asked.team_id,
            UserId(asked.user_id),
            role=asked.role,
            is_observer=asked.is_observer,
        )
    )


@router.post("/members/remove", responses=problems(409))
async def remove_member(behind: Behind, actor: Asking, asked: TeamMemberAsked) -> TeamView:
    """Take a member out of a team."""
    return TeamView.of(
        await behind.teams.remove_member(actor, asked.team_id, UserId(asked.user_id))
    )
