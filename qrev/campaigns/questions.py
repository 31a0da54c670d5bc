"""What one may ask of a plan before Send, answered in words and rows. Pure.

All are answered from the run that is shown, or from one made the same way with one thing
changed: what is asked is what would be sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from qrev.campaigns.dry_run import DryRun, SendInputs, replanned
from qrev.campaigns.models import Mailbox, Prospect
from qrev.campaigns.planning import PlannedMessage, Rules
from qrev.campaigns.planning.hours import zone_named
from qrev.kit.errors import InvalidInput, NotFound


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One planned mail, as an answer shows it. `local` is on the reader's wall."""

    prospect_id: str
    name: str
    email: str
    step: int
    mailbox: str
    local: str
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    text: str
    rows: tuple[Row, ...] = ()


class Questions:
    """The questions of one run. `seed` is its own, so that nothing else moves in a what-if."""

    def __init__(self, inputs: SendInputs, run: DryRun, *, seed: int) -> None:
        self._inputs = inputs
        self._run = run
        self._seed = seed
        self._zone = zone_named(inputs.account.timezone) or ZoneInfo("UTC")
        self._people = {p.id: p for p in inputs.prospects}
        self._mailboxes = {m.id: m for m in inputs.mailboxes}

    def who_on(self, day: date) -> Answer:
        """Return who is written to on that day of the workspace, the first to leave first."""
        found = [m for m in self._run.messages if self._day_of(m) == day]
        people = len({m.prospect_id for m in found})
        if not found:
            return Answer(text=f"Nobody is written to on {_said(day)}.{self._nearest(day)}")
        text = f"{_mails(len(found))} to {_persons(people)} leave on {_said(day)}."
        return Answer(text=text, rows=self._rows(found))

    def last(self) -> Answer:
        """Return the mail that leaves last."""
        if not self._run.messages:
            return Answer(text="Nothing is planned, so nothing leaves.")
        message = self._run.messages[-1]
        text = f"The last mail leaves on {_said(self._day_of(message))}."
        return Answer(text=text, rows=self._rows([message]))

    def why(self, prospect_id: str) -> Answer:
        """Return when someone gets each mail and what moved it. Raises NotFound for a stranger."""
        prospect = self._people.get(prospect_id)
        if prospect is None:
            raise NotFound("We could not find that person in this plan.")
        found = [m for m in self._run.messages if m.prospect_id == prospect_id]
        blocked = next((b for b in self._run.blocked if b.prospect_id == prospect_id), None)
        who = prospect.name or prospect.email
        if blocked is not None:
            return Answer(text=f"{who} gets no mail: {blocked.reason} {blocked.repair}")
        if not found:
            return Answer(text=f"{who} has no mail in this plan: theirs was planned before.")
        return Answer(text=f"{who} gets {_mails(len(found))}.", rows=self._rows(found))

    def done_by(self, day: date) -> Answer:
        """Return whether all leave by the end of that day, and what does not."""
        if not self._run.messages:
            return self.last()
        late = [m for m in self._run.messages if self._day_of(m) > day]
        if not late:
            last = self.last()
            return Answer(text=f"Yes: everything has left by {_said(day)}. {last.text}")
        people = len({m.prospect_id for m in late})
        text = (
            f"No: {_mails(len(late))} to {_persons(people)} leave after {_said(day)}. "
            f"{self.last().text}"
        )
        return Answer(text=text, rows=self._rows(late))

    def without(self, mailbox_id: str) -> Answer:
        """Return what would be if that mailbox could not send. Raises NotFound for no mailbox."""
        if mailbox_id not in self._mailboxes:
            raise NotFound("We could not find that mailbox.")
        email = self._mailboxes[mailbox_id].email
        lost = sum(m.mailbox_id == mailbox_id for m in self._run.messages)
        others = tuple(m for m in self._inputs.mailboxes if m.id != mailbox_id)
        if not any(not m.is_paused and m.cap > 0 for m in others):
            return Answer(
                text=f"Without {email} nothing leaves: no other mailbox of yours may send."
            )
        said = self._compared(self._otherwise(others))
        return Answer(text=f"{email} has {_mails(lost)} in this plan. Without it {said}")

    def with_cap(self, cap: int) -> Answer:
        """Return what would be if each mailbox might send `cap` a day. Raises InvalidInput."""
        ceiling = Rules(account_timezone=self._inputs.account.timezone).ceiling
        if not 1 <= cap <= ceiling:
            raise InvalidInput(
                f"A mailbox may send 1 to {ceiling} mails a day; more of them burn it. "
                f"You asked for {cap:,}."
            )
        others = tuple(replace(m, cap=cap) for m in self._inputs.mailboxes)
        said = self._compared(self._otherwise(others))
        return Answer(text=f"With {cap} mails a day for each mailbox {said}")

    def _otherwise(self, mailboxes: Iterable[Mailbox]) -> tuple[PlannedMessage, ...]:
        inputs = replace(self._inputs, mailboxes=tuple(mailboxes))
        return replanned(inputs, self._run, seed=self._seed)

    def _compared(self, otherwise: Sequence[PlannedMessage]) -> str:
        if not otherwise or not self._run.messages:
            return "nothing would be planned."
        was, then = self._day_of(self._run.messages[-1]), self._day_of(otherwise[-1])
        days = (then - was) // timedelta(days=1)
        how = (
            "the same day as now"
            if not days
            else f"{abs(days):,} {'day' if abs(days) == 1 else 'days'} "
            f"{'later' if days > 0 else 'earlier'} than now"
        )
        short = len(self._run.messages) - len(otherwise)
        more = f" {_mails(short)} would find no place." if short > 0 else ""
        return f"the last of {len(otherwise):,} would leave on {_said(then)}, {how}.{more}"

    def _nearest(self, day: date) -> str:
        later = next((m for m in self._run.messages if self._day_of(m) > day), None)
        return f" The next leave on {_said(self._day_of(later))}." if later else ""

    def _day_of(self, message: PlannedMessage) -> date:
        return message.send_at.astimezone(self._zone).date()

    def _rows(self, messages: Iterable[PlannedMessage]) -> tuple[Row, ...]:
        return tuple(self._row(m, self._people[m.prospect_id]) for m in messages)

    def _row(self, message: PlannedMessage, prospect: Prospect) -> Row:
        because = message.because
        return Row(
            prospect_id=prospect.id,
            name=prospect.name,
            email=prospect.email,
            step=message.step,
            mailbox=self._mailboxes[message.mailbox_id].email,
            local=f"{because.local:%a %-d %b %H:%M} {because.zone}",
            because=str(because),
        )


def _said(day: date) -> str:
    return f"{day:%A %-d %B %Y}"


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"


def _persons(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
