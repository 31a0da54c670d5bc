"""What one may ask of a plan, answered in words and rows. Pure.

All are answered from what is shown (the run of a proposal, or what the ledger holds of a running
sequence), or from a plan made the same way with one thing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from qrev.campaigns.dry_run import DryRun, SendInputs, replanned
from qrev.campaigns.models import Blocked, Mailbox
from qrev.campaigns.planning import PlannedMessage, Rules
from qrev.campaigns.planning.hours import zone_named
from qrev.kit.errors import InvalidInput, NotFound

NOTHING = "Nothing is planned, so nothing leaves."


class Leaving(Protocol):
    """A mail that leaves: of a run, or of the ledger."""

    @property
    def prospect_id(self) -> str: ...

    @property
    def step(self) -> int: ...

    @property
    def mailbox_id(self) -> str: ...

    @property
    def send_at(self) -> datetime: ...


class Someone(NamedTuple):
    name: str
    email: str

    @property
    def shown(self) -> str:
        return self.name or self.email


class Told(NamedTuple):
    """When a mail leaves on the reader's wall, and why then."""

    local: str
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One planned mail, as an answer shows it. `local` is on the reader's wall."""

    prospect_id: str
    name: str
    email: str
    step: int
    mailbox: str
    send_at: datetime
    local: str
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    text: str
    rows: tuple[Row, ...] = ()
    timezone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is asked about. `messages` are in the order they leave; `again` plans anew."""

    messages: Sequence[Leaving]
    people: Mapping[str, Someone]
    mailboxes: tuple[Mailbox, ...]
    rules: Rules
    told: Callable[[Any], Told]
    again: Callable[[tuple[Mailbox, ...]], Sequence[Leaving]]
    blocked: Mapping[str, Blocked] = field(default_factory=dict)
    gone: Sequence[Leaving] = ()  # of a running one: what is no longer ahead
    is_running: bool = False


def about_run(inputs: SendInputs, run: DryRun, *, seed: int) -> Subject:
    """Return a plan that is not confirmed. `seed` is its own: nothing else moves in a what-if."""
    return Subject(
        messages=run.messages,
        people={p.id: Someone(p.name, p.email) for p in inputs.prospects},
        mailboxes=inputs.mailboxes,
        rules=inputs.rules,
        told=_told,
        again=lambda mailboxes: replanned(replace(inputs, mailboxes=mailboxes), run, seed=seed),
        blocked={b.prospect_id: b for b in run.blocked},
    )


class Questions:
    """The questions of one plan."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._zone = zone_named(subject.rules.account_timezone) or ZoneInfo("UTC")
        self._mailboxes = {m.id: m for m in subject.mailboxes}

    def who_on(self, day: date) -> Answer:
        """Return who is written to on that day of the workspace, the first to leave first."""
        found = [m for m in self._subject.messages if self._day_of(m) == day]
        people = len({m.prospect_id for m in found})
        if not found:
            return Answer(text=f"Nobody is written to on {_said(day)}.{self._nearest(day)}")
        leave = "leaves" if len(found) == 1 else "leave"
        text = f"{_mails(len(found))} to {_persons(people)} {leave} on {_said(day)}."
        return Answer(text=text, rows=self._rows(found))

    def first(self) -> Answer:
        """Return the mail that leaves first."""
        if not self._subject.messages:
            return self.last()
        message = self._subject.messages[0]
        at = message.send_at.astimezone(self._zone)
        text = f"The first mail leaves on {_said(at.date())} at {at:%H:%M} ({self._zone.key})."
        return Answer(text=text, rows=self._rows([message]))

    def last(self) -> Answer:
        """Return the mail that leaves last."""
        if not self._subject.messages:
            return Answer(text=NOTHING)
        message = self._subject.messages[-1]
        text = f"The last mail leaves on {_said(self._day_of(message))}."
        return Answer(text=text, rows=self._rows([message]))

    def why(self, prospect_id: str) -> Answer:
        """Return when someone gets each mail and what moved it. Raises NotFound for a stranger."""
        someone = self._subject.people.get(prospect_id)
        if someone is None:
            raise NotFound("We could not find that person in this plan.")
        found = [m for m in self._subject.messages if m.prospect_id == prospect_id]
        blocked = self._subject.blocked.get(prospect_id)
        who = someone.shown
        if blocked is not None:
            return Answer(text=f"{who} gets no mail: {blocked.reason} {blocked.repair}")
        if not found:
            return Answer(text=f"{who} has no mail in this plan: theirs was planned before.")
        return Answer(text=f"{who} gets {_mails(len(found))}.", rows=self._rows(found))

    def done_by(self, day: date) -> Answer:
        """Return whether all leave by the end of that day, and what does not."""
        if not self._subject.messages:
            return self.last()
        late = [m for m in self._subject.messages if self._day_of(m) > day]
        if not late:
            last = self.last()
            return Answer(text=f"Yes: everything has left by {_said(day)}. {last.text}")
        people = len({m.prospect_id for m in late})
        leave = "leaves" if len(late) == 1 else "leave"
        text = (
            f"No: {_mails(len(late))} to {_persons(people)} {leave} after {_said(day)}. "
            f"{self.last().text}"
        )
        return Answer(text=text, rows=self._rows(late))

    def without(self, mailbox_id: str) -> Answer:
        """Return what would be if that mailbox could not send. Raises NotFound for no mailbox."""
        if mailbox_id not in self._mailboxes:
            raise NotFound("We could not find that mailbox.")
        email = self._mailboxes[mailbox_id].email
        lost = sum(m.mailbox_id == mailbox_id for m in self._subject.messages)
        others = tuple(m for m in self._subject.mailboxes if m.id != mailbox_id)
        if not any(not m.is_paused and m.cap > 0 for m in others):
            return Answer(
                text=f"Without {email} nothing leaves: no other mailbox of yours may send."
            )
        said = self._compared(self._subject.again(others))
        return Answer(text=f"{email} has {_mails(lost)} in this plan. Without it {said}")

    def with_cap(self, cap: int) -> Answer:
        """Return what would be if each mailbox might send `cap` a day. Raises InvalidInput."""
        ceiling = self._subject.rules.ceiling
        if not 1 <= cap <= ceiling:
            raise InvalidInput(
                f"A mailbox may send 1 to {ceiling} mails a day; more of them burn it. "
                f"You asked for {cap:,}."
            )
        others = tuple(replace(m, cap=cap) for m in self._subject.mailboxes)
        said = self._compared(self._subject.again(others))
        return Answer(text=f"With {_mails(cap)} a day for each mailbox {said}")

    def _compared(self, otherwise: Sequence[Leaving]) -> str:
        if not otherwise or not self._subject.messages:
            return "nothing would be planned."
        was, then = self._day_of(self._subject.messages[-1]), self._day_of(otherwise[-1])
        days = (then - was) // timedelta(days=1)
        how = (
            "the same day as now"
            if not days
            else f"{abs(days):,} {'day' if abs(days) == 1 else 'days'} "
            f"{'later' if days > 0 else 'earlier'} than now"
        )
        short = len(self._subject.messages) - len(otherwise)
        more = f" {_mails(short)} would find no place." if short > 0 else ""
        return f"the last of {len(otherwise):,} would leave on {_said(then)}, {how}.{more}"

    def _nearest(self, day: date) -> str:
        if not self._subject.messages:
            return f" {NOTHING} The card of the plan says what is missing."
        later = next((m for m in self._subject.messages if self._day_of(m) > day), None)
        return f" The next leave on {_said(self._day_of(later))}." if later else ""

    def _day_of(self, message: Leaving) -> date:
        return message.send_at.astimezone(self._zone).date()

    def _rows(self, messages: Iterable[Leaving]) -> tuple[Row, ...]:
        return tuple(self._row(m, self._subject.people[m.prospect_id]) for m in messages)

    def _row(self, message: Leaving, someone: Someone) -> Row:
        told = self._subject.told(message)
        mailbox = self._mailboxes.get(message.mailbox_id)
        return Row(
            prospect_id=message.prospect_id,
            name=someone.name,
            email=someone.email,
            step=message.step,
            mailbox=mailbox.email if mailbox else "",
            send_at=message.send_at,
            local=told.local,
            because=told.because,
        )


def _told(message: PlannedMessage) -> Told:
    because = message.because
    return Told(f"{because.local:%a %-d %b %H:%M} {because.zone}", str(because))


def _said(day: date) -> str:
    return f"{day:%A %-d %B %Y}"


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"


def _persons(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
