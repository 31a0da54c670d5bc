"""Everyday words to the days on which mails go out. Pure."""

from __future__ import annotations

import re

MAX_STEPS = 8
DEFAULT_DAYS = (0, 3, 7)
MORE_DAYS = (0, 3, 7, 14, 21, 30, 45, 60)
NUMBERS = {
    word: number
    for number, words in {
        1: "one a an single",
        2: "two couple",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        12: "twelve",
    }.items()
    for word in words.split()
}
COUNT = r"(\d{1,2}|one|single|two|couple|three|four|five|six|seven|eight|nine|ten|twelve)(?:\s+of)?"
MAILS = r"(?:steps?|touch(?:es|points?)?|e-?mails?|mails?|messages?|letters?)"
STEPS = re.compile(
    rf"\b{COUNT}[\s-]*(?:\w+\s+)?(?:e-?mail\s+)?{MAILS}\b(?!\s*(?:per|a|each|/)\s*day)", re.I
)
FOLLOW_UPS = re.compile(rf"\b(?:{COUNT}|a)[\s-]*follow[\s-]?ups?\b", re.I)
NO_FOLLOW_UP = re.compile(r"\b(?:no|without(?:\s+any)?)\s+follow[\s-]?ups?\b", re.I)
DAYS = re.compile(
    r"\bdays?\s+(\d{1,3}(?:(?:\s*(?:,|and|&|then|/)\s*)+(?:on\s+)?(?:day\s*)?\d{1,3}\b)+)", re.I
)
# "in three months" alone may be said of a product; of mails it follows their number.
SPAN = re.compile(
    rf"\b(?:over|within|across|during|(?:{MAILS}|ups?)\s+in)\s+"
    r"(?:the\s+(?:next\s+|course\s+of\s+)?)?"
    r"(?:(\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+)?"
    r"(days?|weeks?|months?|fortnight)\b",
    re.I,
)
EVERY = re.compile(
    rf"\bevery\s+(?:(other|second)\s+|{COUNT}\s+)?(day|week|month)s?\b"
    rf"|\b(?:{COUNT}|a)\s+(day|week)s?\s+apart\b|\b(weekly|daily)\b",
    re.I,
)
LENGTHS = {"d": 1, "w": 7, "f": 14, "m": 30}


def days_in(words: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Return the days of the mails, the first of them 0, at most eight, growing.

    `default` are the workspace's own days, for what the words leave open.
    """
    usual = default[:MAX_STEPS] or DEFAULT_DAYS
    if (listed := DAYS.search(words)) is not None:
        days = sorted({int(number) for number in re.findall(r"\d+", listed[1])})[:MAX_STEPS]
        return tuple(day - days[0] for day in days)
    count = max(1, min(_count(words, len(usual)), MAX_STEPS))
    if count > 1 and (gap := _gap(words)):
        return tuple(number * gap for number in range(count))
    if count > 1 and (span := SPAN.search(words)) is not None:
        length = LENGTHS[span[2][0].lower()]
        last = max(count - 1, _number(span[1] or "one") * length)
        return tuple(round(number * last / (count - 1)) for number in range(count))
    return tuple(_continued(usual, count))


def _count(words: str, usual: int) -> int:
    if NO_FOLLOW_UP.search(words):
        return 1
    if (more := FOLLOW_UPS.search(words)) is not None:
        return _number(more[1] or "one") + 1
    if (steps := STEPS.search(words)) is not None:
        return _number(steps[1])
    return usual


def _gap(words: str) -> int:
    found = EVERY.search(words)
    if found is None:
        return 0
    other, every, unit, apart, apart_unit, adverb = found.groups()
    if adverb:
        return 7 if adverb.lower() == "weekly" else 1
    number = 2 if other else _number(every or apart or "one")
    return number * LENGTHS[(unit or apart_unit)[0].lower()]


def _continued(usual: tuple[int, ...], count: int) -> list[int]:
    days = list(usual[:count])
    for day in MORE_DAYS:
        if len(days) < count and day > days[-1]:
            days.append(day)
    while len(days) < count:
        days.append(days[-1] + 14)
    return days


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS.get(text.lower(), 1)
