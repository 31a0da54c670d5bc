"""What a question about people, companies, campaigns or mails narrows them to. Pure.

Days stay words here: only the backend knows what day it is there.
"""

from __future__ import annotations

import re

from qrev.ai.choosing import DAY, WEEKDAY

NUMBER = r"(?:\d{1,3}|two|three|four|five|six|seven|ten|twelve|couple\s+of|few)"
WHEN = re.compile(
    rf"\b(?:(?P<since>(?:since|before|after|on)\s+{DAY})"
    rf"|(?P<named>today|yesterday|(?:this|last)\s+(?:week|month|quarter|year|{WEEKDAY}))"
    rf"|(?P<span>(?:last|past)\s+{NUMBER}\s+(?:hours|days|weeks|months)))\b",
    re.I,
)
DEEDS: dict[str, str] = {
    "opened": r"open(?:ed|s|ing)?",
    "clicked": r"click(?:ed|s)?",
    "replied": r"repl(?:y|ied|ies)|answer(?:ed|s)?|respond(?:ed)?|wrote back|write back",
    "bounced": r"bounce[ds]?",
    "unsubscribed": r"unsubscrib(?:e|ed|es)|opt(?:ed)?[- ]outs?",
}
NOT = re.compile(
    r"(?:\b(?:did|do|does|has|have|is|was)(?:n['’]?t|\s+not)|\bnever|\bnot|\bno)\s+(?:(?:yet|ever)\s+)?$",
    re.I,
)
_DEED = re.compile(
    "|".join(rf"\b(?P<{name}>{words})\b" for name, words in DEEDS.items()),
    re.I,
)
WITHOUT_WORD = re.compile(
    r"\b(?:ha(?:s|ve)(?:n['’]?t|\s+not|\s+never)|never|not)\s+(?:yet\s+|been\s+|ever\s+)*"
    r"(?:heard\s+from\s+us|written(?:\s+to)?|contacted|mailed|e-?mailed|got(?:ten)?\s+a\s+mail"
    r"|received\s+(?:a\s+mail|anything))",
    re.I,
)
SAID = {
    "opened": ("opened", "did not open"),
    "clicked": ("clicked", "did not click"),
    "replied": ("replied", "did not reply"),
    "bounced": ("bounced", "did not bounce"),
    "unsubscribed": ("unsubscribed", "did not unsubscribe"),
}


def when_in(words: str) -> dict[str, str]:
    """Return the days that are meant, as they were said, under "when"; {} if none were."""
    found = WHEN.search(words)
    return {"when": " ".join(found[0].split())} if found is not None else {}


def deeds_in(words: str) -> dict[str, bool]:
    """Return who is meant, by what they did or did not do."""
    deeds: dict[str, bool] = {}
    for found in _DEED.finditer(words):
        name = found.lastgroup or ""
        deeds.setdefault(name, NOT.search(words[: found.start()]) is None)
    return deeds


def deeds_said(deeds: dict[str, bool]) -> str:
    """Return it in words: “opened but did not reply”."""
    done = [SAID[name][0] for name, is_done in deeds.items() if is_done]
    left = [SAID[name][1] for name, is_done in deeds.items() if not is_done]
    return " but ".join(" and ".join(part) for part in (done, left) if part)
