"""Mailboxes in the hands of members: connected, tried, paused, set going again, taken away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from qrev.accounts.audit import Audit
from qrev.accounts.grant import GrantState
from qrev.accounts.models import Account, Actor, UserId
from qrev.campaigns.logins import Logins, Security, SmtpLogin
from qrev.campaigns.mailbox_health import WEEK, Health, health_of
from qrev.campaigns.mailbox_ports import LoginCheck, MailboxMails, MailboxRecords, MailGrants
from qrev.campaigns.mailboxes import DEFAULT_CAP
from qrev.campaigns.models import LATE, Mailbox
from qrev.campaigns.ports import Channel, Mailboxes, MailboxRefused, Outbox, SendError
from qrev.campaigns.trial_mail import a_trial_mail
from qrev.crm.addresses import normalised
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.ids import stable_id

HELD = timedelta(days=3650)  # until somebody sets it going again
SURELY_HELD = timedelta(days=365)  # beyond it, a mail waits for its mailbox and for nothing else
TEST_WITHIN = 25.0  # seconds; somebody is looking at a button
MAX_NAME, MAX_SIGNATURE = 100, 1000
PAUSED = "a member paused it"
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
WORDS = ("name", "reply_to", "signature")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpWish:
    """A mailbox to be connected by a mail server of its own."""

    email: str
    name: str
    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What stands in a mailbox's mails. None leaves it as it is."""

    name: str | None = None
    reply_to: str | None = None
    signature: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """A mailbox with what is to be known of it."""

    mailbox: Mailbox
    health: Health
    waiting: int  # mails still to leave from it
    may_change: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxStores:
    """What is kept about mailboxes and their mails."""

    mailboxes: Mailboxes
    records: MailboxRecords
    mails: MailboxMails
    outbox: Outbox
    logins: Logins


@dataclass(frozen=True, kw_only=True, slots=True)
class AtProviders:
    """What is outside: how letters leave, and what members let us do. No `grants`: no Google."""

    channels: Mapping[str, Channel]
    login_check: LoginCheck
    grants: MailGrants | None
    needed: Collection[str]  # of a grant, to send and to read the answers


