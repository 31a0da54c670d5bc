"""What mail leaves by, as the settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qrev.campaigns.hearing.ports import Letters
from qrev.campaigns.mailboxes import FirstMailbox
from qrev.campaigns.ports import Channel
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.integrations.outbox.inbox import LocalInbox
from qrev.integrations.smtp.channel import SmtpChannel
from qrev.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """`reaching` are those of `every` whose mail leaves this machine, `letters` who is heard."""

    outbox: LocalOutbox
    every: Mapping[str, Channel]
    reaching: Mapping[str, Channel]
    letters: Mapping[str, Letters]


def channels_of(settings: Settings) -> Channels:
    """Return every channel by the name a Mailbox has for it."""
    outbox = LocalOutbox(settings.data_dir / "outbox")
    reaching: dict[str, Channel] = {}
    if url := settings.smtp_url.get_secret_value():
        reaching["smtp"] = SmtpChannel(url)
    letters: dict[str, Letters] = {"outbox": LocalInbox(settings.data_dir / "inbox")}
    return Channels(
        outbox=outbox, every={"outbox": outbox, **reaching}, reaching=reaching, letters=letters
    )


def first_mailbox(settings: Settings) -> FirstMailbox:
    """Return what a workspace without a mailbox sends from."""
    if not settings.smtp_url.get_secret_value():
        return FirstMailbox()
    return FirstMailbox(channel="smtp", email=settings.smtp_from, is_warmed=settings.smtp_warmed)
