"""Whether an answer came by itself, whether somebody is away, and until when. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from qrev.campaigns.hearing.reading import Read
from qrev.campaigns.hearing.word_lists import any_of, numbered

LONGEST = timedelta(days=200)  # a later date in such a mail is about something else
AWAY_SUBJECT = any_of("away_subjects")
AWAY_TEXT = any_of("away_texts")
MONTHS = numbered("months", start=1)
WEEKDAYS = numbered("weekdays", start=0)
ISO_DAY = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
NUMBERS = re.compile(r"\b(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?(20\d\d|\d\d)?)?(?!\d)")
DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.|er|º|°|de)?\s+(?:of\s+|de\s+)?([a-z]{3,14})\.?(?:,?\s+(?:de\s+)?(20\d\d))?",
    re.I,
)
MONTH_DAY = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(20\d\d))?", re.I)
WEEKDAY = re.compile(
    r"\b(?:on|until|till|am|bis|le|el|il|op|tot|p[aå])\s+(?:next\s+|n[aä]chsten\s+)?([a-zå]{5,14})\b",
    re.I,
)


def came_by_itself(mail: Read) -> bool:
    """Return whether no human wrote it: by RFC 3834, or by two of the weaker signs."""
    said = mail.headers.get("auto-submitted", "").lower()
    if said and not said.startswith("no"):
        return True
    if any(mail.headers.get(name) for name in ("x-autoreply", "x-autorespond", "x-vacation")):
        return True
    if mail.headers.get("x-mail-autoreply") or "auto_reply" in mail.headers.get("precedence", ""):
        return True
    weak = (
        mail.headers.get("precedence", "").lower() in ("bulk", "junk", "list"),
        bool(mail.headers.get("x-auto-response-suppress")),
        mail.headers.get("return-path", "") == "<>",
        _has_away_subject(mail),
        AWAY_TEXT.search(mail.text[:2000]) is not None,
        re.match(r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster)\b", mail.sender)
        is not None,
    )
    return sum(weak) >= 2


def is_away(mail: Read) -> bool:
    """Return whether an answer that came by itself says that somebody is not there."""
    return bool(
        mail.headers.get("x-vacation")
        or "vacation" in mail.headers.get("auto-submitted", "").lower()
        or _has_away_subject(mail)
        or AWAY_TEXT.search(mail.text[:2000])
    )


def _has_away_subject(mail: Read) -> bool:
    # A human answers with “Re:”, whatever the subject was before.
    is_answer = re.match(r"(?:re|aw|sv|odp|vs)\s*:", mail.subject, re.I) is not None
    return not is_answer and AWAY_SUBJECT.search(mail.subject) is not None


def back_on(text: str, today: date) -> date | None:
    """Return the last day that is named in the near future, None if none is.

    Of a first and a last day the last one counts, and of two ways to read a day the later one.
    """
    text = _flat(text[:3000])
    found = [
        day
        for day in (*_written(text, today), *_numbered(text, today), *_weekdays(text, today))
        if today <= day <= today + LONGEST
    ]
    return max(found, default=None)


def _written(text: str, today: date) -> list[date]:
    pairs = [(m[1], m[2], m[3]) for m in DAY_MONTH.finditer(text)]
    pairs += [(m[2], m[1], m[3]) for m in MONTH_DAY.finditer(text)]
    return [
        day
        for number, month, year in pairs
        if month.lower() in MONTHS
        and (day := _day(int(number), MONTHS[month.lower()], year, today)) is not None
    ]


def _numbered(text: str, today: date) -> list[date]:
    whole = [(int(m[3]), int(m[2]), m[1]) for m in ISO_DAY.finditer(text)]
    text = ISO_DAY.sub(" ", text)
    for m in NUMBERS.finditer(text):
        first, second = int(m[1]), int(m[3])
        year = "" if m[4] is None else m[4] if len(m[4]) == 4 else f"20{m[4]}"
        if m[2] == "." and not year and not re.match(r"\.|\s", text[m.end() - 1 : m.end() + 1]):
            continue  # 10.30 is a time as well
        whole.append((first, second, year))
        if m[2] == "/":
            whole.append((second, first, year))
    found = [_day(number, month, year, today) for number, month, year in whole]
    return [day for day in found if day is not None]


def _weekdays(text: str, today: date) -> list[date]:
    names = [m[1].lower() for m in WEEKDAY.finditer(text)]
    ahead = [(WEEKDAYS[name] - today.weekday()) % 7 or 7 for name in names if name in WEEKDAYS]
    return [today + timedelta(days=days) for days in ahead]


def _day(number: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year), month, number)
        day = date(today.year, month, number)
        # In December, the 7th of January is next year's.
        return day if day >= today - timedelta(days=60) else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _flat(text: str) -> str:
    for before, after in zip(
        "äöüéèêáàâãçíóôõúñěščřžýůůłńśżźćęąø", "aoueeeaaaaciooounescrzyuulnszzceao", strict=False
    ):
        text = text.replace(before, after).replace(before.upper(), after.upper())
    return text
