"""From the bytes of a mail that came in to what we go by. Pure, and nothing in a mail raises.

Whoever can write to a mailbox decides what stands here: sizes, charsets, nesting and headers are
all theirs. What cannot be read is read as far as it goes.
"""

from __future__ import annotations

import contextlib
import email
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Mail
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from flufl.bounce import all_failures

from qrev.crm.addresses import normalised

MAX_BYTES = 2_000_000  # of a mail; what follows is an attachment of somebody's
MAX_HEAD = 200_000
MAX_REPORT = 300_000  # no server says so much about a mail it did not take
MAX_TEXT = 100_000  # characters
MAX_PARTS = 200
MAX_ADDRESSES = 50
MAX_IDS = 100
ID = re.compile(r"<[^<>\s]{3,250}>")
OURS = re.compile(rb"^[>\s]*X-QRev-Message:[ \t]*(\S{1,300})", re.I | re.M)
RETURNED_ID = re.compile(
    rb"^[>\s]*Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{3,250}>)", re.I | re.M
)
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
TAG = re.compile(r"<[^<>]*>")
HIDDEN = ("style", "script", "head", "title")
LINE_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", re.I)
QUOTE_TAG = re.compile(r"<(?:blockquote|div class=\"gmail_quote)", re.I)
POSTMASTER = re.compile(r"(?:mailer-daemon|postmaster|mail-?daemon|mailerdaemon)@", re.I)
FAULTS = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """That a server did not take a mail for one address. `is_final`: it never will."""

    address: str
    is_final: bool
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A mail as far as it could be read.

    `answers` are the Message-IDs it says it answers, the nearest first. `returned` are those of
    mails it carries or quotes with their headers, and `ours` the ids our own header had there.
    """

    header_id: str = ""
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    at: datetime | None = None
    answers: tuple[str, ...] = ()
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""  # of a report: delivery-status, feedback-report, disposition-notification …
    is_copy_of: str = ""  # our own id, where it is a mail of ours
    refusals: tuple[Refusal, ...] = ()
    returned: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()


KEPT = (
    *("auto-submitted", "precedence", "x-autoreply", "x-autorespond", "x-auto-response-suppress"),
    *("x-vacation", "x-mail-autoreply", "return-path", "list-id", "x-failed-recipients"),
    *("content-type", "x-ms-exchange-inbox-rules-loop", "x-ms-exchange-generated-message-source"),
)


def read(raw: bytes) -> Read:
    """Return what a mail says."""
    raw = _bounded(raw)
    mail = _parsed(raw)
    ours = [_text_of(found) for found in OURS.findall(raw)]
    header_id = _first_id(_header(mail, "message-id"))
    returned = [_text_of(found) for found in RETURNED_ID.findall(raw)]
    sender, name = _address(_header(mail, "from"))
    own = _header(mail, "x-qrev-message")
    return Read(
        header_id=header_id,
        sender=sender,
        sender_name=name,
        recipients=tuple(_recipients(mail)),
        subject=_header(mail, "subject")[:998],
        at=_date(_header(mail, "date")),
        answers=tuple(_answers(mail)),
        text=_body(mail),
        headers={key: value for key in KEPT if (value := _header(mail, key))},
        kind=_report_kind(mail),
        is_copy_of=own,
        refusals=tuple(_refusals(mail, raw, sender)),
        returned=tuple(dict.fromkeys(i for i in returned if i != header_id))[:MAX_IDS],
        ours=tuple(dict.fromkeys(i for i in ours if i != own))[:MAX_IDS],
    )


def _bounded(raw: bytes) -> bytes:
    """Return a mail's beginning. Headers without end are cut earlier: each of them takes time."""
    has_body = any(end in raw[:MAX_HEAD] for end in (b"\n\n", b"\r\n\r\n"))
    return raw[: MAX_BYTES if has_body else MAX_HEAD]


def _parsed(raw: bytes) -> Mail:
    """Return the mail, or only its headers where what it holds cannot be taken apart."""
    try:
        return email.message_from_bytes(raw)
    except FAULTS:
        with contextlib.suppress(*FAULTS):
            return BytesHeaderParser().parsebytes(raw)
        return Mail()


def _parts(mail: Mail) -> Iterator[Mail]:
    """Yield the parts of a mail in order, however deep they are, and not without end."""
    waiting, seen = [mail], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting += [each for each in reversed(inner) if isinstance(each, Mail)]


def _header(mail: Mail, name: str) -> str:
    """Return a header in one line, decoded, "" if there is none."""
    try:
        value = mail.get(name)
        if value is None:
            return ""
        pieces = decode_header(str(value))
    except FAULTS:
        return " ".join(str(mail.get(name, "")).split())[:4000]
    words = [
        piece if isinstance(piece, str) else _decoded(piece, charset or "utf-8")
        for piece, charset in pieces
    ]
    return " ".join("".join(words).replace("\x00", "").split())[:4000]


