"""What somebody means who says pause, resume, stop, archive or undo. Pure: words in, terms out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
POLITE = re.compile(
    r"^\W*(?:(?:please|now|ok(?:ay)?|so|and|hey|can you|could you|would you|i want to"
    r"|i would like to|i'd like to|let me|let us|let's)\b[\s,]*)*",
    re.IGNORECASE,
)
VERB = re.compile(
    r"^(?:pause|hold|resume|unpause|continue|restart|stop|cancel|abort|halt|archive|undo|duplicate|copy)\b"
    r"(?:\s+(?:writing|sending|mailing|mails?|e-?mails?))?(?:\s+(?:to|for|with|from))?\s*",
    re.IGNORECASE,
)
TAKES_BACK = re.compile(r"/?(?:undo|stop|cancel|abort|halt|take\b.*\bback)\b", re.IGNORECASE)
RENAME = re.compile(r"rename\s+(?P<old>.*?)\s+(?:to|as|into)\s+(?P<new>.+)$", re.IGNORECASE)
ADD_TO = re.compile(r"\badd\b.*?\b(?:to|into)\s+(?P<to>.+)$", re.IGNORECASE)
UNTIL = re.compile(r"\b(?:until|till|til|before)\s+(?P<day>[^,.;!?]+)", re.IGNORECASE)
SPAN = re.compile(
    r"\bfor\s+(?:the\s+next\s+)?(?P<count>\d{1,3}|a|one|two|three|four|five|six|ten)\s+"
    r"(?P<unit>day|week|month)s?\b",
    re.IGNORECASE,
)
WITHIN = re.compile(r"\s+\b(?:in|of)\s+(?:the\s+|my\s+|our\s+)?", re.IGNORECASE)
ARTICLE = re.compile(
    r"^(?:the|my|our|this|that|all\s+of|mails?\s+to|e-?mails?\s+to)\s+", re.IGNORECASE
)
NOUN = re.compile(
    r"(?:^|\s+)(?:campaigns?|sequences?|outreach|mailbox(?:es)?|please|now|again|for\s+now)$",
    re.IGNORECASE,
)
QUOTES = "\"'“”„«»‘’ "
EVERYTHING = frozenset({"everything", "all", "everyone", "everybody", "it all", "them all"})
LAST = frozenset({"", "it", "that", "this", "them", "the last", "the last one", "last"})
DAY_AND_MONTH = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<m>[a-z]{3,9})"
    r"|(?P<m2>[a-z]{3,9})\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?)\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """Whom or what it is about, "" for what was last, and until which day, if one was said.

    `within` is the campaign that was named beside it: “Germany in the Berlin campaign”.
    """

    subject: str
    within: str = ""
    until: date | None = None
    is_everything: bool = False
    is_day_unclear: bool = False


def meant(words: str, today: date) -> Meant:
    """Return what an order in everyday words is about."""
    rest = VERB.sub("", POLITE.sub("", words.strip()), count=1)
    until, rest, is_unclear = _until(rest, today)
    left, within = rest, ""
    if (found := WITHIN.search(rest)) is not None and _named(rest[: found.start()]):
        left, within = rest[: found.start()], _named(rest[found.end() :])
    subject = _named(left)
    is_everything = subject.lower() in EVERYTHING or rest.strip(" .!").lower() in (
        "all campaigns",
        "all the campaigns",
        "all my campaigns",
    )
    return Meant(
        subject="" if subject.lower() in LAST else subject,
        within=within,
        until=until,
        is_everything=is_everything,
        is_day_unclear=is_unclear,
    )


def renamed(words: str) -> tuple[str, str] | None:
    """Return which campaign gets which name, None if that was not said."""
    found = RENAME.match(POLITE.sub("", words.strip()))
    if found is None:
        return None
    old, new = _named(found["old"]), found["new"].strip().strip(QUOTES + ".!?")
    return (old, new) if new else None


def added_to(words: str) -> str:
    """Return the campaign people are to be added to, "" if none is named."""
    found = ADD_TO.search(words.strip())
    return _named(found["to"]) if found is not None else ""


def takes_back(words: str) -> bool:
    """Return whether these words ask for undoing or stopping something."""
    return TAKES_BACK.match(POLITE.sub("", words.strip())) is not None


def _named(text: str) -> str:
    text = text.strip().strip(".!?,;:").strip()
    before = None
    while before != text:
        before = text
        text = NOUN.sub("", ARTICLE.sub("", text)).strip(QUOTES + ".!?,;:")
    return text


def _until(text: str, today: date) -> tuple[date | None, str, bool]:
    """Return the first day it goes on, the rest of the words, and whether a day made no sense."""
    if (found := SPAN.search(text)) is not None:
        count = COUNTS.get(found["count"].lower()) or int(found["count"])
        days = {"day": 1, "week": 7, "month": 30}[found["unit"].lower()]
        rest = text[: found.start()] + text[found.end() :]
        return today + timedelta(days=count * days), rest, False
    if (found := UNTIL.search(text)) is not None:
        day = day_said(found["day"], today)
        return day, text[: found.start()] + text[found.end() :], day is None
    return None, text, False


def day_said(text: str, today: date) -> date | None:
    """Return the day that is meant: the next one of that name, None for no day."""
    text = re.sub(r"^(?:the|on|next|coming)\s+", "", text.strip().lower())
    if text in ("tomorrow", "morning"):
        return today + timedelta(days=1)
    if text in ("week", "next week"):
        return today + timedelta(days=7 - today.weekday())
    if text in ("month", "next month"):
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for number, name in enumerate(WEEKDAYS):
        if re.match(rf"{name}|{name[:3]}\b", text):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return _of_a_month(text, today)


def _of_a_month(text: str, today: date) -> date | None:
    found = DAY_AND_MONTH.match(text)
    if found is None:
        return None
    name = found["m"] or found["m2"]
    number = next((n for n, month in enumerate(MONTHS, 1) if month.startswith(name)), None)
    if number is None:
        return None
    try:
        day = date(today.year, number, int(found["d"] or found["d2"]))
        return day if day > today else day.replace(year=today.year + 1)
    except ValueError:
        return None
