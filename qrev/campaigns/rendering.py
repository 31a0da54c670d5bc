"""From a Message to the bytes that go over the wire. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from qrev.campaigns.checks import LINE_BREAK
from qrev.campaigns.delivery import Earlier
from qrev.campaigns.models import Mailbox, Message, message_id
from qrev.campaigns.ports import ContentRefused, Letter

OPT_OUT = "If you would rather not hear from me, unsubscribe here: "
# Of a Message-ID a provider told us, which stands in our headers as it is.
HEADER_ID = re.compile(r"<[!-;=?-~]{1,250}>")
ANSWER = re.compile(r"(?:re|aw|antw|sv|vs|rif|ref|odp)\s*:\s*", re.IGNORECASE)


def render(
    message: Message,
    mailbox: Mailbox,
    *,
    postal_address: str,
    unsubscribe_url: str,
    now: datetime,
    earlier: Sequence[Earlier] = (),
    invitation: bytes = b"",
) -> Letter:
    """Return the mail, with our Message-ID, its ancestors, opt-out and postal address.

    Plain text, because that is what a person would write (RFC 5322); one-click opt-out as
    RFC 8058 wants it. The same message gives the same Message-ID, whenever it is rendered.
    `earlier` are the mails of the conversation that left before: it goes on with them.
    `invitation` is a calendar's file that goes with it.
    Raises ContentRefused for anything that could break out of a header.
    """
    _refuse_line_breaks(message, mailbox)
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=not _is_ascii(message, mailbox)))
    try:
        header_id = _header_id(message.id, mailbox)
        mail["From"] = Address(mailbox.name, addr_spec=mailbox.email)
        mail["To"] = Address(message.to_name, addr_spec=message.to)
        if mailbox.reply_to:
            mail["Reply-To"] = Address(addr_spec=mailbox.reply_to)
    except (ValueError, IndexError, MessageError) as error:
        raise ContentRefused(f"An address cannot be written into a mail: {error}.") from error
    mail["Subject"] = _subject(message, earlier)
    mail["Date"] = format_datetime(now)
    mail.set_content(
        _text(message, mailbox, postal_address, unsubscribe_url),
        charset="utf-8",
        cte="quoted-printable",
    )
    if invitation:
        _attach(mail, invitation)
    machine = _headers(message, mailbox, header_id, unsubscribe_url, earlier)
    return Letter(
        message_id=message.id,
        header_id=header_id,
        sender=mailbox.email,
        recipient=message.to,
        raw=machine + mail.as_bytes(),
        thread_id=_thread_id(message, earlier),
    )


def _attach(mail: EmailMessage, invitation: bytes) -> None:
    """Put an invitation beside the text. The same mail has the same boundary."""
    mail.add_attachment(
        invitation.decode(),
        subtype="calendar",
        cte="base64",
        filename="invitation.ics",
        params={"method": "REQUEST"},
    )
    mail.set_boundary(hashlib.sha256(invitation).hexdigest()[:32])


def _text(message: Message, mailbox: Mailbox, postal_address: str, unsubscribe_url: str) -> str:
    signature = [mailbox.signature.strip()] if mailbox.signature.strip() else []
    foot = "\n".join([*signature, postal_address, f"{OPT_OUT}{unsubscribe_url}"])
    return f"{message.body.rstrip()}\n\n-- \n{foot}\n"


def _subject(message: Message, earlier: Sequence[Earlier]) -> str:
    """Return the subject; "Re: " before the one that the conversation began with.

    Gmail keeps mails together only under one subject. Another subject is the writer's choice.
    """
    first = next((each for each in earlier if each.step < message.step), None)
    if first is None or not _is_same_subject(message.subject, first.subject):
        return message.subject
    return f"Re: {_bare(first.subject)}"


def _thread_id(message: Message, earlier: Sequence[Earlier]) -> str:
    """Return the provider's name for the conversation, "" where the mail begins one."""
    known = [each for each in earlier if each.thread_id and each.step < message.step]
    if not known or not _is_same_subject(message.subject, known[-1].subject):
        return ""
    return known[-1].thread_id


def _is_same_subject(one: str, other: str) -> bool:
    return _bare(one).casefold() == _bare(other).casefold()


def _bare(subject: str) -> str:
    """Return a subject without what mail programs put before it when one answers."""
    bare = subject.strip()
    while found := ANSWER.match(bare):
        bare = bare[found.end() :]
    return bare


def _refuse_line_breaks(message: Message, mailbox: Mailbox) -> None:
    for name, value in (
        ("subject", message.subject),
        ("address", message.to),
        ("name", message.to_name),
        ("sender", mailbox.name),
        ("sender's address", mailbox.email),
        ("address for answers", mailbox.reply_to),
    ):
        if LINE_BREAK.search(value):
            raise ContentRefused(f"The {name} has a line break in it.")


def _headers(
    message: Message,
    mailbox: Mailbox,
    header_id: str,
    unsubscribe_url: str,
    earlier: Sequence[Earlier],
) -> bytes:
    """Return the headers that machines read, as they are.

    The library would write a word longer than a line as an encoded word (RFC 2047), in which no
    receiver looks for a link or an id.
    """
    ancestors = _ancestors(message, mailbox, earlier)
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


def _ancestors(message: Message, mailbox: Mailbox, earlier: Sequence[Earlier]) -> list[str]:
    """Return the Message-ID of every mail before this one, the first mail's first.

    Of one whose outcome we never learnt it is the one we gave it: should it have arrived, this
    is its answer.
    """
    known = {each.step: each.header_id for each in earlier if HEADER_ID.fullmatch(each.header_id)}
    return [
        known.get(step) or _header_id(message_id(message.prospect_id, step), mailbox)
        for step in range(1, message.step)
    ]


def digest(letter: Letter) -> str:
    """Return the SHA-256 of what is handed over, for the intent."""
    return hashlib.sha256(letter.raw).hexdigest()


def _header_id(message_id: str, mailbox: Mailbox) -> str:
    domain = mailbox.email.rpartition("@")[2].encode("idna").decode()
    return f"<{header_key(message_id)}@{domain}>"


def header_key(message_id: str) -> str:
    """Return the part of a Message-ID of ours that stands before the @."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:40]


def _is_ascii(message: Message, mailbox: Mailbox) -> bool:
    return all(each.isascii() for each in (message.to, mailbox.email, mailbox.reply_to))
