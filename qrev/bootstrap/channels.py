"""What mail leaves by, as the settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qrev.campaigns.delivery import Settling
from qrev.campaigns.mailboxes import FirstMailbox
from qrev.campaigns.ports import Channel
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.integrations.smtp.channel import SmtpChannel
from qrev.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """`reaching` are those of `every` whose mail leaves this machine."""

    outbox: LocalOutbox
    every: Mapping[str, Channel]
    reaching: Mapping[str, Channel]
    witnesses: Mapping[str, Settling]  # which of them can say afterwards what they sent


def channels_of(settings: Settings) -> Channels:
    """Return every channel by the name a Mailbox has for it."""
    outbox = LocalOutbox(settings.data_dir / "outbox")
    reaching: dict[str, Channel] = {}
    if url := settings.smtp_url.get_secret_value():
        reaching["smtp"] = SmtpChannel(url)
    return Channels(
        outbox=outbox,
        every={"outbox": outbox, **reaching},
        reaching=reaching,
        witnesses={"outbox": outbox},
    )


def first_mailbox(settings: Settings) -> FirstMailbox:
    """Return what a workspace without a mailbox sends from."""
    if not settings.smtp_url.get_secret_value():
        return FirstMailbox()
    return FirstMailbox(channel="smtp", email=settings.smtp_from, is_warmed=settings.smtp_warmed)
