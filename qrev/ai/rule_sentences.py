"""Rules about sending, understood without a model: whom, when and how many never."""

from __future__ import annotations

import re
from typing import Any

from qrev.ai.scheduling import NUMBERS
from qrev.assistant.contract import ProposalAction
from qrev.kit.free_mail import FREE, PROVIDERS

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAD = (
    r"^\W*(?:(?:please|from now on|always|also|and|new rule|rule|make (?:it )?a rule|remember)"
    r"\b[\s,:]*)*"
)
NEVER = (
    r"(?:never|not|no mails?|no e-?mails?|nothing|do(?:n['’]?t| not)|no more than|at most"
    r"|max(?:imum)?(?: of)?|avoid)"
)
VERB = (
    r"(?:\s+(?:ever|send(?:ing)?|write|writing|mail(?:ing)?|e-?mail|contact(?:ing)?|leave|go out"
    r"|anything|mails?|e-?mails?|to))*"
)
COUNT = (
    r"(?:(?P<cmp>more than|less than|fewer than|over|at most|up to)\s+)?(?P<count>\d{1,4}|"
    + "|".join(NUMBERS)
    + r")"
)
SPAN = (
    r"(?:\s+(?:per|a|an|each|every|in|within|in any|in a)\s+(?:(?P<many>\d{1,3}|"
    + "|".join(NUMBERS)
    + r")\s+)?(?P<unit>day|week|fortnight|month)s?)?"
)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
DAYS = (
    rf"(?P<days>(?:weekends?|weekdays?|{WEEKDAY})(?:\s*(?:,|and|or|&|nor)\s*(?:on\s+)?{WEEKDAY})*)"
)
CLOCK = r"(\d{1,2})(?::(\d\d))?\s*(am|pm|a\.m\.|p\.m\.|h|o['’]clock)?"
HOURS = (
    rf"(?:\s*(?P<when>after|before|past|from|until|till|between)\s+(?P<clock>(?:noon|midday|{CLOCK}))"
    rf"(?:\s+(?:and|to|until|-)\s+(?P<other>(?:noon|midday|{CLOCK})))?(?:\s+(?:on|onwards))?"
    r"|\s*(?:in the\s+)?(?P<part>mornings?|afternoons?|evenings?))"
)
END = r"[\s.!]*$"
COMPANY = re.compile(
    LEAD
    + rf"(?:{NEVER}){VERB}\s+{COUNT}?\s*(?:people|persons?|contacts?|leads?|prospects?|mails?)?"
    r"\s*(?:per|(?:of|at|from|in) (?:one|the same|a|any|each))"
    rf"\s+(?:company|firm|organi[sz]ation|domain){SPAN}{END}",
    re.I,
)
DAILY = re.compile(
    LEAD
    + rf"(?:{NEVER}){VERB}\s+{COUNT}?\s*(?:mails?|e-?mails?|messages?)?\s+(?:a|per|each|every) day"
    rf"(?:\s+(?:per|from|for|and)\s+(?:a |each |one |every )?(?:mail\s?box|account|sender))?{END}",
    re.I,
)
CLOSED = re.compile(LEAD + rf"(?:{NEVER}){VERB}\s*(?:(?:on\s+)?{DAYS})?(?:{HOURS})?{END}", re.I)
HOURS_FIRST = re.compile(LEAD + rf"(?:{NEVER}){VERB}{HOURS}\s+(?:on\s+)?{DAYS}{END}", re.I)
NOBODY = re.compile(
    LEAD + r"(?:(?:no ?one|nobody|no people|not anyone)\s+(?:at|from|with|who (?:is|works) at)"
    r"|(?P<verb>never|do(?:n['’]?t| not))\s+(?:ever\s+)?"
    r"(?:write|mail|e-?mail|contact|send)(?:\s+to)?"
    r"(?:\s+(?:anyone|anybody|people|addresses))?(?:\s+(?:at|from|with))?)\s+(?P<whom>.{2,120}?)"
    + END,
    re.I,
)
DOMAIN = re.compile(r"@?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})", re.I)
FILLER = re.compile(
    r"(?:and|or|nor|an?|the|at|any|address(?:es)?|accounts?|mailbox(?:es)?|mails?|e-?mails?|domains?"
    r"|providers?|,|&)",
    re.I,
)
UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}


