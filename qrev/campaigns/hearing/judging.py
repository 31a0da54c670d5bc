"""When a mailbox has cost itself so much of its name that it has to rest. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from qrev.campaigns.hearing.models import EventKind

WINDOW = timedelta(days=30)
MOST_BOUNCED, BOUNCES_AFTER = 0.05, 50
MOST_COMPLAINED, COMPLAINTS_AFTER = 0.001, 100
SOFT_IS_HARD = 3  # refusals for now, after which an address is taken for dead


def why_rest(sent: int, events: Mapping[EventKind, int]) -> str:
    """Return why a mailbox should pause itself, "" if it should not."""
    bounced = events.get(EventKind.BOUNCED, 0)
    if sent >= BOUNCES_AFTER and bounced > MOST_BOUNCED * sent:
        return (
            f"{bounced} of its last {sent} mails came back. Over 5% and providers take it for a "
            "spammer's. Check where the addresses come from, then resume"
        )
    complained = events.get(EventKind.COMPLAINED, 0)
    if sent >= COMPLAINTS_AFTER and complained > MOST_COMPLAINED * sent:
        who = "1 reader" if complained == 1 else f"{complained} readers"
        return (
            f"{who} of its last {sent} called its mails spam. Over 0.1% and providers block it. "
            "Check whom you write to and what, then resume"
        )
    return ""
