"""How orders speak. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from qrev.campaigns.life.models import Pause, Terms
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.planning.hours import name_of_country

GONE = (MessageStatus.SENT, MessageStatus.UNKNOWN)


def mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"


def persons(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def had_left(counts: Mapping[MessageStatus, int]) -> str:
    """Return exactly how many cannot be called back any more, as a sentence."""
    gone = sum(counts.get(status, 0) for status in GONE)
    said = "None had left yet." if not gone else f"{gone:,} had already left."
    if on_its_way := counts.get(MessageStatus.SENDING, 0):
        are = "is" if on_its_way == 1 else "are"
        said += f" {on_its_way:,} {are} on the way just now and cannot be called back."
    return said


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a time on the workspace's wall."""
    return f"{at.astimezone(zone):%a %-d %b %H:%M}"


def narrowed(terms: Terms | Pause, mailboxes: Mapping[str, str]) -> str:
    """Return what a pause is narrowed to, "" for everything: “ from alice@acme.com”."""
    if terms.mailbox_id:
        return f" from {mailboxes.get(terms.mailbox_id, 'a mailbox that is gone')}"
    if terms.country:
        return f" to {name_of_country(terms.country)}"
    return f" to {terms.company}" if terms.company else ""


def until(at: datetime | None, zone: ZoneInfo) -> str:
    return f"until {moment(at, zone)}" if at is not None else "until somebody resumes"
