"""Tokens: getting them, renewing them, ending them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from qrev.accounts.models import SessionId, Who
from qrev.api.asked import LogoutAsked, RefreshAsked, SessionAsked
from qrev.api.documents import PUBLIC, USUAL, problems
from qrev.api.door import Anyone, AtTheDoor, Browser
from qrev.api.house import Behind
from qrev.api.views import SessionView, TokensView
from qrev.kit.errors import NotAllowed
from qrev.kit.requests import address_of

router = APIRouter(prefix="/auth", tags=["auth"])
NO_SESSION = "An API key has no session. Revoke the key instead."


@router.post("/ex/tokens", responses=USUAL)
async def exchange(behind: Behind, who: Browser) -> TokensView:
    """Give a browser that is signed in a pair of tokens for a program on that device."""
    return TokensView.of(await behind.sessions.issue(_session_of(who)))


@router.post("/refresh", responses=PUBLIC | problems(401))
async def refresh(
    behind: Behind, door: AtTheDoor, request: Request, asked: RefreshAsked
) -> TokensView:
    """Give the next pair. A refresh token that was used before ends its session."""
    async with door.counting_guesses(request):
        tokens = await behind.sessions.refresh(asked.refresh_token, address=address_of(request))
    return TokensView.of(tokens)


@router.post("/logout", status_code=204, responses=USUAL)
async def logout(behind: Behind, who: Anyone, asked: LogoutAsked | None = None) -> None:
    """End this session, or every one of this user."""
    session_id = _session_of(who)
    if asked is not None and asked.everywhere:
        await behind.sessions.end_all(who)
    else:
        await behind.sessions.end(session_id)


@router.get("/sessions/list", responses=USUAL)
async def sessions(behind: Behind, who: Anyone) -> list[SessionView]:
    """List the devices that are signed in, the latest first."""
    return [
        SessionView.of(session, is_this=session.id == who.session_id)
        for session in await behind.sessions.list(who)
    ]


@router.post("/sessions/end", status_code=204, responses=USUAL | problems(404))
async def end_session(behind: Behind, who: Anyone, asked: SessionAsked) -> None:
    """Sign another device of the same user out."""
    _session_of(who)
    await behind.sessions.end_other(who, SessionId(asked.session_id))


def _session_of(who: Who) -> SessionId:
    if who.session_id is None:
        raise NotAllowed(NO_SESSION)
    return who.session_id
