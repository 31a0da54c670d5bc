"""What mail leaves by, as the settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.campaigns.delivery import Settling
from qrev.campaigns.hearing.ports import Letters
from qrev.campaigns.logins import Logins
from qrev.campaigns.mailboxes import FirstMailbox
from qrev.campaigns.ports import Channel
from qrev.campaigns.store.logins import MongoLoginBook
from qrev.integrations.google.gmail import GmailChannel, Tokens
from qrev.integrations.google.gmail_letters import GmailLetters
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.integrations.outbox.inbox import LocalInbox
from qrev.integrations.smtp.channel import SmtpChannel
from qrev.integrations.smtp.reaching import is_public
from qrev.kit.clock import Clock
from qrev.kit.crypto import Vault
from qrev.kit.mongo import Document
from qrev.settings import LOOPBACK, Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """`reaching` are those of `every` whose mail leaves this machine, `settling` those that can
    be asked what became of a mail, `letters` those that are listened to.
    """

    outbox: LocalOutbox
    every: Mapping[str, Channel]
    reaching: Mapping[str, Channel]
    letters: Mapping[str, Letters]
    settling: Mapping[str, Settling]
    smtp: SmtpChannel

    async def close(self) -> None:
        """End what is kept open between letters."""
        await self.smtp.close()


def channels_of(
    settings: Settings, *, logins: Logins, tokens: Tokens | None, clock: Clock
) -> Channels:
    """Return every channel by the name a Mailbox has for it. No `tokens`: there is no Google."""
    outbox = LocalOutbox(settings.data_dir / "outbox")
    smtp = SmtpChannel(
        settings.smtp_url.get_secret_value(),
        servers=logins,
        # Whoever can reach us from elsewhere may not reach our own network through us.
        allows=None if settings.host in LOOPBACK else is_public,
    )
    reaching: dict[str, Channel] = {"smtp": smtp}
    settling: dict[str, Settling] = {"outbox": outbox}
    letters: dict[str, Letters] = {"outbox": LocalInbox(settings.data_dir / "inbox")}
    if tokens is not None:
        gmail = GmailChannel(settings.gmail_url, tokens, clock=clock)
        reaching["gmail"] = settling["gmail"] = gmail
        letters["gmail"] = GmailLetters(settings.gmail_url, tokens)
    return Channels(
        outbox=outbox,
        every={"outbox": outbox, **reaching},
        reaching=reaching,
        letters=letters,
        settling=settling,
        smtp=smtp,
    )


def logins_of(settings: Settings, db: AsyncDatabase[Document]) -> Logins:
    """Wire how mailboxes sign in to servers of their own."""
    return Logins(logins=MongoLoginBook(db), vault=Vault(settings.encryption_keys))


def first_mailbox(settings: Settings) -> FirstMailbox:
    """Return what a workspace without a mailbox sends from."""
    if not settings.smtp_url.get_secret_value():
        return FirstMailbox()
    return FirstMailbox(channel="smtp", email=settings.smtp_from, is_warmed=settings.smtp_warmed)
