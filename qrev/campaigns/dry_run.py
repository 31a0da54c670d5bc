"""A Send, worked out without being done. Pure: the same inputs give the same run, to the minute."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qrev.accounts.models import Account
from qrev.campaigns import checks
from qrev.campaigns.models import (
    Blocked,
    DraftTally,
    Mailbox,
    Prospect,
    ProspectStatus,
    Remark,
    Sequence,
    Standing,
)
from qrev.campaigns.planning import (
    Plan,
    PlanMailbox,
    PlannedMessage,
    PlanProspect,
    PlanStep,
    Rules,
    Taken,
    company_of,
    plan,
)
from qrev.crm.addresses import domain

# Between the table and the first mail: time to read it, beside the hold after Confirm.
READING = timedelta(minutes=5)
NO_DRAFTS = Standing(tally=DraftTally(count=0, versions=0))
Heard = Callable[[int], None]  # told how many people are planned so far


@dataclass(frozen=True, kw_only=True, slots=True)
class SendInputs:
    """Everything a plan is made from. `unreachable` says of addresses why not, in words."""

    account: Account
    sequence: Sequence
    rules: Rules
    mailboxes: tuple[Mailbox, ...]
    prospects: tuple[Prospect, ...] = ()
    standing: Standing = NO_DRAFTS
    unreachable: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()

    @property
    def waiting(self) -> list[Prospect]:
        return [p for p in self.prospects if p.status is ProspectStatus.WAITING]


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """What would happen. `needs` names what blocks everybody: drafts, mailbox, postal_address."""

    hash: str
    messages: tuple[PlannedMessage, ...]
    blocked: tuple[Blocked, ...]
    warnings: tuple[str, ...]
    needs: tuple[str, ...]
    people: int
    begins_at: datetime  # nothing leaves before
    hold: timedelta  # after Confirm nothing leaves for this long

    @property
    def first_at(self) -> datetime | None:
        return self.messages[0].send_at if self.messages else None

    @property
    def last_at(self) -> datetime | None:
        return self.messages[-1].send_at if self.messages else None

    def per_day(self, timezone: str) -> list[tuple[str, int]]:
        """Return (ISO date in that zone, mails) in order."""
        zone = ZoneInfo(timezone)
        counts = Counter(m.send_at.astimezone(zone).date().isoformat() for m in self.messages)
        return sorted(counts.items())

    def per_mailbox(self, zones: Mapping[str, str]) -> list[tuple[str, int, int]]:
        """Return (mailbox id, mails, mails on its busiest day in its own zone)."""
        days: dict[str, Counter[str]] = defaultdict(Counter)
        known = {mailbox: ZoneInfo(zone) for mailbox, zone in zones.items()}
        for m in self.messages:
            day = m.send_at.astimezone(known[m.mailbox_id]).date().isoformat()
            days[m.mailbox_id][day] += 1
        return [(box, c.total(), max(c.values())) for box, c in sorted(days.items())]


def dry_run(
    inputs: SendInputs,
    *,
    planned_at: datetime,
    seed: int,
    hold: timedelta,
    heard: Heard = lambda _: None,
) -> DryRun:
    """Return the whole plan for everyone who is not planned yet, and who is left out and why.

    `hold` is how long nothing leaves after Confirm, unless the rules say otherwise.
    """
    hold = hold_of(inputs, hold)
    writable, blocked = _sort_out(inputs)
    needs = _needs(inputs)
    messages: tuple[PlannedMessage, ...] = ()
    begins_at = planned_at + hold + READING
    if not needs and writable:
        planned = _planned(inputs, _counted(writable, heard), begins_at=begins_at, seed=seed)
        # A person with a step that fits nowhere is left out whole: half a sequence is none.
        refused = {r.prospect_id: r for r in planned.refused}
        by_id = {p.id: p for p in writable}
        blocked += [
            Blocked(
                prospect_id=r.prospect_id,
                name=by_id[r.prospect_id].name,
                email=by_id[r.prospect_id].email,
                step=r.step,
                reason=r.reason,
                repair="Change the sending settings of the mailbox, then look again.",
            )
            for r in refused.values()
        ]
        messages = _in_order(m for m in planned.messages if m.prospect_id not in refused)
    people = {m.prospect_id for m in messages}
    return DryRun(
        hash=fingerprint(inputs),
        messages=messages,
        blocked=tuple(blocked),
        warnings=tuple(checks.warnings(_remarks_on(inputs, people))),
        needs=tuple(needs),
        people=len(people),
        begins_at=begins_at,
        hold=hold,
    )


def hold_of(inputs: SendInputs, usual: timedelta) -> timedelta:
    """Return how long nothing leaves after Confirm."""
    return usual if inputs.rules.hold is None else inputs.rules.hold


def replanned(inputs: SendInputs, run: DryRun, *, seed: int) -> tuple[PlannedMessage, ...]:
    """Return the plan for the people of the run with other mailboxes: what if.

    Whom the words block is not looked at again; a person with a step that fits nowhere is out.
    """
    people = {m.prospect_id for m in run.messages}
    writable = [p for p in inputs.waiting if p.id in people]
    planned = _planned(inputs, writable, begins_at=run.begins_at, seed=seed)
    refused = {r.prospect_id for r in planned.refused}
    return _in_order(m for m in planned.messages if m.prospect_id not in refused)


def _planned(
    inputs: SendInputs, people: Iterable[Prospect], *, begins_at: datetime, seed: int
) -> Plan:
    return plan(
        map(_for_the_planner, people),
        [planner_mailbox(m) for m in inputs.mailboxes],
        inputs.rules,
        inputs.taken,
        now=begins_at,
        seed=seed,
    )


def _in_order(messages: Iterable[PlannedMessage]) -> tuple[PlannedMessage, ...]:
    return tuple(sorted(messages, key=lambda m: (m.send_at, m.prospect_id, m.step)))


def _sort_out(inputs: SendInputs) -> tuple[list[Prospect], list[Blocked]]:
    writable: list[Prospect] = []
    blocked: list[Blocked] = []
    for prospect in inputs.waiting:
        finding = checks.blocked(prospect, inputs.standing, inputs.unreachable)
        finding = finding or _ruled_out(prospect, inputs.rules)
        if finding is None:
            writable.append(prospect)
        else:
            blocked.append(finding)
    return writable, blocked


def _ruled_out(prospect: Prospect, rules: Rules) -> Blocked | None:
    reason = rules.closed_domains.get(domain(prospect.email))
    if reason is None:
        return None
    return Blocked(
        prospect_id=prospect.id,
        name=prospect.name,
        email=prospect.email,
        step=0,
        reason=f"Kept out by {reason}.",
        repair="Nothing to do, unless the rule is wrong: see /defaults.",
    )


def _needs(inputs: SendInputs) -> list[str]:
    needs = []
    if inputs.sequence.is_drafting:
        needs.append("drafts")
    if not any(not m.is_paused for m in inputs.mailboxes):
        needs.append("mailbox")
    if not inputs.account.postal_address.strip():
        needs.append("postal_address")
    return needs


def _remarks_on(inputs: SendInputs, people: Collection[str]) -> Iterator[Remark]:
    for prospect_id, remarks in inputs.standing.remarks.items():
        if prospect_id in people:
            yield from remarks


def _counted(people: Iterable[Prospect], heard: Heard) -> Iterator[Prospect]:
    for number, prospect in enumerate(people):
        heard(number)
        yield prospect


def _for_the_planner(prospect: Prospect) -> PlanProspect:
    return PlanProspect(
        id=prospect.id,
        steps=tuple(PlanStep(number=s.number, day=s.day) for s in prospect.steps),
        timezone=prospect.timezone or None,
        country=prospect.country or None,
        company=company_of(prospect.email),
    )


def planner_mailbox(mailbox: Mailbox) -> PlanMailbox:
    """Return what the planner needs to know of a mailbox."""
    return PlanMailbox(
        id=mailbox.id,
        timezone=mailbox.timezone,
        cap=mailbox.cap,
        ramp_started_on=mailbox.ramp_started_on,
        is_paused=mailbox.is_paused,
    )


def fingerprint(inputs: SendInputs) -> str:
    """Return a SHA-256 over everything that decides what is sent to whom and when.

    Two Sends with one fingerprint are one Send; any edit, suppression, setting or mail planned
    elsewhere in between gives another.
    """
    digest = hashlib.sha256()

    def add(*parts: object) -> None:
        digest.update(repr(parts).encode())

    account = inputs.account
    add("account", account.id, account.timezone, account.postal_address)
    add("sequence", inputs.sequence.id, inputs.sequence.is_drafting, inputs.sequence.status.value)
    # Every save makes a next version, and no draft is ever taken away.
    add("drafts", inputs.standing.tally.count, inputs.standing.tally.versions)
    for p in sorted(inputs.waiting, key=lambda p: p.id):
        add("prospect", p.id, p.email, p.timezone, p.country, inputs.unreachable.get(p.email))
        add(*((s.number, s.day) for s in p.steps))
    add("rules", inputs.rules)
    for m in sorted(inputs.mailboxes, key=lambda m: m.id):
        add("mailbox", m.id, m.email, m.timezone, m.cap, m.ramp_started_on, m.is_paused)
    for t in sorted(inputs.taken, key=lambda t: (t.mailbox_id, t.send_at, t.prospect_id, t.step)):
        add("taken", t.mailbox_id, t.send_at.isoformat(), t.company, t.prospect_id, t.step)
    return digest.hexdigest()
