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
    """`reaching` are those of `every` whose mail leaves this machine, `settling` those that can
    be asked what became of a mail.
    """

    outbox: LocalOutbox
    every: Mapping[str, Channel]
    reaching: Mapping[str, Channel]
    settling: Mapping[str, Settling]
    smtp: SmtpChannel | None = None

    async def close(self) -> None:
        """End what is kept open between letters."""
        if self.smtp is not None:
            await self.smtp.close()


def channels_of(settings: Settings) -> Channels:
    """Return every channel by the name a Mailbox has for it."""
    outbox = LocalOutbox(settings.data_dir / "outbox")
    reaching: dict[str, Channel] = {}
    smtp = None
    if url := settings.smtp_url.get_secret_value():
        reaching["smtp"] = smtp = SmtpChannel(url)
    return Channels(
        outbox=outbox,
        every={"outbox": outbox, **reaching},
        reaching=reaching,
        settling={"outbox": outbox},
        smtp=smtp,
    )


def first_mailbox(settings: Settings) -> FirstMailbox:
    """Return what a workspace without a mailbox sends from."""
    if not settings.smtp_url.get_secret_value():
        return FirstMailbox()
    return FirstMailbox(channel="smtp", email=settings.smtp_from, is_warmed=settings.smtp_warmed)
