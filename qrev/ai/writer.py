"""The built-in writer: plain, honest mails from a row and an offer. No fact is ever invented."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from qrev.ai import phrases
from qrev.ai.cells import Reader
from qrev.ai.pitch import Pitch, pitch_of
from qrev.assistant.contract import SourcedFact

MAX_SUBJECT = 58
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What every mail of a sequence has in common."""

    offer: str
    is_topic: bool = False  # they said "about it", not "we sell it"
    tone: str = ""  # "", friendly or formal
    is_short: bool = False
    steps: int
    sender_name: str = ""
    sender_company: str = ""

    @cached_property
    def pitch(self) -> Pitch:
        return pitch_of(self.offer, is_topic=self.is_topic, sender_company=self.sender_company)


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One mail. `missing` names the facts its words would have needed."""

    subject: str
    body: str
    facts: tuple[SourcedFact, ...]
    missing: tuple[str, ...]


def write(brief: Brief, reader: Reader, step: int) -> Written:
    """Return the mail of that step (from 1) for that reader. The same arguments, the same mail.

    Every step has the same subject, so that mail programs keep the mails in one thread.
    """
    pick = _Picker(reader.email)
    said = _Phrasing(brief, reader)
    signature = "\n".join(dict.fromkeys(s for s in (brief.sender_name, brief.sender_company) if s))
    parts = [
        _greeting(brief, reader),
        *_middle(brief, said, step, pick),
        f"{phrases.SIGN_OFF[brief.tone]}\n{signature}".rstrip(),
    ]
    body = "\n\n".join(parts)
    # Only the first mail is about its reader; a follow-up needs no more than the name.
    needed = ("name", "company_name", "job_title") if step == 1 else ("name",)
    facts = [
        ("name", reader.first_name),
        ("company_name", reader.company),
        ("job_title", reader.title),
    ]
    return Written(
        subject=_subject(brief.pitch, reader, pick),
        body=body,
        facts=tuple(
            SourcedFact(text=text, source=f"csv:{field}")
            for field, text in facts
            if text and text in body
        ),
        missing=tuple(field for field, text in facts if not text and field in needed),
    )


class _Picker:
    """Chooses among alternatives: differently for each reader, always alike for the same."""

    def __init__(self, email: str) -> None:
        self._number = int.from_bytes(hashlib.sha256(email.encode()).digest()[:8], "big")

    def of(self, alternatives: Sequence[T], salt: int = 0) -> T:
        return alternatives[(self._number >> (salt * 3)) % len(alternatives)]


class _Phrasing:
    """Fills our phrases for one reader, in the tone of the brief."""

    def __init__(self, brief: Brief, reader: Reader) -> None:
        self.reader = reader
        self._is_friendly = brief.tone == "friendly"
        self._values = {
            "topic": brief.pitch.topic,
            "title": reader.title,
            "at_company": f" at {reader.company}" if reader.company else "",
            "them": reader.company or "you",
        }

    def fill(self, phrase: str, **more: str) -> str:
        if self._is_friendly:
            for long, short in phrases.CONTRACTED:
                phrase = phrase.replace(long, short)
        filled = phrase.format(**self._values, **more)
        # A company whose name ends in a full stop ends the sentence as well.
        return re.sub(r"\.\.(?=\s|$)", ".", filled)


def _greeting(brief: Brief, reader: Reader) -> str:
    if brief.tone == "formal" and reader.full_name:
        return f"Dear {reader.full_name},"
    if reader.first_name:
        return f"{'Dear' if brief.tone == 'formal' else 'Hi'} {reader.first_name},"
    return "Hello,"


def _middle(brief: Brief, said: _Phrasing, step: int, pick: _Picker) -> list[str]:
    """Return the paragraphs between greeting and sign-off: they end in one question."""
    kind = brief.pitch.kind
    # "Topics" are followed up like things; only an event has an end to wait for.
    later = "event" if kind == "event" else "thing"
    asks = phrases.ASKS[kind]
    first = pick.of(asks, 1)
    if step == 1:
        sentence = _in_tone(brief, brief.pitch.sentence)
        more = "" if brief.is_short else f" {said.fill(first[0])}"
        return [_about_them(said, pick), f"{sentence}{more}", said.fill(first[1])]
    if step == 2:
        opening = said.fill(pick.of(phrases.SECOND, 1))
        # The page is offered once.
        is_page_offered = first is asks[-1]
        if brief.is_short:
            brief_asks = phrases.SHORT_SECOND_ASKS[later]
            return [opening, brief_asks[0] if is_page_offered else pick.of(brief_asks, 2)]
        seconds = phrases.SECOND_ASKS[kind]
        second = seconds[0] if is_page_offered else pick.of(seconds, 2)
        return [opening, " ".join(map(said.fill, second))]
    if step == brief.steps:
        return [" ".join(map(said.fill, pick.of(phrases.LAST[later], 3)))]
    between = phrases.LATER[later]
    offset = pick.of(range(len(between)), 4)
    return [said.fill(words) for words in between[(step + offset) % len(between)]]


def _in_tone(brief: Brief, sentence: str) -> str:
    if brief.tone == "friendly" and sentence.startswith(("I would", "I am")):
        return sentence.replace("I would", "I'd", 1).replace("I am", "I'm", 1)
    return sentence


def _about_them(said: _Phrasing, pick: _Picker) -> str:
    """Return the sentence that shows the mail was written for this reader."""
    reader = said.reader
    if not reader.title:
        return said.fill(pick.of(phrases.NO_TITLE, 4))
    fitting = (those for roles, those in phrases.CONCERNS if roles.search(reader.title))
    pattern = pick.of(phrases.BOTH if reader.company else phrases.ONLY_TITLE, 4)
    return said.fill(pattern, concern=pick.of(next(fitting, phrases.ANY_CONCERN), 5))


def _subject(pitch: Pitch, reader: Reader, pick: _Picker) -> str:
    if pitch.headline and not pitch.joint:
        return pitch.headline[:MAX_SUBJECT]
    if not reader.company:
        return pitch.headline or "A short question"
    questions = pick.of(("A question for {}", "An idea for {}"), 6)
    named = [f"{pitch.headline} {pitch.joint} {reader.company}"] if pitch.headline else []
    named.append(questions.format(reader.company))
    return next((s for s in named if len(s) <= MAX_SUBJECT), pitch.headline or "A short question")
