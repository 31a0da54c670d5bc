"""The built-in writer: plain, honest mails from a row and an offer. No fact is ever invented."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qrev.ai import phrases
from qrev.ai.cells import Reader
from qrev.assistant.contract import SourcedFact

MAX_SUBJECT = 58
VERBS = re.compile(
    r"(?:to\s+)?(help|reduce|cut|save|automate|improve|increase|speed|make|build|give|find|turn|run"
    r"|replace|simplify|grow|write|plan|organi[sz]e|teach|train|clean|deliver|design)\b",
    re.I,
)
GERUND = re.compile(r"[a-z]{3,}ing\s+(?!tool|software|platform|service|system|app|solution)", re.I)
DETERMINER = re.compile(r"^(?:our|my|the|an?)\s+", re.I)
ARTICLE = re.compile(r"^(?:our|my|the|an?|this|free|\d)", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """What every mail of a sequence has in common."""

    offer: str
    tone: str
    is_short: bool
    steps: int
    sender_name: str
    sender_company: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One mail. `missing` names the facts its words would have needed."""

    subject: str
    body: str
    facts: tuple[SourcedFact, ...]
    missing: tuple[str, ...]


def write(brief: Brief, reader: Reader, step: int) -> Written:
    """Return the mail of that step (from 1) for that reader. The same arguments, the same mail.

    About 20 µs a mail.
    """
    pick = _Picker(reader.email)
    parts = [_greeting(brief, reader), *_middle(brief, reader, step, pick)]
    sign_off = phrases.SIGN_OFF[brief.tone]
    signature = "\n".join(dict.fromkeys(s for s in (brief.sender_name, brief.sender_company) if s))
    body = "\n\n".join([*parts, f"{sign_off}\n{signature}".rstrip()])
    # Only the first mail is about its reader; a follow-up needs no more than the name.
    needed = ("name", "company_name", "job_title") if step == 1 else ("name",)
    facts = [
        ("name", reader.first_name),
        ("company_name", reader.company),
        ("job_title", reader.title),
    ]
    return Written(
        subject=_subject(brief, reader, pick),
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

    def of(self, alternatives: Sequence[str], salt: int = 0) -> str:
        return alternatives[(self._number >> (salt * 3)) % len(alternatives)]


def _greeting(brief: Brief, reader: Reader) -> str:
    if brief.tone == "formal" and reader.full_name:
        return f"Dear {reader.full_name},"
    if reader.first_name:
        return f"{'Dear' if brief.tone == 'formal' else 'Hi'} {reader.first_name},"
    return "Hello,"


def _middle(brief: Brief, reader: Reader, step: int, pick: _Picker) -> list[str]:
    topic = topic_of(brief.offer)
    if step == 1:
        first = [_about_them(reader, pick), offered(brief.offer)]
        more = [] if brief.is_short else [pick.of(phrases.ELABORATE, 3)]
        return [" ".join(first[:1]), " ".join([first[1], *more]), pick.of(phrases.ASK, 1)]
    if step == brief.steps and step > 2:
        last = pick.of(phrases.LAST, step).format(topic=topic)
        return [f"{last} {pick.of(phrases.LAST_ASK, 2)}"]
    if step == 2:
        angle = phrases.SECOND_ANGLE if reader.company else phrases.SECOND_ANGLE_PLAIN
        return [
            pick.of(phrases.SECOND, 1).format(topic=topic),
            f"{pick.of(angle, 2).format(company=reader.company)} {pick.of(phrases.SECOND_ASK, 3)}",
        ]
    at = (step + int(pick.of("01"))) % len(phrases.LATER)
    return [phrases.LATER[at].format(topic=topic), phrases.LATER_ASK[at]]


def _about_them(reader: Reader, pick: _Picker) -> str:
    """Return the sentence that shows the mail was written for this reader."""
    concerns = next(
        concerns
        for words, concerns in phrases.CONCERNS
        if any(word in f"{reader.title.lower()} " for word in words)
    )
    if reader.company and reader.title:
        pattern = pick.of(phrases.BOTH, 4)
    elif reader.company:
        pattern = pick.of(phrases.ONLY_COMPANY, 4)
    else:
        pattern = pick.of(phrases.ONLY_TITLE if reader.title else phrases.NEITHER, 4)
    return pattern.format(title=reader.title, company=reader.company, concern=pick.of(concerns, 5))


def offered(offer: str) -> str:
    """Return the offer as a sentence, whichever way it was put."""
    if (verb := VERBS.match(offer)) is not None:
        return f"What we do is simple: we {offer[verb.start(1) :]}."
    if GERUND.match(offer):
        return f"What we do is {offer[0].lower()}{offer[1:]}."
    if re.match(r"(?:our|my)\s", offer, re.I):
        return f"I would like to tell you about {offer[0].lower()}{offer[1:]}."
    return f"We offer {_lower_first(offer)}."


def topic_of(offer: str) -> str:
    """Return what the offer is about, to refer back to it."""
    if (verb := VERBS.match(offer)) is not None:
        return f"how we {_cut(offer[verb.start(1) :], 60)}"
    short = _cut(re.split(r"\s+(?:that|which|who|where)\b|,", offer, maxsplit=1)[0], 60)
    return _lower_first(short) if not re.match(r"my\s", short, re.I) else f"our {short[3:]}"


def _subject(brief: Brief, reader: Reader, pick: _Picker) -> str:
    plain = re.split(r"\s+(?:that|which|who|for|to|with)\b|,", DETERMINER.sub("", brief.offer))[0]
    short = _cut(plain, 34)
    is_phrase = VERBS.match(brief.offer) is not None
    named = [] if is_phrase else [f"{_upper_first(short)} for {reader.company}"]
    named += [f"An idea for {reader.company}", f"A question for {reader.company}"]
    unnamed = ["A short question"] if is_phrase else [_upper_first(short)]
    fitting = [s for s in named if len(s) <= MAX_SUBJECT] if reader.company else []
    return fitting[0] if fitting else unnamed[0]


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit + 1].rsplit(" ", 1)[0][:limit].rstrip(" ,;:-")


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    """Return the text to stand inside a sentence; a name or an acronym keeps its capital."""
    word = text.partition(" ")[0]
    if ARTICLE.match(word) or word.lower() in {"free", "help", "support", "consulting"}:
        return text[:1].lower() + text[1:]
    return text
