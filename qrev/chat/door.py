"""Who is at the other end: asked of the session behind the cookie at every request and press."""

from __future__ import annotations

from contextvars import ContextVar
from urllib.parse import urlsplit

from chainlit.auth.cookie import clear_auth_cookie
from chainlit.context import ChainlitContextException, context
from chainlit.server import sio
from chainlit.session import WebsocketSession, ws_sessions_id
from chainlit.user import PersistedUser
from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from qrev.accounts.models import AccountId, Actor, Begun, SessionId, Who
from qrev.accounts.sessions import Sessions
from qrev.chat.cookie import put_cookie, session_in, session_of
from qrev.kit.errors import NotSignedIn
from qrev.kit.requests import FOREIGN, SAFE, address_of

# Who asks in this request, for those who are not told: Chainlit's routes ask us by thread alone.
_asking: ContextVar[Who | None] = ContextVar("asking", default=None)


class Door:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def who(self, token: str | None, *, address: str = "") -> Who:
        """Return whose cookie this is, as they are now. Raises NotSignedIn."""
        session_id = session_in(token)
        if session_id is None:
            raise NotSignedIn
        return await self._sessions.who(session_id, address=address)

    async def browser(self, request: Request) -> Who:
        """Return whose browser asks. Raises NotSignedIn."""
        session_id = session_of(request.cookies)
        if session_id is None:
            raise NotSignedIn
        return await self._sessions.who(session_id, address=address_of(request))

    async def begin(self, request: Request, response: Response, begun: Begun) -> None:
        """Sign a browser in. Whatever session it had before ends: none is carried over."""
        before = session_of(request.cookies)
        if before is not None:
            await self._end(before)
        put_cookie(request, response, begun)

    async def end(self, request: Request, response: Response) -> None:
        """Sign a browser out: its session ends, its cookie goes and its sockets are closed."""
        clear_auth_cookie(request, response)
        if (session_id := session_of(request.cookies)) is not None:
            await self._end(session_id)

    async def end_everywhere(self, request: Request, response: Response) -> int:
        """Sign a user out on every device. Return on how many. Raises NotSignedIn."""
        who = await self.browser(request)
        ended = await self._sessions.end_all(who)
        clear_auth_cookie(request, response)
        for session in list(ws_sessions_id.values()):
            if session.user is not None and session.user.identifier == who.email:
                await sio.disconnect(session.socket_id)
        return ended

    async def may_see(self, session: WebsocketSession, account_id: AccountId) -> bool:
        """Return whether a tab is still that of a member who works in this account."""
        try:
            who = await self.who(session.token)
        except NotSignedIn:
            return False
        return isinstance(who, Actor) and who.account_id == account_id

    # --- for Chainlit

    async def user_of_request(self, request: Request) -> PersistedUser:
        """Return the user Chainlit's routes answer to. Raises HTTPException."""
        if request.method not in SAFE and not is_from_our_own_page(request):
            raise HTTPException(403, FOREIGN)
        try:
            who = await self.browser(request)
        except NotSignedIn as error:
            raise HTTPException(401, str(error)) from error
        _asking.set(who)
        return _user(who)

    async def user_of_token(self, token: str) -> PersistedUser | None:
        """Return the user a socket is opened for, None for nobody."""
        try:
            who = await self.who(token)
        except NotSignedIn:
            return None
        _asking.set(who)
        return _user(who)

    async def account_of_asking(self) -> AccountId | None:
        """Return the account whoever asks now works in, None for those in none."""
        token = _token()
        try:
            who = await self.who(token) if token else _asking.get()
        except NotSignedIn:
            return None
        return who.account_id if isinstance(who, Actor) else None

    async def _end(self, session_id: SessionId) -> None:
        await self._sessions.end(session_id)
        for session in list(ws_sessions_id.values()):
            if session_in(session.token) == session_id:
                await sio.disconnect(session.socket_id)


def _token() -> str | None:
    """Return the token of the socket that something comes by, None for a request."""
    try:
        session = context.session
    except ChainlitContextException:
        return None
    return session.token if isinstance(session, WebsocketSession) else None


def is_from_our_own_page(request: Request) -> bool:
    """Return whether no page of another origin sent this. Browsers say so, programs need not."""
    origin = request.headers.get("origin")
    return not origin or urlsplit(origin).netloc == request.headers.get("host")


def device_of(request: Request) -> str:
    """Return what the browser calls itself."""
    return request.headers.get("user-agent", "")[:200]


def _user(who: Who) -> PersistedUser:
    # Nothing more: the page can read all of it.
    return PersistedUser(id=who.user_id, createdAt="", identifier=who.email, display_name=who.name)
