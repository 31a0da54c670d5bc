"""The page behind the link of an invitation. The link shows who asks, and gives nothing."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qrev.accounts.invitations import Invitations
from qrev.accounts.models import Invitation, Role
from qrev.chat.door import Door
from qrev.chat.pages import Pages
from qrev.kit.errors import NotFound, NotSignedIn

PATH = "/invitation"
OVER = (
    "This invitation is over: it was answered, withdrawn or renewed, or it is older than 14 days. "
    "Ask whoever invited you for a new one."
)
ON = '<a class="qrev-button qrev-primary" href="/">Go to QRev</a>'
FOR_ANOTHER = """<p>This invitation is for <strong>{email}</strong>, and you are signed in as
{mine}. Sign out, then open the link again and sign in with that address.</p>
<form method="post" action="/logout"><button class="qrev-button qrev-primary">Sign out</button>
</form>"""
INVITED = """<p>{name} invites <strong>{email}</strong> to the workspace <strong>{account}</strong>,
as {role}. Sign in with that very address to answer.</p>"""


class Invited:
    def __init__(self, *, invitations: Invitations, door: Door, pages: Pages) -> None:
        self._invitations = invitations
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        return [Route(PATH, self._page, methods=["GET"])]

    async def _page(self, request: Request) -> Response:
        try:
            invitation = await self._invitations.read_link(request.query_params.get("t", ""))
        except NotFound:
            return self._pages.only(OVER, status=404, body=ON)
        mine = await self._mine(request)
        if mine == invitation.email:
            return RedirectResponse("/", 303)  # the chat asks for the answer
        if mine:
            facts = {"email": html.escape(invitation.email), "mine": html.escape(mine)}
            return self._pages.only("", status=403, body=FOR_ANOTHER.format(**facts))
        return self._pages.login(lead=_words(invitation))

    async def _mine(self, request: Request) -> str:
        """Return the address of who is signed in, "" for nobody."""
        try:
            return (await self._door.browser(request)).email
        except NotSignedIn:
            return ""


def _words(invitation: Invitation) -> str:
    facts = {
        "name": invitation.invited_by_name,
        "email": invitation.email,
        "account": invitation.account_name,
        "role": f"an {invitation.role}"
        if invitation.role is Role.ADMIN
        else f"a {invitation.role}",
    }
    return INVITED.format(**{key: html.escape(value) for key, value in facts.items()})
