"""Mailing invitations from the account's own mailbox, where it can send."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from qrev.accounts.models import Invitation
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Channel, Letter, Mailboxes, SendError
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)


class InvitationMail:
    """Fills InvitationPost. `channels` are those that reach people, so not the local outbox."""

    def __init__(
        self, *, mailboxes: Mailboxes, channels: Mapping[str, Channel], clock: Clock
    ) -> None:
        self._mailboxes = mailboxes
        self._channels = channels
        self._clock = clock

    async def send(self, invitation: Invitation, link: str) -> bool:
        """Mail the link. Return False when no mailbox can: the link is there to be copied."""
        for mailbox in await self._mailboxes.of_account(invitation.account_id):
            channel = self._channels.get(mailbox.channel)
            if channel is None or mailbox.is_paused:
                continue
            try:
                letter = _letter(invitation, link, mailbox, format_datetime(self._clock()))
                await channel.send(mailbox, letter)
            except (SendError, ValueError) as error:
                log.warning("invitation %s could not be mailed: %s", invitation.id, error)
                return False
            return True
        return False


def _letter(invitation: Invitation, link: str, mailbox: Mailbox, date: str) -> Letter:
    """Return the invitation as a mail. Raises ValueError for what cannot stand in a header."""
    inviter, account = _plain(invitation.invited_by_name), _plain(invitation.account_name)
    is_ascii = invitation.email.isascii() and mailbox.email.isascii()
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=not is_ascii))
    mail["From"] = Address(_plain(mailbox.name), addr_spec=mailbox.email)
    mail["To"] = Address(addr_spec=invitation.email)
    mail["Subject"] = f"{inviter} invites you to {account}"
    mail["Date"] = date
    domain = mailbox.email.rpartition("@")[2].encode("idna").decode()
    header_id = f"<{invitation.serial}@{domain}>"
    mail["Message-ID"] = header_id
    mail.set_content(
        f"Hello,\n\n{inviter} invites you to work in “{account}” with QRev, as "
        f"{invitation.role.value}.\n\nOpen this page and sign in as {invitation.email}:\n{link}\n\n"
        f"The invitation is good until {invitation.expires_at:%d %B %Y}. If you do not know "
        "who this is, ignore it: nothing happens.\n",
        charset="utf-8",
        cte="quoted-printable",
    )
    return Letter(
        message_id=f"{invitation.id}:{invitation.serial}",
        header_id=header_id,
        sender=mailbox.email,
        recipient=invitation.email,
        raw=mail.as_bytes(),
    )


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
