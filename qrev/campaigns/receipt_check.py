"""Checking a receipt, with nothing but the file: is it whole, and did anybody get a step twice?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qrev.campaigns.models import MessageStatus
from qrev.campaigns.receipts import VERSION, fingerprint_of

SENT, UNKNOWN = MessageStatus.SENT.value, MessageStatus.UNKNOWN.value
SENDING = MessageStatus.SENDING.value
MOST_NAMED = 20  # of what is wrong; the rest is counted


@dataclass(kw_only=True, slots=True)
class Finding:
    """`broken` is where the chain does not hold, `twice` who may have got a step twice."""

    lines: int = 0
    messages: int = 0
    sent: int = 0
    in_doubt: int = 0
    fingerprint: str = ""
    broken: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.broken and not self.twice

    def words(self) -> str:
        """Return what was found, for a person at a terminal."""
        if self.broken:
            chain = ["The receipt is not whole:", *_some(self.broken)]
        else:
            chain = [
                f"The receipt is whole: {self.lines:,} lines, each holds the one before it.",
                f"Its fingerprint is {self.fingerprint}.",
            ]
        if self.twice:
            people = ["Somebody may have got a mail twice:", *_some(self.twice)]
        else:
            people = ["Nobody got a step twice."]
        doubt = f", {self.in_doubt:,} of them still in doubt" if self.in_doubt else ""
        counted = f"{self.messages:,} mails were tried, {self.sent:,} were sent{doubt}."
        return "\n".join((*chain, *people, counted))


def check(lines: Iterable[bytes]) -> Finding:
    """Return what a receipt proves. Lines as in the file, with or without their ends."""
    finding = Finding()
    stories: dict[str, _Story] = {}
    last: dict[str, Any] = {}
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip(b"\r\n")
        said = _read(line, number, finding)
        if said is None:
            break
        finding.broken += _breaks(said, number, finding.fingerprint, last)
        finding.lines, finding.fingerprint, last = number, fingerprint_of(line), said
        if "message" in said:
            key = str(said["message"])
            stories.setdefault(key, _Story(key, str(said.get("to", "")))).hear(said)
    _count(finding, stories, last)
    return finding


class _Story:
    """What one message went through, line by line."""

    def __init__(self, key: str, to: str) -> None:
        self.key = key
        self.to = to
        self.status = ""
        self.times_sent = 0
        self.has_left = False  # or may have: nobody has found that it did not
        self.is_wrong = False

    def hear(self, said: dict[str, Any]) -> None:
        kind, status = said.get("kind"), str(said.get("status", ""))
        if kind == "intent":
            # Tried again although an earlier try left, or nobody knows that it did not.
            self.is_wrong = self.is_wrong or self.has_left
            self.has_left = True
        elif kind in ("outcome", "settled"):
            self.times_sent += status == SENT
            self.has_left = status in (SENT, UNKNOWN)
        if kind != "wire":
            self.status = status

    @property
    def is_twice(self) -> bool:
        return self.is_wrong or self.times_sent > 1


def _read(line: bytes, number: int, finding: Finding) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    finding.broken.append(f"line {number:,} is no line of a receipt")
    return None


def _breaks(said: dict[str, Any], number: int, fingerprint: str, last: dict[str, Any]) -> list[str]:
    broken = []
    if number == 1 and said.get("receipt") != VERSION:
        broken.append("it does not begin like a receipt")
    if last.get("end"):
        broken.append(f"line {number:,} comes after the end")
    if said.get("prev") != fingerprint:
        broken.append(f"line {number:,} does not hold the line before it")
    elif said.get("n") != number:
        broken.append(f"line {number:,} says that it is number {said.get('n')}")
    return broken


def _count(finding: Finding, stories: dict[str, _Story], last: dict[str, Any]) -> None:
    finding.messages = len(stories)
    finding.sent = sum(story.status == SENT for story in stories.values())
    finding.in_doubt = sum(story.status in (UNKNOWN, SENDING) for story in stories.values())
    finding.twice += [f"{s.to} ({s.key})" for s in stories.values() if s.is_twice]
    if not last.get("end"):
        finding.broken.append("its end is missing")
    elif (last.get("lines"), last.get("messages")) != (finding.lines, finding.messages):
        finding.broken.append("its end counts other lines than there are")


def _some(found: list[str]) -> list[str]:
    more = len(found) - MOST_NAMED
    rest = [f"  and {more:,} more"] if more > 0 else []
    return [*(f"  {each}" for each in found[:MOST_NAMED]), *rest]
