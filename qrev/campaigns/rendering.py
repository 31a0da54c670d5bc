"""From a Message to the bytes that go over the wire. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from qrev.campaigns.checks import LINE_BREAK
from qrev.campaigns.models import Mailbox, Message, message_id
from qrev.campaigns.ports import ContentRefused, Letter

OPT_OUT = "If you would rather not hear from me, unsubscribe here: "


def render(
    message: Message,
    mailbox: Mailbox,
    *,
    postal_address: str,
    unsubscribe_url: str,
    now: datetime,
) -> Letter:
    """Return the mail, with our Message-ID, its ancestors, opt-out and postal address.

    Plain text, because that is what a person would write (RFC 5322); one-click opt-out as
    RFC 8058 wants it. The same message gives the same Message-ID, whenever it is rendered.
    Raises ContentRefused for anything that could break out of a header.
    """
    _refuse_line_breaks(message, mailbox)
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=not _is_ascii(message.to, mailbox.email)))
    try:
        header_id = _header_id(message.id, mailbox)
        mail["From"] = Address(mailbox.name, addr_spec=mailbox.email)
        mail["To"] = Address(message.to_name, addr_spec=message.to)
    except (ValueError, IndexError, MessageError) as error:
        raise ContentRefused(f"An address cannot be written into a mail: {error}.") from error
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail.set_content(
        f"{message.body.rstrip()}\n\n-- \n{postal_address}\n{OPT_OUT}{unsubscribe_url}\n",
        charset="utf-8",
        cte="quoted-printable",
    )
    return Letter(
        message_id=message.id,
        header_id=header_id,
        sender=mailbox.email,
        recipient=message.to,
        raw=_headers(message, mailbox, header_id, unsubscribe_url) + mail.as_bytes(),
    )


def _refuse_line_breaks(message: Message, mailbox: Mailbox) -> None:
    for name, value in (
        ("subject", message.subject),
        ("address", message.to),
        ("name", message.to_name),
        ("sender", mailbox.name),
        ("sender's address", mailbox.email),
    ):
        if LINE_BREAK.search(value):
            raise ContentRefused(f"The {name} has a line break in it.")


def _headers(message: Message, mailbox: Mailbox, header_id: str, unsubscribe_url: str) -> bytes:
    """Return the headers that machines read, as they are.

    The library would write a word longer than a line as an encoded word (RFC 2047), in which no
    receiver looks for a link or an id.
    """
    steps = range(1, message.step)
    ancestors = [_header_id(message_id(message.prospect_id, step), mailbox) for step in steps]
    headers = [
        ("Message-ID", header_id),
        ("In-Reply-To", ancestors[-1] if ancestors else ""),
        ("References", "\r\n ".join(ancestors)),
        (
            "List-Unsubscribe",
            f"<{unsubscribe_url}>,\r\n <mailto:{mailbox.email}?subject=unsubscribe>",
        ),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("X-QRev-Message", message.id),
    ]
    return "".join(f"{name}: {value}\r\n" for name, value in headers if value).encode()


def digest(letter: Letter) -> str:
    """Return the SHA-256 of what is handed over, for the intent."""
    return hashlib.sha256(letter.raw).hexdigest()


def _header_id(message_id: str, mailbox: Mailbox) -> str:
    domain = mailbox.email.rpartition("@")[2].encode("idna").decode()
    return f"<{header_key(message_id)}@{domain}>"


def header_key(message_id: str) -> str:
    """Return the part of a Message-ID of ours that stands before the @."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:40]


def _is_ascii(*addresses: str) -> bool:
    return all(address.isascii() for address in addresses)
