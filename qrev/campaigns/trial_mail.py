"""The mail that shows a member whether a mailbox can send, and how it looks on arrival. Pure."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import ContentRefused, Letter
from qrev.kit.ids import new_id

SUBJECT = "A test from QRev"
BODY = (
    "Hello,\n\nif you can read this, {email} can send. Look at two things: it should be in your "
    "inbox, not in spam, and the sender should read as you want it to.\n\n"
)


def a_trial_mail(mailbox: Mailbox, *, to: str, now: datetime) -> Letter:
    """Return a mail to a member, as the mailbox's mails look. Raises ContentRefused."""
    is_ascii = all(each.isascii() for each in (to, mailbox.email, mailbox.reply_to))
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=not is_ascii))
    named = new_id()
    try:
        domain = mailbox.email.rpartition("@")[2].encode("idna").decode()
        mail["From"] = Address(mailbox.name, addr_spec=mailbox.email)
        mail["To"] = Address(addr_spec=to)
        if mailbox.reply_to:
            mail["Reply-To"] = Address(addr_spec=mailbox.reply_to)
    except (ValueError, IndexError, MessageError) as error:
        raise ContentRefused(f"an address cannot be written into a mail ({error})") from error
    header_id = f"<{named}@{domain}>"
    mail["Subject"] = SUBJECT
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = header_id
    foot = f"-- \n{mailbox.signature}\n" if mailbox.signature else ""
    mail.set_content(
        BODY.format(email=mailbox.email) + foot, charset="utf-8", cte="quoted-printable"
    )
    return Letter(
        message_id=f"trial:{named}",
        header_id=header_id,
        sender=mailbox.email,
        recipient=to,
        raw=mail.as_bytes(),
    )
