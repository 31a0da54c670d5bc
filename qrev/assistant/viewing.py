"""From what services know to what cards show. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from qrev.assistant.cards import (
    BlockedRow,
    CampaignRow,
    DayCount,
    DraftPage,
    DraftView,
    FactView,
    MailboxCount,
    OutboxRow,
    PlannedRow,
    ProposalView,
    ProspectView,
    SequenceView,
    StepView,
)
from qrev.campaigns.drafts import DraftDesk
from qrev.campaigns.dry_run import hold_of
from qrev.campaigns.hearing.models import EventKind
from qrev.campaigns.models import (
    Blocked,
    Draft,
    DraftCounts,
    Mailbox,
    Message,
    MessageCounts,
    MessageStatus,
    Proposal,
    ProposalState,
    Prospect,
    Sequence,
    SequenceStatus,
    message_id,
)
from qrev.campaigns.planning import PlannedMessage
from qrev.campaigns.proposing import Preview
from qrev.campaigns.sequences import Overview
from qrev.kit.errors import InvalidInput

ROWS = 25  # of a schedule, at once
BLOCKED_SHOWN = 50
MINUTE = timedelta(minutes=1)
TELLING = timedelta(seconds=3)  # of drafting, before a rate means anything
AHEAD = (MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED, MessageStatus.SENDING)


def to_cursor(*key: str) -> str:
    """Return a place in a list as one opaque word."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def from_cursor(cursor: str | None, parts: int) -> list[str] | None:
    """Return the place, None for the beginning. Raises InvalidInput for anything made up."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput("That page does not exist. Open the list again.") from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(k, str) for k in key):
        raise InvalidInput("That page does not exist. Open the list again.")
    return key


def from_moment_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the (time, id) behind which a page begins. Raises InvalidInput as `from_cursor`."""
    key = from_cursor(cursor, 2)
    if key is None:
        return None
    try:
        at = datetime.fromisoformat(key[0])
    except ValueError as error:
        raise InvalidInput("That page does not exist. Open the list again.") from error
    if at.tzinfo is None:
        raise InvalidInput("That page does not exist. Open the list again.")
    return at.astimezone(UTC), key[1]


def sequence_view(sequence: Sequence, counts: DraftCounts, now: datetime) -> SequenceView:
    total = sequence.people * len(sequence.steps)
    done = counts.ready + counts.failed
    span = now - sequence.created_at
    is_telling = sequence.is_drafting and 0 < done <= total and span >= TELLING
    return SequenceView(
        id=sequence.id,
        name=sequence.name,
        status=sequence.status.value,
        steps=[StepView(number=step.number, day=step.day) for step in sequence.steps],
        people=sequence.people,
        total=total,
        ready=counts.ready,
        failed=counts.failed,
        missing=counts.missing,
        is_drafting=sequence.is_drafting,
        per_minute=max(1, round(done / (span / MINUTE))) if is_telling else None,
        done_at=now + span * (total - done) / done if is_telling else None,
    )


def draft_view(draft: Draft, *, may_change: bool) -> DraftView:
    return DraftView(
        id=draft.id,
        step=draft.step,
        subject=draft.subject,
        body=draft.body,
        version=draft.version,
        status=draft.status.value,
        reason=draft.reason,
        missing=list(draft.missing),
        doubts=list(draft.doubts),
        model=draft.model,
        prompt=draft.prompt,
        dollars=draft.dollars,
        facts=[FactView(text=fact.text, source=fact.source) for fact in draft.facts],
        is_edited=draft.version > 1,
        is_by_hand=draft.is_by_hand,
        can_edit=may_change and not draft.is_sealed,
    )


def draft_page(desk: DraftDesk, place: int, now: datetime, *, may_change: bool) -> DraftPage:
    prospect = desk.prospect
    shown = prospect and ProspectView(
        id=prospect.id,
        name=prospect.name,
        email=prospect.email,
        company_name=prospect.company_name,
        job_title=prospect.job_title,
        position=place,
        previous_id=desk.previous.id if desk.previous else None,
        next_id=desk.following.id if desk.following else None,
    )
    return DraftPage(
        sequence=sequence_view(desk.sequence, desk.counts, now),
        prospect=shown,
        drafts=[draft_view(draft, may_change=may_change) for draft in desk.drafts],
        can_change=may_change,
    )


