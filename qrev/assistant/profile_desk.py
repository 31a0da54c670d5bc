"""What the card of oneself can ask: name and hours, picture, devices, mailbox."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from qrev.accounts.grant import GrantState, GrantStatus
from qrev.accounts.grants import Grants
from qrev.accounts.models import Actor, Session, SessionId, WorkingHours
from qrev.accounts.profile import Profile
from qrev.accounts.service import Accounts
from qrev.accounts.sessions import Sessions
from qrev.assistant import workspace_cards as shown
from qrev.kit.errors import NotFound

WITHOUT_GOOGLE = (
    "Google is not set up here: on this machine one signs in with a name and an email address, "
    "without a password, and there is no mailbox to connect."
)
WITH_GOOGLE = "You sign in with Google."
MAX_DEVICE = 60  # characters of what no one knows better how to call

# The first that fits: most browsers claim to be others as well.
BROWSERS = (
    (re.compile(r"Edg(?:e|A|iOS)?/"), "Edge"),
    (re.compile(r"OPR/|Opera"), "Opera"),
    (re.compile(r"Firefox/|FxiOS/"), "Firefox"),
    (re.compile(r"Chrome/|CriOS/"), "Chrome"),
    (re.compile(r"Safari/"), "Safari"),
)
SYSTEMS = (
    (re.compile(r"iPhone"), "iPhone"),
    (re.compile(r"iPad"), "iPad"),
    (re.compile(r"Android"), "Android"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"CrOS"), "Chromebook"),
    (re.compile(r"Mac OS X|Macintosh"), "Mac"),
    (re.compile(r"Linux"), "Linux"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GoogleHere:
    """What is asked of a mailbox, by the name Google has for it: “send mails as you”."""

    permissions: Mapping[str, str]


class ProfileDesk:
    def __init__(
        self,
        *,
        profile: Profile,
        accounts: Accounts,
        sessions: Sessions,
        grants: Grants,
        google: GoogleHere | None,
    ) -> None:
        self._profile = profile
        self._accounts = accounts
        self._sessions = sessions
        self._grants = grants
        self._google = google

    async def get(self, actor: Actor, ask: shown.NothingAsked) -> shown.ProfileView:
        """Return who the actor is, where they are signed in and whether mail is connected."""
        user = await self._profile.get(actor)
        hours = await self._profile.working_hours(actor)
        sessions = await self._sessions.list(actor)
        return shown.ProfileView(
            name=user.name,
            email=user.email,
            phone=user.phone,
            timezone=user.timezone,
            workspace=(await self._accounts.account(actor)).name,
            weekdays=list(hours.weekdays),
            opens=hours.opens,
            closes=hours.closes,
            picture=await self._picture(actor),
            devices=[device_row(each, actor.session_id) for each in sessions],
            mailbox=await self._mailbox(actor),
            sign_in=WITH_GOOGLE if self._google else WITHOUT_GOOGLE,
        )

    async def save(self, actor: Actor, ask: shown.ProfileSaveAsked) -> shown.ProfileView:
        """Keep what is given. Raises InvalidInput."""
        await self._profile.save(actor, name=ask.name, phone=ask.phone, timezone=ask.timezone)
        return await self.get(actor, shown.NothingAsked())

    async def save_hours(self, actor: Actor, ask: shown.HoursSaveAsked) -> shown.ProfileView:
        """Keep when the actor works in this workspace. Raises InvalidInput."""
        hours = WorkingHours(weekdays=tuple(ask.weekdays), opens=ask.opens, closes=ask.closes)
        await self._profile.save_working_hours(actor, hours)
        return await self.get(actor, shown.NothingAsked())

    async def end_device(self, actor: Actor, ask: shown.DeviceAsked) -> shown.ProfileView:
        """Sign another device out. Raises NotFound."""
        await self._sessions.end_other(actor, SessionId(ask.session_id))
        return await self.get(actor, shown.NothingAsked())

    async def forget_mailbox(self, actor: Actor, ask: shown.NothingAsked) -> shown.ProfileView:
        """Give back what Google lets us do. Raises Unavailable if Google could not be told."""
        await self._grants.forget(actor)
        return await self.get(actor, ask)

    async def _picture(self, actor: Actor) -> str:
        try:
            picture = await self._profile.picture(actor, actor.user_id)
        except NotFound:
            return ""
        return hashlib.sha256(picture.data).hexdigest()[:16]

    async def _mailbox(self, actor: Actor) -> shown.MailboxView | None:
        if self._google is None:
            return None
        status = await self._grants.status(actor.user_id, self._google.permissions)
        return mailbox_view(status, self._google)


def mailbox_view(status: GrantStatus, google: GoogleHere) -> shown.MailboxView:
    """Return how a mailbox is connected, in plain words."""
    given = [words for scope, words in google.permissions.items() if scope in status.scopes]
    lacking = [words for scope, words in google.permissions.items() if scope not in status.scopes]
    if status.state is GrantState.GOOD:
        words = f"QRev may {_all_of(given)}."
    elif status.state is GrantState.REVOKED:
        words = "Google does not let QRev in any more. Connect it again to go on."
    elif status.state is GrantState.MISSING:
        words = f"Connect it, and QRev may {_all_of(lacking)}. You choose what on Google's page."
    elif not lacking:
        words = "Google lets QRev in for an hour only. Connect it again to make it last."
    else:
        may = f"QRev may {_all_of(given)}, but" if given else "QRev"
        words = f"{may} may not {_all_of(lacking)}. Connect it again and allow everything."
    return shown.MailboxView(state=status.state.value, email=status.email, words=words)


def device_row(session: Session, this: SessionId | None) -> shown.DeviceRow:
    """Return a device, named as its owner would."""
    return shown.DeviceRow(
        session_id=session.id,
        name=device_name(session.device),
        title=session.device,
        address=session.address,
        seen_at=session.last_seen_at,
        is_this=session.id == this,
    )


def device_name(device: str) -> str:
    """Return “Firefox on Windows” of what a browser calls itself, as far as that can be told."""
    browser = next((name for pattern, name in BROWSERS if pattern.search(device)), "")
    system = next((name for pattern, name in SYSTEMS if pattern.search(device)), "")
    if browser and system:
        return f"{browser} on {'an ' if system.startswith('i') else ''}{system}"
    return browser or system or device[:MAX_DEVICE] or "An unknown device"


def _all_of(things: list[str]) -> str:
    return " and ".join(things)
