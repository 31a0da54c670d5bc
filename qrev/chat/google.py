"""Signing in with Google, as the browser sees it: away to Google, and back with an answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qrev.accounts.addresses import normalised
from qrev.accounts.grants import Grants
from qrev.accounts.models import Begun, Identity, Who
from qrev.accounts.sign_in import SignIn
from qrev.bootstrap.google import GOOGLE_CALLBACK_PATH
from qrev.chat.attempts import Attempt, Attempts, NoAttempt, Why, browser_of
from qrev.chat.door import Door, device_of
from qrev.chat.pages import Pages
from qrev.integrations.google.sign_in import GoogleSignIn, SignedIn, new_secrets
from qrev.kit.errors import InvalidInput, NotAllowed, NotSignedIn, QrevError, TooMany
from qrev.kit.limits import Limit, Limits, network_of
from qrev.kit.requests import address_of, own_path

log = logging.getLogger(__name__)

START_PATH = "/login/google"
COOKIE = "qrev_sign_in"
COOKIE_LASTS = 600  # seconds, as an attempt

# Colleagues share an address, so it may do more than one person.
OF_ADDRESS = Limit(60, timedelta(minutes=10))
OF_USER = Limit(20, timedelta(minutes=10))
TOO_OFTEN = "That was too often. Wait a few minutes, then sign in again."
DENIED = (
    "Google did not tell us who you are, so you are not signed in. If that was not what you "
    "wanted, sign in again and press Continue at Google. The two permissions for mail may stay "
    "unticked."
)
NOT_AT_GOOGLE = (
    "Google could not sign you in just now. Sign in again; if it happens again, tell whoever runs "
    "this QRev."
)
ANOTHER_PERSON = (
    "You chose another Google account than the one you are signed in with, so nothing was "
    "connected. Try again and choose {email}."
)
WORDS = {
    Why.UNKNOWN: "We do not know this sign-in, or it is long over. Start again here.",
    Why.FOREIGN: (
        "This sign-in was begun in another browser, or this one keeps no cookies, so nobody was "
        "signed in. If you did not begin it yourself, close this page. Otherwise start again here."
    ),
    Why.REPLAYED: (
        "This sign-in was finished before and works only once. If you are not signed in by it, "
        "start again here."
    ),
    Why.EXPIRED: "This sign-in took longer than ten minutes, so it is over. Start again here.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """What a sign-in with Google needs."""

    google: GoogleSignIn
    sign_in: SignIn
    grants: Grants
    attempts: Attempts
    limits: Limits


class GoogleLogin:
    def __init__(self, behind: Behind, *, door: Door, pages: Pages) -> None:
        self._behind = behind
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return what stands in front of the API's and Chainlit's own routes."""
        return [
            Route(START_PATH, self._start, methods=["GET"]),
            Route(GOOGLE_CALLBACK_PATH, self._back, methods=["GET"]),
        ]

    async def _start(self, request: Request) -> Response:
        """Send the browser to Google. With `mailbox` someone signed in asks again for Gmail."""
        asked = request.query_params
        wanted = own_path(asked.get("next", "/"))
        made = new_secrets()
        try:
            await self._count(request, "google start")
            who = await self._present(request) if "mailbox" in asked else None
            url = await self._behind.google.start(
                made, must_consent=who is not None, hint=who.email if who else ""
            )
        except QrevError as error:
            return self._pages.failed(error, wanted=wanted)
        browser = browser_of(request.cookies.get(COOKIE))
        attempt = Attempt(
            made=made,
            wanted=wanted,
            timezone=asked.get("timezone", "")[:64],
            user_id=who.user_id if who else "",
        )
        await self._behind.attempts.keep(attempt, browser)
        response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
        response.set_cookie(COOKIE, browser, COOKIE_LASTS, httponly=True, samesite="lax")
        return response

    async def _back(self, request: Request) -> Response:
        """Take Google's answer, once, from the browser that was sent there."""
        asked, wanted = request.query_params, "/"
        try:
            await self._count(request, "google back")
            if "state" not in asked and "error" in asked:
                return self._said(asked["error"])
            browser = request.cookies.get(COOKIE, "")
            attempt = await self._behind.attempts.take(asked.get("state", ""), browser)
            wanted = attempt.wanted
            if "error" in asked:
                return self._said(asked["error"], wanted)
            found = await self._behind.google.finish(attempt.made, asked.get("code", ""))
            await self._behind.limits.count("google user", found.subject, OF_USER)
            response = RedirectResponse(wanted, 303, headers={"Cache-Control": "no-store"})
            if attempt.user_id:
                await self._connect(request, attempt, found)
            else:
                await self._door.begin(
                    request, response, await self._begin(request, attempt, found)
                )
        except NoAttempt as error:
            return self._pages.login(WORDS[error.why], status=403)
        except QrevError as error:
            return self._pages.failed(error, wanted=wanted)
        return response

    async def _begin(self, request: Request, attempt: Attempt, found: SignedIn) -> Begun:
        """Begin a session for who Google says it was, and keep what they allowed."""
        identity = Identity(
            email=found.email,
            name=found.name,
            subject=found.subject,
            timezone=attempt.timezone,
        )
        try:
            begun = await self._behind.sign_in.identified(
                identity, device=device_of(request), address=address_of(request)
            )
        except InvalidInput as error:
            raise NotAllowed(str(error)) from error
        await self._behind.grants.keep(begun.who, found.grant)
        return begun

    async def _connect(self, request: Request, attempt: Attempt, found: SignedIn) -> None:
        """Keep what someone who is signed in allowed. Raises NotAllowed for anyone else's."""
        who = await self._door.browser(request)
        if who.user_id != attempt.user_id or who.email != normalised(found.email):
            raise NotAllowed(ANOTHER_PERSON.format(email=who.email))
        await self._behind.sign_in.recognise(who, found.subject)
        await self._behind.grants.keep(who, found.grant)

    async def _present(self, request: Request) -> Who | None:
        try:
            return await self._door.browser(request)
        except NotSignedIn:
            return None

    async def _count(self, request: Request, deed: str) -> None:
        try:
            await self._behind.limits.count(deed, network_of(address_of(request)), OF_ADDRESS)
        except TooMany as error:
            log.warning("an address tries %s too often", deed)
            raise TooMany(TOO_OFTEN, retry_after=error.retry_after) from error

    def _said(self, code: str, wanted: str = "/") -> Response:
        """Return the page for an error that Google sent along (RFC 6749, 4.1.2.1)."""
        words = DENIED if code == "access_denied" else NOT_AT_GOOGLE
        return self._pages.login(words, status=403, wanted=wanted)
