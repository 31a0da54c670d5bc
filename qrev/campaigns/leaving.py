"""Whether a mail whose minute has come may still leave in this one. Pure.

The plan kept every rule, but minutes may have passed since: an outage, a retry, a clock that was
put right. What may not leave now is planned anew, never sent in a burst.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qrev.campaigns.models import Message
from qrev.campaigns.planning import Rules
from qrev.campaigns.planning.hours import SECOND, Hours

# A mail planned for the last minute of a window may leave in the one after it.
GRACE = timedelta(minutes=1)


@dataclass(kw_only=True, slots=True)
class Share:
    """What a mailbox may do at the moment: how many more today, and when the last one left."""

    room: int
    min_gap: timedelta
    last_at: datetime | None = None

    def count(self, now: datetime) -> None:
        """Note that one more was attempted."""
        self.room -= 1
        self.last_at = now


class Windows:
    """When the people of one sequence may be written to."""

    def __init__(self, rules: Rules) -> None:
        self._hours = Hours(rules)

    def are_open(self, timezone: str, country: str, now: datetime) -> bool:
        """Return whether it is within their hours, or a minute after."""
        zone, _ = self._hours.zone_for(timezone, country)
        moment = round(now.timestamp() * SECOND)
        grace = round(GRACE.total_seconds() * SECOND)
        today = now.astimezone(zone).toordinal()
        # Hours that end at midnight have their minute of grace on the next day.
        return any(
            begin <= moment < end + grace
            for ordinal in (today - 1, today)
            for begin, end in self._hours.open_on(zone, ordinal)
        )


def why_not_now(message: Message, share: Share, windows: Windows, now: datetime) -> str:
    """Return why the mail has to wait for another minute, "" if it may leave."""
    if share.room <= 0:
        return "the mailbox sent its share for today"
    if share.last_at is not None and now - share.last_at < share.min_gap:
        return "the mailbox sent another one a moment ago"
    if not windows.are_open(message.timezone, message.country, now):
        return "its hours were over before it could leave"
    return ""