class Connecting:
    def __init__(
        self, *, stores: MailboxStores, outside: AtProviders, audit: Audit, clock: Clock
    ) -> None:
        self._mailboxes = stores.mailboxes
        self._records = stores.records
        self._mails = stores.mails
        self._outbox = stores.outbox
        self._logins = stores.logins
        self._outside = outside
        self._audit = audit
        self._clock = clock

    @property
    def has_google(self) -> bool:
        return self._outside.grants is not None

    async def all(self, actor: Actor) -> list[Looked]:
        """Return the workspace's mailboxes by address, each with how it is doing."""
        mailboxes = await self._mailboxes.of_account(actor.account_id)
        now = self._clock()
        attempts = await self._mails.attempts(actor.account_id, since=now - WEEK)
        waiting = await self._mails.waiting(actor.account_id)
        return [
            Looked(
                mailbox=mailbox,
                health=health_of(mailbox, attempts, now),
                waiting=waiting.get(mailbox.id, 0),
                may_change=_is_theirs(actor, mailbox),
            )
            for mailbox in mailboxes
        ]

    async def get(self, actor: Actor, mailbox_id: str) -> Mailbox:
        """Return a mailbox of the workspace. Raises NotFound."""
        found = await self._mailboxes.of_account(actor.account_id)
        mailbox = next((each for each in found if each.id == mailbox_id), None)
        if mailbox is None:
            raise NotFound("We could not find that mailbox.")
        return mailbox

    async def connect_smtp(self, actor: Actor, account: Account, wish: SmtpWish) -> Mailbox:
        """Connect a mailbox by a mail server, or give one that is connected another login.

        It is tried first. Raises InvalidInput by name for what cannot be, Conflict with the
        server's words for a login that does not work.
        """
        actor.must_be_able_to_change()
        login = _login(wish)
        email = _address("Address", wish.email)
        try:
            await self._outside.login_check.check(login)
        except SendError as error:
            raise Conflict(f"Nothing was kept: {error}.") from error
        mailbox = await self._added(actor, account, email, wish.name, "smtp")
        await self._logins.keep(actor.account_id, mailbox.id, login)
        connected = replace(
            mailbox, channel="smtp", login_version=mailbox.login_version + 1, owner_id=actor.user_id
        )
        return await self._going(actor, connected, ("channel", "login_version", "owner_id"))

    async def connect_google(self, actor: Actor, account: Account) -> Mailbox:
        """Connect one's own Gmail by what was allowed at the sign-in.

        Raises Conflict when that is not enough: it has to be allowed first.
        """
        actor.must_be_able_to_change()
        email = await self._granted(actor.user_id)
        mailbox = await self._added(actor, account, email, actor.name, "gmail")
        connected = replace(mailbox, channel="gmail", owner_id=actor.user_id)
        return await self._going(actor, connected, ("channel", "owner_id"))

    async def say(self, actor: Actor, mailbox_id: str, words: Words) -> Mailbox:
        """Set the name, the address for answers and the signature of every later mail.

        Raises InvalidInput by name.
        """
        mailbox = await self._theirs(actor, mailbox_id)
        changed = replace(mailbox, **_checked(words))
        if changed == mailbox:
            return mailbox
        await self._records.set(actor.account_id, changed, WORDS)
        await self._log(actor, "mailbox.worded", changed, before=mailbox)
        return changed

    async def try_out(self, actor: Actor, mailbox_id: str) -> str:
        """Send a mail to oneself. Return the address. Raises Conflict with the provider's words."""
        actor.must_be_able_to_change()
        mailbox = await self.get(actor, mailbox_id)
        channel = self._outside.channels.get(mailbox.channel)
        if channel is None:
            raise Conflict("Its way of sending is not set up here.")
        try:
            letter = a_trial_mail(mailbox, to=actor.email, now=self._clock())
            async with asyncio.timeout(TEST_WITHIN):
                await channel.send(mailbox, letter)
        except TimeoutError as error:
            raise Conflict(f"No answer within {TEST_WITHIN:.0f} seconds. Try again.") from error
        except MailboxRefused as error:
            await self._hold(mailbox, str(error))
            raise Conflict(f"{mailbox.email} is paused: {error}.") from error
        except SendError as error:
            raise Conflict(f"The test mail did not leave: {error}.") from error
        return actor.email

    async def pause(self, actor: Actor, mailbox_id: str) -> Mailbox:
        """Have nothing leave from it until it is set going again."""
        mailbox = await self._theirs(actor, mailbox_id)
        if not mailbox.is_paused:
            await self._hold(mailbox, PAUSED)
            await self._log(actor, "mailbox.paused", mailbox)
        return await self.get(actor, mailbox_id)

    async def resume(self, actor: Actor, mailbox_id: str) -> tuple[Mailbox, int]:
        """Set it going again. Return it and how many mails waited for that.

        What should have left meanwhile is planned anew, as after an outage: never in a burst.
        Raises Conflict for a Gmail that has to be connected again.
        """
        mailbox = await self._theirs(actor, mailbox_id)
        if mailbox.channel == "gmail":
            await self._granted(mailbox.owner_id or actor.user_id)
        released = await self._set_going(mailbox)
        await self._log(actor, "mailbox.resumed", mailbox)
        return await self.get(actor, mailbox_id), released

    async def remove(self, actor: Actor, mailbox_id: str) -> None:
        """Take a mailbox away, with its login. Raises Conflict while mails are to leave from it."""
        mailbox = await self._theirs(actor, mailbox_id)
        if count := (await self._mails.waiting(actor.account_id)).get(mailbox.id, 0):
            mails = "1 mail is" if count == 1 else f"{count:,} mails are"
            raise Conflict(f"{mails} still to leave from it. Stop their campaigns first.")
        await self._records.remove(actor.account_id, mailbox.id)
        await self._logins.forget(actor.account_id, mailbox.id)
        await self._log(actor, "mailbox.removed", mailbox)

    async def _theirs(self, actor: Actor, mailbox_id: str) -> Mailbox:
        actor.must_be_able_to_change()
        mailbox = await self.get(actor, mailbox_id)
        if not _is_theirs(actor, mailbox):
            raise NotAllowed("Only who connected it, an owner or an admin may change a mailbox.")
        return mailbox

    async def _added(
        self, actor: Actor, account: Account, email: str, name: str, channel: str
    ) -> Mailbox:
        """Return the mailbox of that address, a new one if there is none."""
        mailbox_id = stable_id("mbx", actor.account_id, email)
        new = Mailbox(
            id=mailbox_id,
            account_id=actor.account_id,
            email=email,
            name=_one_line("Name", name, MAX_NAME),
            channel=channel,
            timezone=account.timezone,
            cap=DEFAULT_CAP,
            ramp_started_on=self._clock().date(),
            owner_id=actor.user_id,
        )
        if await self._mailboxes.add_if_new(new):
            return new
        return await self._theirs(actor, mailbox_id)

    async def _going(self, actor: Actor, mailbox: Mailbox, names: tuple[str, ...]) -> Mailbox:
        await self._records.set(actor.account_id, mailbox, names)
        await self._set_going(mailbox)
        await self._log(actor, "mailbox.added", mailbox)
        return await self.get(actor, mailbox.id)

    async def _set_going(self, mailbox: Mailbox) -> int:
        """The mailbox first: a mail that is let go before would be held again at once."""
        going = replace(mailbox, is_paused=False, paused_reason="")
        await self._records.set(mailbox.account_id, going, ("is_paused", "paused_reason"))
        now = self._clock()
        return await self._mails.release(
            mailbox.account_id, mailbox.id, held_beyond=now + SURELY_HELD, until=now - LATE
        )

    async def _hold(self, mailbox: Mailbox, why: str) -> None:
        await self._mailboxes.pause(mailbox.account_id, mailbox.id, why)
        await self._outbox.hold_mailbox(mailbox.account_id, mailbox.id, until=self._clock() + HELD)

    async def _granted(self, user_id: UserId) -> str:
        """Return the address of the Gmail that a member lets us use. Raises Conflict."""
        if self._outside.grants is None:
            raise Conflict("Google is not set up here. Connect the mailbox by its mail server.")
        status = await self._outside.grants.status(user_id, self._outside.needed)
        if status.state is not GrantState.GOOD:
            raise Conflict(
                "Google does not let us send from it. Whose Gmail it is has to allow both reading "
                "and sending."
            )
        return status.email

    async def _log(
        self, actor: Actor, action: str, mailbox: Mailbox, *, before: Mailbox | None = None
    ) -> None:
        was = {} if before is None else {"email": before.email, **_said(before)}
        is_worded = before is not None
        now = {"email": mailbox.email, **(_said(mailbox) if is_worded else {})}
        await self._audit.record(actor, action, mailbox.id, before=was, after=now)


