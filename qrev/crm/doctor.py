"""What a list is, before anything of it is written: counted, with the first lines of each kind.

Pure: whom we know and whom we must not write to is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from qrev.crm.edits import FieldEdit
from qrev.crm.reading import Note, Refused
from qrev.crm.repairs import REPAIR_OF, Finding, Repair

SHOWN = 50  # lines of each kind
MEANT = 100  # different slips that are listed with what was meant


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the file, and what is odd about it. `suggestion` is what may be meant."""

    line: int
    value: str
    reason: str = ""
    suggestion: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """A field of somebody known, old beside new."""

    email: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What a list is, read by its plan.

    `rows` = `new` + `known` + `refused`. `changed` of the known get something new. `found` counts
    lines by finding, `mendable` those of them whose meaning is clear, and `lines` has the first of
    each; `meant` counts what would be repaired to what; `fields` counts the fields that change.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    refused: int = 0
    found: dict[str, int] = field(default_factory=dict)
    mendable: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    meant: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)
    are_columns_unsure: bool = False

    def repairs(self) -> tuple[tuple[Repair, int], ...]:
        """Return what one press could repair, and of how many lines."""
        offered = []
        for finding, repair in REPAIR_OF.items():
            counts = self.mendable if repair in MENDING else self.found
            if count := counts.get(finding, 0):
                offered.append((repair, count))
        return tuple(offered)

    @property
    def needs_a_look(self) -> bool:
        """Whether there is anything in the list that somebody should decide or know before."""
        return self.are_columns_unsure or any(self.found.get(each) for each in WORTH_A_LOOK)


# Repairs that know what was meant; the others leave people out.
MENDING = frozenset({Repair.MEND_ADDRESSES, Repair.FIX_TYPOS, Repair.FIX_ZONES})
# The same person twice, or a private address, is usual: it costs nobody a press.
WORTH_A_LOOK = frozenset(Finding) - {Finding.DUPLICATE, Finding.FREE_MAIL, Finding.LEFT_OUT}


class Examining:
    """Adds a list up, line by line."""

    def __init__(self, *, sample: list[list[str]], are_columns_unsure: bool) -> None:
        self._sample = sample
        self._are_columns_unsure = are_columns_unsure
        self._new = self._known = self._changed = self._refused = 0
        self._found: Counter[str] = Counter()
        self._mendable: Counter[str] = Counter()
        self._lines: dict[str, list[Line]] = {}
        self._meant: dict[str, Counter[tuple[str, str]]] = {}
        self._fields: Counter[str] = Counter()
        self._changes: list[FieldChange] = []

    def refuse(self, refused: Refused) -> None:
        self._refused += 1
        self._count(
            refused.finding, refused.line, refused.value, refused.reason, refused.suggestion
        )

    def take(self, line: int, notes: Iterable[Note], *, is_known: bool) -> None:
        self._known += is_known
        self._new += not is_known
        for note in notes:
            self._count(note.finding, line, note.value, "", note.suggestion)

    def change(self, email: str, edits: Iterable[FieldEdit]) -> None:
        self._changed += 1
        for edit in edits:
            self._fields[edit.field] += 1
            if len(self._changes) < SHOWN:
                self._changes.append(
                    FieldChange(email=email, field=edit.field, before=edit.before, after=edit.after)
                )

    @property
    def rows(self) -> int:
        return self._new + self._known + self._refused

    def diagnosis(self) -> Diagnosis:
        return Diagnosis(
            rows=self.rows,
            new=self._new,
            known=self._known,
            changed=self._changed,
            refused=self._refused,
            found=dict(self._found),
            mendable=dict(self._mendable),
            lines=self._lines,
            meant={
                finding: [(was, meant, count) for (was, meant), count in slips.most_common(MEANT)]
                for finding, slips in self._meant.items()
            },
            fields=dict(self._fields.most_common()),
            changes=self._changes,
            sample=self._sample,
            are_columns_unsure=self._are_columns_unsure,
        )

    def _count(self, finding: Finding, line: int, value: str, reason: str, suggestion: str) -> None:
        self._found[finding] += 1
        shown = self._lines.setdefault(finding, [])
        if len(shown) < SHOWN:
            shown.append(Line(line=line, value=value, reason=reason, suggestion=suggestion))
        if suggestion:
            self._mendable[finding] += 1
            slips = self._meant.setdefault(finding, Counter())
            if (value, suggestion) in slips or len(slips) < 10 * MEANT:
                slips[value, suggestion] += 1
