"""What the card of the mailboxes can ask. Each change answers with all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from qrev.accounts.models import Actor
from qrev.accounts.service import Accounts
from qrev.assistant import mailboxes_cards as asked
from qrev.assistant.mailboxes_cards import (
    FindingRow,
    MailboxDomainView,
    MailboxesView,
    MailboxRow,
)
from qrev.campaigns.connecting import Connecting, Looked, SmtpWish, Words
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.mailboxes import MailboxDesk
from qrev.campaigns.planning import Rules
from qrev.campaigns.planning.calendar import daily_cap
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.rulebook import Rulebooks, rules_of
from qrev.campaigns.sender_domains import DomainChecks
from qrev.campaigns.senders import SenderChange, Senders
from qrev.kit.clock import Clock

KINDS: dict[str, Literal["gmail", "smtp", "outbox"]] = {"gmail": "gmail", "smtp": "smtp"}


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutMailboxes:
    """The services behind the card."""

    connecting: Connecting
    senders: Senders
    first: MailboxDesk  # makes the first mailbox of a workspace
    domains: DomainChecks
    rulebooks: Rulebooks


class MailboxesDesk:
    def __init__(self, *, accounts: Accounts, about: AboutMailboxes, clock: Clock) -> None:
        self._accounts = accounts
        self._about = about
        self._connecting = about.connecting
        self._clock = clock

    async def mailboxes_get(self, actor: Actor, ask: asked.MailboxesAsked) -> MailboxesView:
        """Return the mailboxes by address, each with how it is doing."""
        return await self._view(actor)

    async def connect_smtp(self, actor: Actor, ask: asked.MailboxSmtpAsked) -> MailboxesView:
        """Connect one by its mail server, or give it another password. It is tried first."""
        wish = SmtpWish(
            email=ask.email,
            name=ask.name or actor.name,
            host=ask.host,
            port=ask.port,
            security=ask.security,
            user=ask.user,
            password=ask.password.get_secret_value(),
        )
        account = await self._accounts.account(actor)
        mailbox = await self._connecting.connect_smtp(actor, account, wish)
        return await self._view(actor, f"{mailbox.email} is connected. Send yourself a test mail.")

    async def connect_google(self, actor: Actor, ask: asked.MailboxesAsked) -> MailboxesView:
        """Connect one's own Gmail by what was allowed at the sign-in."""
        account = await self._accounts.account(actor)
        mailbox = await self._connecting.connect_google(actor, account)
        return await self._view(actor, f"{mailbox.email} is connected. Send yourself a test mail.")

    async def save(self, actor: Actor, ask: asked.MailboxSaveAsked) -> MailboxesView:
        """Set what stands in its mails, and how many a day it sends."""
        words = Words(name=ask.name, reply_to=ask.reply_to, signature=ask.signature)
        mailbox = await self._connecting.say(actor, ask.mailbox_id, words)
        if ask.cap is not None or ask.is_warmed is not None:
            change = SenderChange(cap=ask.cap, is_warmed=ask.is_warmed)
            await self._about.senders.change(actor, ask.mailbox_id, change)
        return await self._view(actor, f"{mailbox.email} is saved.")

    async def try_out(self, actor: Actor, ask: asked.MailboxAsked) -> MailboxesView:
        """Send a test mail to oneself."""
        address = await self._connecting.try_out(actor, ask.mailbox_id)
        said = f"The test mail to {address} left. Look whether it is in your inbox, not in spam."
        return await self._view(actor, said)

    async def pause(self, actor: Actor, ask: asked.MailboxAsked) -> MailboxesView:
        """Have nothing leave from it."""
        mailbox = await self._connecting.pause(actor, ask.mailbox_id)
        return await self._view(actor, f"{mailbox.email} is paused. Its mails wait.")

    async def resume(self, actor: Actor, ask: asked.MailboxAsked) -> MailboxesView:
        """Set it going again."""
        mailbox, count = await self._connecting.resume(actor, ask.mailbox_id)
        waited = {0: "No mail waited for it.", 1: "1 mail waited for it."}
        more = waited.get(count, f"{count:,} mails waited for it.")
        late = " What is late gets the next free minutes." if count else ""
        return await self._view(actor, f"{mailbox.email} sends again. {more}{late}")

    async def remove(self, actor: Actor, ask: asked.MailboxAsked) -> MailboxesView:
        """Take it away, with its password."""
        mailbox = await self._connecting.get(actor, ask.mailbox_id)
        await self._connecting.remove(actor, ask.mailbox_id)
        return await self._view(actor, f"{mailbox.email} is gone from here, and its password.")

    async def domain(self, actor: Actor, ask: asked.MailboxAsked) -> MailboxDomainView:
        """Look what receivers can see of its domain."""
        mailbox = await self._connecting.get(actor, ask.mailbox_id)
        findings = await self._about.domains.check(mailbox)
        return MailboxDomainView(
            domain=mailbox.email.rpartition("@")[2],
            findings=[
                FindingRow(name=f.name, state=f.state, words=f.words, advice=f.advice)
                for f in findings
            ],
        )

    async def _view(self, actor: Actor, said: str = "") -> MailboxesView:
        account = await self._accounts.account(actor)
        await self._about.first.all(actor, account)
        rules = rules_of(account.timezone, await self._about.rulebooks.get(actor.account_id))
        return MailboxesView(
            rows=[self._row(actor, each, rules) for each in await self._connecting.all(actor)],
            me=actor.email,
            has_google=self._connecting.has_google,
            may_connect=actor.may_change,
            may_set_caps=actor.may_manage,
            said=said,
        )

    def _row(self, actor: Actor, looked: Looked, rules: Rules) -> MailboxRow:
        mailbox, health = looked.mailbox, looked.health
        zone = zone_named(mailbox.timezone) or ZoneInfo("UTC")
        today = self._clock().astimezone(zone).toordinal()
        return MailboxRow(
            id=mailbox.id,
            email=mailbox.email,
            name=mailbox.name,
            kind=KINDS.get(mailbox.channel, "outbox"),
            reply_to=mailbox.reply_to,
            signature=mailbox.signature,
            cap=mailbox.cap,
            today=daily_cap(planner_mailbox(mailbox), rules, today),
            is_warmed=mailbox.ramp_started_on is None,
            is_paused=mailbox.is_paused,
            paused_reason=mailbox.paused_reason,
            sent_today=health.sent_today,
            sent_week=health.sent_week,
            refused_today=health.refused_today,
            refused_week=health.refused_week,
            unknown_week=health.unknown_week,
            waiting=looked.waiting,
            trouble=health.last_error,
            trouble_at=health.last_error_at,
            is_mine=mailbox.owner_id == actor.user_id,
            may_change=looked.may_change,
            has_own_server=mailbox.login_version > 0,
        )
