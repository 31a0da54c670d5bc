"""Job titles as people say them, and whether a cell means the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOUNS = (
    "ceo|cto|cfo|coo|cmo|cio|ciso|cro|chro|cpo|vp|svp|evp|founder|co-?founder|owner|president"
    r"|director|manager|partner|engineer|developer|designer|architect|lawyer|attorney|controller"
    "|accountant|auditor|buyer|purchaser|consultant|recruiter|intern|trainee|student|assistant"
    "|analyst|doctor|physician|dentist|teacher|nurse|pharmacist|executive|secretary|administrator"
    "|officer|specialist|scientist|researcher|professor|principal|editor|journalist|broker|agent"
    "|marketer|supervisor|coordinator|freelancer|planner|technician|chemist|head|chief|chairman"
    "|chairwoman"
)
_LEADING = r"(?:heads?|chiefs?|directors?|vps?|svps?|evps?|managers?|vice presidents?)"
_NOT_OF = r"(?!the\b|this\b|that\b|these\b|my\b|our\b|your\b|all\b|each\b|it\b)"
_BEFORE = r"(?!and\b|or\b|to\b|for\b|in\b|not\b|but\b|about\b|our\b|the\b|all\b|everyone\b)"
# "marketing directors", "heads of operations", "VPs of Sales".
ROLE = (
    rf"(?:{_LEADING}\s+of\s+{_NOT_OF}[a-z&-]+(?:\s+(?:success|resources|development|operations"
    r"|engineering|management))?"
    rf"|vice\s+presidents?|chief\s+[a-z]+\s+officers?"
    rf"|(?:{_BEFORE}[a-z&-]+\s+){{0,2}}(?:{_NOUNS})s?\b)"
)
ROLES = rf"{ROLE}(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|nor|&)\s+)(?:the\s+|to\s+)?{ROLE})*"
_SHORT = {
    r"chief (?:technology|technical) officer": "cto",
    r"chief executive(?: officer)?": "ceo",
    r"chief financial? officer": "cfo",
    r"chief operati(?:ng|ons) officer": "coo",
    r"chief marketing officer": "cmo",
    r"chief information officer": "cio",
    r"chief information security officer": "ciso",
    r"chief revenue officer": "cro",
    r"chief human resources officer": "chro",
    r"chief (?:product|people) officer": "cpo",
    r"vice president": "vp",
    r"co ?founder": "cofounder founder",
    r"human resources": "hr",
}
SHORT = tuple((re.compile(rf"\b{said}\b"), short) for said, short in _SHORT.items())
SMALL_WORDS = frozenset({"of", "the", "and", "for", "a", "an", "at"})


def roles_in(text: str) -> tuple[str, ...]:
    """Return the roles of an enumeration, each in the singular and in small letters."""
    said = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|nor|&)\s+", text.lower())
    named = (re.sub(r"^(?:the|to|all)\s+", "", role.strip()) for role in said)
    return tuple(dict.fromkeys(_singular(role) for role in named if role))


def has_role(title: str, roles: Iterable[str]) -> bool:
    """Return whether a job title is one of these: each word of one of them stands in it."""
    words = _words(title)
    return any((wanted := _words(role)) and wanted <= words for role in roles)


def _singular(role: str) -> str:
    head, of, rest = role.partition(" of ")
    words = head.split()
    words[-1] = _one(words[-1])
    return " ".join(words) + (f" of {rest}" if of else "")


def _one(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def _words(title: str) -> frozenset[str]:
    text = " ".join(re.sub(r"[^\w]+", " ", title.lower().replace("c.", "c")).split())
    for said, short in SHORT:
        text = said.sub(short, text)
    return frozenset(_one(word) for word in text.split() if word not in SMALL_WORDS)
