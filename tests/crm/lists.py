"""Reading a file the way an import does, all of it at once."""

from __future__ import annotations

import io
from dataclasses import dataclass

from qrev.crm.columns import Columns
from qrev.crm.reading import Note, PersonRow, Reading, Refused, Taken, open_list, planned
from qrev.crm.repairs import Finding, Plan, Repair


@dataclass(frozen=True, kw_only=True)
class Read:
    columns: Columns
    plan: Plan
    taken: list[Taken]
    refused: list[Refused]

    @property
    def rows(self) -> list[PersonRow]:
        return [line.row for line in self.taken]

    @property
    def emails(self) -> list[str]:
        return [row.email for row in self.rows]

    def notes(self, finding: Finding) -> list[Note]:
        return [note for line in self.taken for note in line.notes if note.finding is finding]

    def reasons(self) -> list[tuple[int, str]]:
        return [(line.line, line.reason) for line in self.refused]


def read_people(data: bytes, *repairs: Repair) -> Read:
    """Return what is in a file, with these repairs made. Raises InvalidInput."""
    found = open_list(io.BytesIO(data))
    plan = planned(found.columns, Plan(repairs=frozenset(repairs)))
    lines = list(map(Reading(plan).read, found.records))
    return Read(
        columns=found.columns,
        plan=plan,
        taken=[line for line in lines if isinstance(line, Taken)],
        refused=[line for line in lines if isinstance(line, Refused)],
    )