def proposal_view(
    preview: Preview, counts: MessageCounts, *, hold: timedelta, now: datetime
) -> ProposalView:
    """Return a proposal with the beginning of its schedule; a decided one with its counts."""
    proposal, run, inputs = preview.proposal, preview.run, preview.inputs
    hold = hold_of(inputs, hold)
    timezone = inputs.account.timezone
    names = {m.id: m for m in inputs.mailboxes}
    is_open = proposal.state is ProposalState.OPEN
    is_expired = is_open and now >= proposal.expires_at
    zones = {m.id: m.timezone for m in inputs.mailboxes}
    rows, following = schedule(preview, 0) if run else ([], None)
    return ProposalView(
        id=proposal.id,
        hash=proposal.hash,
        state="expired" if is_expired else proposal.state.value,
        sequence_id=proposal.sequence_id,
        sequence_name=preview.sequence.name,
        timezone=timezone,
        people=run.people if run else proposal.people,
        messages=len(run.messages) if run else proposal.messages,
        first_at=run.first_at if run else counts.next_at,
        last_at=run.last_at if run else counts.last_at,
        per_day=[DayCount(day=d, count=n) for d, n in run.per_day(timezone)] if run else [],
        per_mailbox=[
            MailboxCount(mailbox=names[box].email, count=n, busiest_day=busiest)
            for box, n, busiest in run.per_mailbox(zones)
        ]
        if run
        else [],
        rows=rows,
        next=following,
        blocked_count=len(run.blocked) if run else 0,
        blocked=[_blocked(b) for b in run.blocked[:BLOCKED_SHOWN]] if run else [],
        warnings=list(run.warnings) if run else [],
        needs=list(run.needs) if run else [],
        hold_seconds=round(hold.total_seconds()),
        expires_at=proposal.expires_at,
        replaced_by=proposal.replaced_by,
        undo_until=_undo_until(proposal, hold, now),
        counts={status.value: n for status, n in counts.by_status.items()},
        outcome=proposal.outcome,
    )


def _undo_until(proposal: Proposal, hold: timedelta, now: datetime) -> datetime | None:
    """Return until when Undo works, None if it does not (any more)."""
    if proposal.state is not ProposalState.APPLIED or proposal.confirmed_at is None:
        return None
    until = proposal.confirmed_at + hold
    return until if until > now else None


def schedule(preview: Preview, start: int) -> tuple[list[PlannedRow], str | None]:
    """Return a page of the whole schedule, and where the next one begins."""
    if preview.run is None:
        return [], None
    people = {p.id: p for p in preview.inputs.prospects}
    mailboxes = {m.id: m for m in preview.inputs.mailboxes}
    messages = preview.run.messages[start : start + ROWS]
    rows = [_planned(m, people[m.prospect_id], mailboxes) for m in messages]
    end = start + ROWS
    return rows, to_cursor(str(end)) if end < len(preview.run.messages) else None


def _planned(
    planned: PlannedMessage, prospect: Prospect, mailboxes: Mapping[str, Mailbox]
) -> PlannedRow:
    because = planned.because
    return PlannedRow(
        id=message_id(planned.prospect_id, planned.step),
        name=prospect.name,
        email=prospect.email,
        step=planned.step,
        mailbox=mailboxes[planned.mailbox_id].email,
        send_at=planned.send_at,
        local=f"{because.local:%a %-d %b %H:%M} {because.zone}",
        because=str(because),
    )


def _blocked(blocked: Blocked) -> BlockedRow:
    return BlockedRow(
        name=blocked.name,
        email=blocked.email,
        step=blocked.step,
        reason=blocked.reason,
        repair=blocked.repair,
        prospect_id=blocked.prospect_id,
    )


def campaign_row(
    overview: Overview, heard: Mapping[EventKind, int], *, may_change: bool
) -> CampaignRow:
    sequence, counts = overview.sequence, overview.counts
    by = counts.by_status
    ahead = sum(by.get(status, 0) for status in AHEAD)
    return CampaignRow(
        id=sequence.id,
        name=sequence.name,
        status=sequence.status.value,
        created_at=sequence.created_at,
        people=sequence.people,
        planned=ahead,
        sent=by.get(MessageStatus.SENT, 0),
        failed=by.get(MessageStatus.FAILED, 0),
        cancelled=by.get(MessageStatus.CANCELLED, 0),
        unknown=by.get(MessageStatus.UNKNOWN, 0),
        replied=heard.get(EventKind.REPLIED, 0),
        bounced=heard.get(EventKind.BOUNCED, 0),
        opted_out=heard.get(EventKind.UNSUBSCRIBED, 0),
        booked=overview.booked,
        next_at=counts.next_at,
        last_at=counts.last_at,
        can_stop=may_change and ahead > 0 and sequence.status is not SequenceStatus.DRAFT,
    )


def outbox_row(message: Message, mailboxes: Mapping[str, Mailbox]) -> OutboxRow:
    mailbox = mailboxes.get(message.mailbox_id)
    return OutboxRow(
        message_id=message.id,
        to=message.to,
        subject=message.subject,
        mailbox=mailbox.email if mailbox else "",
        step=message.step,
        sent_at=message.sent_at or datetime.fromtimestamp(0, UTC),
    )
