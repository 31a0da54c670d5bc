"""Why nothing leaves, though something should have: plan and ledger compared. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox

STILL_AFTER = timedelta(minutes=40)  # longer than a gap between two mails and a retry
AWAY_AFTER = timedelta(minutes=3)  # a worker beats once a minute


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Mails of one mailbox in one sequence whose minute has passed, or that were put off.

    `since` is the first of those minutes. `reason` is what the last attempt met, "" if there
    was none.
    """

    account_id: AccountId
    mailbox_id: str
    sequence_id: str
    since: datetime
    count: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stall:
    """Nothing has left an account since that moment, and why. `kind` is one word for the why."""

    account_id: AccountId
    sequence_id: str  # one that waits; its conversation is told
    since: datetime
    kind: str
    because: str
    waiting: int


def stalled(
    account_id: AccountId,
    waiting: Collection[Waiting],
    mailboxes: Mapping[str, Mailbox],
    *,
    last_left_at: datetime | None,
    worker_seen_at: datetime | None,
    now: datetime,
) -> Stall | None:
    """Return why nothing leaves an account, None where all is as it should be.

    Mails that are due at a later minute are no alarm: their window is closed until then.
    """
    due = [each for each in waiting if each.since <= now - STILL_AFTER]
    is_moving = last_left_at is not None and last_left_at > now - STILL_AFTER
    if not due or is_moving:
        return None
    first = min(due, key=lambda each: each.since)
    kind, because = _why(due, mailboxes, worker_seen_at, now)
    return Stall(
        account_id=account_id,
        sequence_id=first.sequence_id,
        since=first.since if last_left_at is None else max(first.since, last_left_at),
        kind=kind,
        because=because,
        waiting=sum(each.count for each in due),
    )


def _why(
    due: Collection[Waiting],
    mailboxes: Mapping[str, Mailbox],
    worker_seen_at: datetime | None,
    now: datetime,
) -> tuple[str, str]:
    """Return the reason that has to be mended first, as a word and as words."""
    if worker_seen_at is None or worker_seen_at < now - AWAY_AFTER:
        return "worker", "no worker is running. Whoever operates QRev has to start one"
    there = [mailboxes.get(each.mailbox_id) for each in due]
    paused = [mailbox for mailbox in there if mailbox is not None and mailbox.is_paused]
    if paused:
        mailbox = paused[0]
        why = f" ({mailbox.paused_reason})" if mailbox.paused_reason else ""
        return "mailbox", f"{mailbox.email} is paused{why}. Resume it, or connect it again"
    if None in there:
        return "gone", "the mailbox of these mails is gone. Connect one and send them from it"
    refused = [each.reason for each in due if each.reason]
    if refused:
        return "refused", f"{refused[0]}. It is tried again by itself"
    return "slow", "the database or the worker is too slow. Whoever operates QRev has to look"


def told(stall: Stall, now: datetime) -> str:
    """Return what the owners are told."""
    mails = "1 mail waits" if stall.waiting == 1 else f"{stall.waiting:,} mails wait"
    return f"Nothing has left for {span(now - stall.since)}, and {mails}: {stall.because}."


def span(length: timedelta) -> str:
    """Return a length of time as people say it."""
    minutes = max(0, int(length / timedelta(minutes=1)))
    if minutes < 120:
        return f"{minutes} minutes"
    if minutes < 48 * 60:
        return f"{minutes // 60} hours"
    return f"{minutes // (24 * 60)} days"
