"""Which day people mean: "Friday", "tomorrow", "6 March", "in two weeks". Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
DAY = timedelta(days=1)
IN_SOME = re.compile(rf"\b(?:in|within)\s+(\d{{1,3}}|an?|{'|'.join(SMALL)})\s+(day|week|month)s?\b")
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"
NAMED = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
DAY_MONTH = re.compile(rf"\b{ORDINAL}\.?\s+(?:of\s+)?({NAMED})\.?(?:,?\s+(\d{{4}}))?\b")
MONTH_DAY = re.compile(rf"\b({NAMED})\.?\s+(?:the\s+)?{ORDINAL}(?:,?\s+(\d{{4}}))?\b")
THE_NTH = re.compile(r"\bthe\s+(\d{1,2})(?:st|nd|rd|th)\b")
WEEKDAY = re.compile(rf"\b(next\s+|this\s+)?({'|'.join(WEEKDAYS)}|mon|tues?|wed|thu(?:rs)?|fri)\b")
END_OF = re.compile(r"\bend\s+of\s+(?:(the|this|next)\s+)?(week|month|year)\b")


def day_in(words: str, today: date) -> date | None:
    """Return the day these words name, None if they name none.

    A weekday or a date without a year is the next one, today included; "next Friday" is that of
    the week after this one.
    """
    said = " ".join(words.lower().split())
    for read in (_relative, _iso, _dated, _nth, _end_of, _weekday):
        if (day := read(said, today)) is not None:
            return day
    return None


def _relative(said: str, today: date) -> date | None:
    if "day after tomorrow" in said:
        return today + 2 * DAY
    if re.search(r"\btomorrow\b", said):
        return today + DAY
    if re.search(r"\b(?:today|tonight|now)\b", said):
        return today
    if (found := IN_SOME.search(said)) is None:
        return None
    number = _number(found[1])
    return today + number * {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}[found[2]]


def _iso(said: str, today: date) -> date | None:
    found = ISO.search(said)
    return None if found is None else _date(int(found[1]), int(found[2]), int(found[3]))


def _dated(said: str, today: date) -> date | None:
    if (found := DAY_MONTH.search(said)) is not None:
        number, month, year = int(found[1]), found[2], found[3]
    elif (found := MONTH_DAY.search(said)) is not None:
        number, month, year = int(found[2]), found[1], found[3]
    else:
        return None
    place = next(n for n, name in enumerate(MONTHS, start=1) if name.startswith(month[:3]))
    if year:
        return _date(int(year), place, number)
    day = _date(today.year, place, number)
    return _date(today.year + 1, place, number) if day is None or day < today else day


def _nth(said: str, today: date) -> date | None:
    if (found := THE_NTH.search(said)) is None:
        return None
    month = today.replace(day=1)
    for _ in range(4):  # never two short months in a row, so one of these has it
        day = _date(month.year, month.month, int(found[1]))
        if day is not None and day >= today:
            return day
        month = (month + 31 * DAY).replace(day=1)
    return None


def _end_of(said: str, today: date) -> date | None:
    if (found := END_OF.search(said)) is None:
        return None
    is_next = found[1] == "next"
    if found[2] == "week":
        return today + (6 - today.weekday()) * DAY + (7 * DAY if is_next else timedelta())
    if found[2] == "year":
        return date(today.year + is_next, 12, 31)
    month = (today.replace(day=1) + 31 * DAY).replace(day=1) if is_next else today
    return month.replace(day=monthrange(month.year, month.month)[1])


def _weekday(said: str, today: date) -> date | None:
    if (found := WEEKDAY.search(said)) is None:
        return None
    wanted = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(found[2][:3]))
    if (found[1] or "").strip() == "next":
        return today + (7 - today.weekday() + wanted) * DAY
    return today + (wanted - today.weekday()) % 7 * DAY


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return SMALL.index(word) + 1 if word in SMALL else 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