def rule_in(words: str) -> ProposalAction | None:
    """Return the rule these words make, to be looked at and tried; None if they make none."""
    said = " ".join(words.split())
    if len(said) > 200:
        return None
    for read in (_company, _daily, _closed, _nobody):
        if (arguments := read(said)) is not None:
            return ProposalAction(kind="sending_rule", arguments={**arguments, "said": said})
    return None


def _company(said: str) -> dict[str, Any] | None:
    found = COMPANY.search(said)
    if found is None or (count := _count(found)) is None:
        return None
    many = found["many"]
    days = UNITS[(found["unit"] or "week").lower()] * (_number(many) if many else 1)
    return {"rule": "company", "count": count, "days": days}


def _daily(said: str) -> dict[str, Any] | None:
    found = DAILY.search(said)
    if found is None or (count := _count(found)) is None:
        return None
    return {"rule": "daily", "count": count}


def _closed(said: str) -> dict[str, Any] | None:
    found = CLOSED.search(said) or HOURS_FIRST.search(said)
    if found is None or not (found["days"] or found["clock"] or found["part"]):
        return None
    hours = _hours(found)
    return None if hours is None else {"rule": "closed", "weekdays": _weekdays(found), **hours}


def _nobody(said: str) -> dict[str, Any] | None:
    found = NOBODY.search(said)
    if found is None:
        return None
    domains: list[str] = []
    for word in re.split(r"[\s,]+", found["whom"].lower().strip(" .")):
        named = DOMAIN.fullmatch(word)
        if named is not None:
            domains.append(named[1])
        elif word in PROVIDERS:
            domains += PROVIDERS[word]
        elif word in ("free", "personal", "private", "freemail"):
            domains += FREE
        elif not FILLER.fullmatch(word):
            return None
    if not domains or (found["verb"] and len(domains) == 1 and domains[0] not in FREE):
        # "Never write to acme.com" is about a company: it belongs on the suppression list.
        return None
    return {"rule": "no_domain", "domains": list(dict.fromkeys(domains))}


def _count(found: re.Match[str]) -> int | None:
    if not found["count"]:
        return None
    count = _number(found["count"])
    return count - 1 if (found["cmp"] or "").lower() in ("less than", "fewer than") else count


def _weekdays(found: re.Match[str]) -> list[int]:
    text = (found["days"] or "").lower()
    days = {n for n, name in enumerate(DAY_NAMES) if re.search(rf"\b{name}", text)}
    if "weekend" in text:
        days |= {5, 6}
    if "weekday" in text:
        days |= set(range(5))
    return sorted(days) or list(range(7))


def _hours(found: re.Match[str]) -> dict[str, str] | None:
    """Return which hours are closed, {} for all of the day, None for no hour at all."""
    if found["part"]:
        part = found["part"].lower()
        if part.startswith("morning"):
            return {"ends": "12:00"}
        return {"begins": "12:00" if part.startswith("afternoon") else "17:00"}
    if not found["clock"]:
        return {}
    when = found["when"].lower()
    first = _clock(found["clock"])
    second = _clock(found["other"]) if found["other"] else ""
    if first is None or second is None:
        return None
    if second:
        return {"begins": first, "ends": second}
    return {"ends": first} if when in ("before", "until", "till") else {"begins": first}


def _clock(text: str) -> str | None:
    if text.lower() in ("noon", "midday"):
        return "12:00"
    found = re.fullmatch(CLOCK, text, re.I)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]
