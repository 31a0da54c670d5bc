"""What is told of a fault to whoever runs QRev: where it was, and nothing anybody wrote. Pure."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from types import TracebackType

from qrev.kit.ids import stable_id

MAX_WORDS = 200
MAX_CAUSES = 4
MAX_FRAMES = 6
# Of what a location says only plain words are told: an id or an address among them is not.
PLAIN = re.compile(r"[A-Za-z][A-Za-z_/-]{0,31}[.:,]?")
NUMBERS = ("errno", "code", "status_code")  # what errors of others carry beside their words


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """`fingerprint` is the same for the same kind of error at the same place."""

    fingerprint: str
    transaction_id: str
    location: str
    message: str
    subject: str


def fault_of(location: str, error: BaseException, transaction_id: str) -> Fault:
    """Return what is told of an error: its kind and its way through our code.

    Never its words: an exception may quote a token, an address or a whole mail. Those stand in
    the log, beside the same transaction id.
    """
    kind = _kind(error)
    where = _where(error.__traceback__)
    place = where[-1] if where else "an unknown place"
    told = _plain(location) or "somewhere"
    return Fault(
        fingerprint=stable_id("fault", kind, place.partition(":")[0], place.rpartition(" ")[2]),
        transaction_id=transaction_id if re.fullmatch(r"[a-f0-9]{0,32}", transaction_id) else "",
        location=f"{told} ({place})",
        message=" ← ".join(_chain(error)),
        subject=f"QRev: {kind.rpartition('.')[2]} in {told}",
    )


def _chain(error: BaseException) -> list[str]:
    """Return the error and what it came of, each with its way."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < MAX_CAUSES:
        way = ", ".join(_where(current.__traceback__)[-MAX_FRAMES:])
        lines.append(f"{_kind(current)}{_numbers(current)} at {way or 'an unknown place'}")
        current = current.__cause__ or current.__context__
    return lines


def _kind(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}"[:MAX_WORDS]


def _numbers(error: BaseException) -> str:
    found = [(name, getattr(error, name, None)) for name in NUMBERS]
    said = [f"{name} {number}" for name, number in found if type(number) is int]
    return f" ({', '.join(said)})" if said else ""


def _where(way: TracebackType | None) -> list[str]:
    """Return the places of ours an error came through, or of others if it saw none of ours."""
    frames = [(f.filename, f.lineno or 0, f.name) for f in traceback.extract_tb(way)]
    ours = [frame for frame in frames if "qrev" in PurePath(frame[0]).parts]
    return [f"{_short(name)}:{line} {function}" for name, line, function in ours or frames[-2:]]


def _short(filename: str) -> str:
    parts = PurePath(filename).parts
    start = len(parts) - 1 - parts[::-1].index("qrev") if "qrev" in parts else len(parts) - 2
    return "/".join(parts[max(0, start) :])


def _plain(location: str) -> str:
    words = [word for word in location[:MAX_WORDS].split() if PLAIN.fullmatch(word)]
    return " ".join(words)
