"""How a mailbox is doing, from what was tried from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qrev.campaigns.mailbox_ports import Attempt
from qrev.campaigns.models import Mailbox, MessageStatus
from qrev.campaigns.planning.hours import zone_named

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """Counts of the mailbox's own day and of the last seven. `last_error` is "" for none.

    `refused` were taken by nobody for good; of `unknown` it is not certain whether they left.
    """

    sent_today: int = 0
    sent_week: int = 0
    refused_today: int = 0
    refused_week: int = 0
    unknown_week: int = 0
    last_error: str = ""
    last_error_at: datetime | None = None


def health_of(mailbox: Mailbox, attempts: Iterable[Attempt], now: datetime) -> Health:
    """Return how one mailbox did. `attempts` are those of the account, the oldest first."""
    zone = zone_named(mailbox.timezone) or UTC
    today = now.astimezone(zone).date()
    mine = [each for each in attempts if each.mailbox_id == mailbox.id and each.at > now - WEEK]
    is_today = {id(each): each.at.astimezone(zone).date() == today for each in mine}
    sent = [each for each in mine if each.status is MessageStatus.SENT]
    refused = [each for each in mine if each.status is MessageStatus.FAILED]
    wrong = [each for each in mine if each.reason and each.status is not MessageStatus.CANCELLED]
    last = wrong[-1] if wrong else None
    return Health(
        sent_today=sum(is_today[id(each)] for each in sent),
        sent_week=len(sent),
        refused_today=sum(is_today[id(each)] for each in refused),
        refused_week=len(refused),
        unknown_week=sum(each.status is MessageStatus.UNKNOWN for each in mine),
        last_error=last.reason if last else "",
        last_error_at=last.at if last else None,
    )