def _decoded(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        with contextlib.suppress(*FAULTS):
            return data.decode(name)
    return data.decode("latin-1", "replace")


def _text_of(data: bytes) -> str:
    return data.decode("ascii", "replace")


def _address(value: str) -> tuple[str, str]:
    """Return the first address in a header as people are kept, and its name."""
    with contextlib.suppress(*FAULTS):
        for name, address in getaddresses([value])[:MAX_ADDRESSES]:
            if (found := normalised(address)) is not None:
                return found, name[:200]
    return "", ""


def _recipients(mail: Mail) -> list[str]:
    found: list[str] = []
    for name in ("to", "cc", "delivered-to"):
        with contextlib.suppress(*FAULTS):
            pairs = getaddresses([_header(mail, name)])[:MAX_ADDRESSES]
            found += [a for _, address in pairs if (a := normalised(address)) is not None]
    return list(dict.fromkeys(found))


def _first_id(value: str) -> str:
    found = ID.search(value)
    return found[0] if found else ""


def _answers(mail: Mail) -> list[str]:
    nearest = ID.findall(_header(mail, "in-reply-to"))
    ancestors = ID.findall(_header(mail, "references"))
    return list(dict.fromkeys([*nearest, *reversed(ancestors)]))[:MAX_IDS]


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (*FAULTS, OverflowError):
        return None


def _body(mail: Mail) -> str:
    """Return the first plain text, or the words of the first HTML."""
    page = ""
    for part in _parts(mail):
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and (text := _content(part)).strip():
            return text
        if kind == "text/html" and not page:
            page = _content(part)
    return _words_of(page)


def _content(part: Mail) -> str:
    try:
        data = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
    except FAULTS:
        return ""
    text = _decoded(data, charset) if isinstance(data, bytes) else ""
    return text.replace("\r\n", "\n").replace("\x00", "")[:MAX_TEXT]


def _words_of(page: str) -> str:
    quote = QUOTE_TAG.search(page)
    page = _shown(page[: quote.start()] if quote else page)
    return html.unescape(TAG.sub("", LINE_TAG.sub("\n", page)))


def _shown(page: str) -> str:
    """Return a page without what is not shown of it."""
    lower = page.lower()
    for name in HIDDEN:
        shown, place = [], 0
        while (begin := lower.find(f"<{name}", place)) >= 0:
            shown.append(page[place:begin])
            end = lower.find(f"</{name}", begin)
            place = len(page) if end < 0 else end
        page = "".join([*shown, page[place:]])
        lower = page.lower()
    return page


def _report_kind(mail: Mail) -> str:
    """Return what a report is about (RFC 6522), "" for what is none."""
    if mail.get_content_type() != "multipart/report":
        return ""
    with contextlib.suppress(*FAULTS):
        named = mail.get_param("report-type")
        if isinstance(named, str) and named:
            return named.lower()
    kinds = [part.get_content_subtype() for part in _parts(mail)]
    return next((k for k in kinds if k in ("delivery-status", "feedback-report")), "")


def _refusals(mail: Mail, raw: bytes, sender: str) -> list[Refusal]:
    """Return what servers refused: as RFC 3464 says it, or in one of the ways of before."""
    blocks = [
        block
        for part in _parts(mail)
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
        for block in _blocks(part)
    ]
    if not blocks:
        is_servers = POSTMASTER.match(sender) or _header(mail, "return-path") == "<>"
        return _of_before(mail) if is_servers and len(raw) < MAX_REPORT else []
    return [refusal for block in blocks if (refusal := _refusal(block)) is not None]


def _blocks(part: Mail) -> list[Mail]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Mail)] if isinstance(payload, list) else []


def _refusal(block: Mail) -> Refusal | None:
    recipient = _header(block, "final-recipient") or _header(block, "original-recipient")
    action = _header(block, "action").lower()
    address = normalised(recipient.rpartition(";")[2].strip().strip("<>"))
    if address is None or action != "failed":  # “delayed” is still being tried
        return None
    status = STATUS.search(_header(block, "status"))
    why = _header(block, "diagnostic-code").partition(";")[2].strip() or _header(block, "status")
    # A full mailbox (5.2.2) and a policy against us (5.7) say nothing against the address.
    is_final = status is None or (status[1] == "5" and status[2] != "7" and status[0] != "5.2.2")
    return Refusal(address=address, is_final=is_final, why=why[:200])


def _of_before(mail: Mail) -> list[Refusal]:
    """Return what flufl.bounce makes of a report in a server's own manner."""
    try:
        soft, hard = all_failures(mail)
    except Exception:  # its detectors take a mail to be what it looks like
        return []
    return [
        Refusal(address=address, is_final=is_final)
        for found, is_final in ((hard, True), (soft, False))
        for each in sorted(found)
        if (address := normalised(_decoded(each, "utf-8"))) is not None
    ]
