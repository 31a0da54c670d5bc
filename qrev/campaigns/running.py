"""A running sequence as something one can ask about: what the ledger holds of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.models import OPEN, Mailbox, Touch
from qrev.campaigns.planning import (
    PlannedMessage,
    PlanProspect,
    PlanStep,
    Rules,
    Taken,
    company_of,
    plan,
)
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.questions import Someone, Subject, Told

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """What a running sequence is, and what else of the account's is planned or was sent."""

    touches: tuple[Touch, ...]
    mailboxes: tuple[Mailbox, ...]
    rules: Rules
    taken: tuple[Taken, ...]
    now: datetime


def about_running(running: Running) -> Subject:
    """Return what is still ahead of a sequence. What if: all of it is planned anew from now on."""
    ahead = sorted(
        (t for t in running.touches if t.status in OPEN),
        key=lambda t: (t.send_at, t.prospect_id, t.step),
    )
    zone = zone_named(running.rules.account_timezone) or ZoneInfo("UTC")
    return Subject(
        messages=ahead,
        people={t.prospect_id: Someone(t.name, t.email) for t in running.touches},
        mailboxes=running.mailboxes,
        rules=running.rules,
        told=lambda touch: _told(touch, zone),
        again=lambda mailboxes: _again(running, ahead, mailboxes),
        gone=[t for t in running.touches if t.status not in OPEN],
        is_running=True,
    )


def about_touches(subject: Subject, touches: Collection[Touch]) -> Subject:
    """Return the same sequence with these mails alone, those that never left among them."""
    return replace(
        subject,
        messages=[t for t in touches if t.status in OPEN],
        gone=[t for t in touches if t.status not in OPEN],
        people={t.prospect_id: Someone(t.name, t.email) for t in touches},
    )


def _told(touch: Touch, zone: ZoneInfo) -> Told:
    """Return it in the reader's zone, in the workspace's where theirs is not known."""
    theirs = zone_named(touch.timezone) or zone
    at = touch.sent_at or touch.send_at
    return Told(f"{at.astimezone(theirs):%a %-d %b %H:%M} {theirs.key}", touch.because)


def _again(
    running: Running, ahead: Sequence[Touch], mailboxes: Collection[Mailbox]
) -> list[PlannedMessage]:
    """Return the plan of what is ahead from now on, with these mailboxes."""
    moving = {(t.prospect_id, t.step) for t in ahead}
    planned = plan(
        people_of(running.touches),
        [planner_mailbox(m) for m in mailboxes],
        running.rules,
        [t for t in running.taken if (t.prospect_id, t.step) not in moving],
        now=running.now,
        seed=int(running.now.timestamp()),
    )
    return sorted(planned.messages, key=lambda m: (m.send_at, m.prospect_id, m.step))


def people_of(touches: Iterable[Touch], *, keeps_mailboxes: bool = False) -> list[PlanProspect]:
    """Return whoever has mails ahead, for the planner: what is out already stays where it is.

    Those of whom nothing is out may begin from any mailbox, unless it `keeps_mailboxes`.
    """
    by_person: dict[str, list[Touch]] = defaultdict(list)
    for touch in sorted(touches, key=lambda t: (t.send_at, t.step)):
        by_person[touch.prospect_id].append(touch)
    everyone = (_for_the_planner(mails, keeps_mailboxes) for mails in by_person.values())
    return [person for person in everyone if person.steps]


def _for_the_planner(mails: Sequence[Touch], keeps_mailbox: bool) -> PlanProspect:
    first, gone = mails[0], [t for t in mails if t.status not in OPEN]
    ahead = [t for t in mails if t.status in OPEN]
    return PlanProspect(
        id=first.prospect_id,
        steps=tuple(
            PlanStep(number=t.step, day=round((t.send_at - first.send_at) / DAY)) for t in ahead
        ),
        timezone=first.timezone or None,
        country=first.country or None,
        company="" if gone else company_of(first.email),
        mailbox_id=first.mailbox_id if gone or keeps_mailbox else None,
        first_at=(gone[0].sent_at or gone[0].send_at) if gone else None,
        previous_at=(gone[-1].sent_at or gone[-1].send_at) if gone else None,
    )
