"""What the witness's lines prove, beside the plan and the stops. Pure, and knows nothing of us."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]
GRACE = timedelta(minutes=1)  # what is planned for the last minute of a window may leave after it
TOLERANCE = timedelta(seconds=1)  # between our decision and the server's first word of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    accepted: int
    duplicates: int
    after_stop: int
    outside_rules: int
    missing: frozenset[str]  # planned, and never accepted
    wrong: tuple[str, ...]  # what was found, in words


def judge(plan: Mapping[str, Any], accepted: Iterable[Line], stops: Iterable[Line]) -> Verdict:
    """Return what is proven. Whatever was on the wire when a stop was recorded is not held
    against anyone.
    """
    lines = sorted(accepted, key=lambda line: line["began"])
    counts = Counter(line["id"] for line in lines)
    planned = {each["id"] for each in plan["planned"]}
    duplicates = [f"{key} {count} times" for key, count in counts.items() if count > 1]
    strangers = [f"{key} was never planned" for key in counts.keys() - planned]
    late = _after_stop(lines, stops)
    outside = [*_outside_window(plan["rules"], lines), *_beyond_mailboxes(plan["rules"], lines)]
    return Verdict(
        accepted=len(lines),
        duplicates=sum(count - 1 for count in counts.values()),
        after_stop=len(late),
        outside_rules=len(outside) + len(strangers),
        missing=frozenset(planned - counts.keys()),
        wrong=(*duplicates, *strangers, *late, *outside),
    )


def judged(folder: Path) -> Verdict:
    """Return the verdict on the files of a run."""
    plan = json.loads((folder / "plan.json").read_text())
    return judge(plan, lines_of(folder / "accepted.jsonl"), lines_of(folder / "stops.jsonl"))


def lines_of(path: Path) -> list[Line]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def _after_stop(lines: list[Line], stops: Iterable[Line]) -> list[str]:
    wrong = []
    for stop in stops:
        excused = set(stop["on_the_wire"])
        wrong += [
            f"{line['id']} began {line['began'] - stop['at']:.3f} s after its stop"
            for line in lines
            if line["to"] == stop["to"] and line["began"] > stop["at"] and line["id"] not in excused
        ]
    return wrong


def _outside_window(rules: Mapping[str, Any], lines: list[Line]) -> list[str]:
    wrong = []
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        opens = at.replace(hour=rules["opens"], minute=0, second=0, microsecond=0)
        closes = opens.replace(hour=rules["closes"])
        if at.weekday() > 4 or not opens <= at < closes + GRACE + TOLERANCE:
            wrong.append(f"{line['id']} left at {line['at']}, outside the window")
    return wrong


def _beyond_mailboxes(rules: Mapping[str, Any], lines: list[Line]) -> list[str]:
    """Return who broke a cap or a gap of a mailbox."""
    wrong = []
    gap = timedelta(seconds=rules["gap_s"]) - TOLERANCE
    by_mailbox: dict[str, list[datetime]] = defaultdict(list)
    for line in lines:
        by_mailbox[line["from"]].append(datetime.fromisoformat(line["at"]))
    for mailbox, times in by_mailbox.items():
        times.sort()
        days = Counter(at.date() for at in times)
        wrong += [f"{mailbox} sent {n} on {day}" for day, n in days.items() if n > rules["cap"]]
        wrong += [
            f"{mailbox} sent two within {b - a}, at {b}" for a, b in pairwise(times) if b - a < gap
        ]
    return wrong