def _is_theirs(actor: Actor, mailbox: Mailbox) -> bool:
    return actor.may_manage or (actor.may_change and mailbox.owner_id == actor.user_id)


def _said(mailbox: Mailbox) -> dict[str, object]:
    return {name: getattr(mailbox, name) for name in WORDS}


def _checked(words: Words) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    if words.name is not None:
        checked["name"] = _one_line("Name", words.name, MAX_NAME)
    if words.reply_to is not None:
        reply_to = words.reply_to.strip()
        checked["reply_to"] = _address("Answers to", reply_to) if reply_to else ""
    if words.signature is not None:
        if len(words.signature) > MAX_SIGNATURE:
            raise InvalidInput(f"Signature: at most {MAX_SIGNATURE:,} letters.")
        checked["signature"] = words.signature.replace("\r\n", "\n").strip()
    return checked


def _login(wish: SmtpWish) -> SmtpLogin:
    host = wish.host.strip().lower()
    if not HOST.fullmatch(host):
        raise InvalidInput("Server: write its name, like smtp.example.com.")
    if not 1 <= wish.port <= 65535:
        raise InvalidInput("Port: a number, usually 587 or 465.")
    if not wish.user.strip() or not wish.password:
        raise InvalidInput("Sign-in: a user name and a password are needed.")
    return SmtpLogin(
        host=host,
        port=wish.port,
        security=wish.security,
        user=wish.user.strip(),
        password=wish.password,
    )


def _one_line(what: str, text: str, most: int) -> str:
    line = " ".join(text.split())
    if len(line) > most or not line.isprintable():
        raise InvalidInput(f"{what}: at most {most} letters, in one line.")
    return line


def _address(what: str, text: str) -> str:
    found = normalised(text)
    if found is None:
        raise InvalidInput(f"{what}: “{text[:60]}” is no mail address.")
    return found
