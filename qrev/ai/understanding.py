"""Everyday words to what a campaign needs, without any language model. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBERS = {
    "one": 1,
    "a": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
}
COUNT = r"(\d{1,2}|one|single|two|three|four|five|six|seven|ten)"
STEPS = re.compile(
    rf"\b{COUNT}[\s-]*(?:e-?mail\s+)?(?:steps?|touch(?:es|points?)?|e-?mails?|mails?|messages?)\b",
    re.I,
)
FOLLOW_UPS = re.compile(rf"\b{COUNT}[\s-]*follow[\s-]?ups?\b", re.I)
ONE_FOLLOW_UP = re.compile(r"\b(?:a|one)\s+follow[\s-]?up\b", re.I)
DAYS = re.compile(r"\bdays?\s+((?:\d{1,3})(?:\s*(?:,|and|&|then|/)\s*(?:day\s*)?\d{1,3})+)", re.I)
SPAN = re.compile(
    r"\b(?:over|within|across|during|in)\s+(?:the\s+next\s+)?"
    r"(\d{1,3}|a|one|two|three|four|five|six|seven|ten)\s+(days?|weeks?|months?)\b",
    re.I,
)
NAME = re.compile(r"[\"“„']([^\"”“']{2,60})[\"”'](?!\w)")
SKIPPED = re.compile(
    r"\b(?:skip|exclude|without|ignore|leave out|not to|no)\s+(?:all\s+|any\s+|the\s+)?"
    r"((?:[\w.-]+(?:\s*,\s*|\s+and\s+|\s+or\s+)?){1,6}?)\s*(?:e-?mail\s+)?"
    r"(?:addresses|accounts|domains?|people|mails)\b",
    re.I,
)
PROVIDERS = {
    "gmail": ("gmail.com", "googlemail.com"),
    "google": ("gmail.com", "googlemail.com"),
    "yahoo": ("yahoo.com", "ymail.com"),
    "outlook": ("outlook.com", "hotmail.com", "live.com"),
    "hotmail": ("hotmail.com", "outlook.com", "live.com"),
    "icloud": ("icloud.com", "me.com"),
    "gmx": ("gmx.de", "gmx.net", "gmx.com", "gmx.at"),
}
OFFER = re.compile(
    r"\b(?:(?:we|i)\s+(?:sell|offer|make|build|provide|do)|offering|offers?|selling|sell|pitch(?:ing)?"
    r"|promot(?:e|ing)|introduc(?:e|ing)|present(?:ing)?|advertis(?:e|ing)|about|regarding"
    r"|to(?=\s+help\s+(?:them|people|teams|companies)\b)"
    r"|invit(?:e|ing)\s+(?:them|people|everyone)\s+to|for(?=\s+(?:our|my)\b))\s*:?\s+",
    re.I,
)
# Where an offer ends: at a sentence's end, or where the talk turns to how it is to be sent.
OFFER_ENDS = re.compile(
    r"[.;!?\n]|,?\s+(?:and\s+)?(?:in|over|with|using|via|as)\s+(?:the\s+next\s+)?"
    rf"(?:{COUNT}|a\s+(?:series|sequence|campaign))\b|\s+to\s+(?:them|these|those|everyone|all|this)\b"
    r"|,?\s+(?:please|skip(?:ping)?|exclud(?:e|ing)|without)\b|,?\s+on\s+days?\s+\d|,?\s+(?:keep|make)\s+it\b"
    r"|,?\s+(?:in\s+an?\s+)?(?:friendly|formal|casual|short|warm)\s+(?:tone|way|style)|,\s+"
    + COUNT
    + r"\b",
    re.I,
)
TONES = {
    "formal": re.compile(r"\b(?:formal|polite|professional)\b", re.I),
    "friendly": re.compile(r"\b(?:friendly|casual|warm|relaxed|informal)\b", re.I),
}
SHORT = re.compile(r"\b(?:short|brief|concise|to the point)\b", re.I)
CAMPAIGN = re.compile(
    r"\b(?:campaign|sequence|outreach|cadence|drip|reach\s+out|write\s+to|contact|e-?mail"
    r"|mail|draft|message)\b",
    re.I,
)
DEFAULT_DAYS = (0, 3, 7)
MORE_DAYS = (0, 3, 7, 14, 21, 30, 45, 60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a campaign should be. `offer` is "" when the words do not say."""

    offer: str
    days: tuple[int, ...]
    name: str
    tone: str  # "", friendly or formal
    is_short: bool
    skipped_domains: tuple[str, ...]
    is_campaign: bool


def understand(words: str, *, default_days: tuple[int, ...] = ()) -> Wish:
    """Return what these words ask for. `default_days` are the workspace's own, if it has any."""
    name = NAME.search(words)
    tone = next((tone for tone, found in TONES.items() if found.search(words)), "")
    offer = _offer(words)
    return Wish(
        offer=offer,
        days=_days(words, default_days or DEFAULT_DAYS),
        name=name[1].strip() if name else "",
        tone=tone,
        is_short=SHORT.search(words) is not None,
        skipped_domains=_skipped(words),
        is_campaign=bool(offer or CAMPAIGN.search(words)),
    )


def clean_offer(text: str) -> str:
    """Return an offer as it can stand inside a sentence, "" if too little is left."""
    text = " ".join(text.split()).strip(" .,:;!?-–\"“”'")
    text = re.sub(r"[<>{}\[\]|\\^`]", "", text)[:160].strip()
    return text if len(text) > 2 else ""


def _offer(words: str) -> str:
    found = OFFER.search(words)
    if found is None:
        return ""
    rest = words[found.end() :]
    end = OFFER_ENDS.search(rest)
    offer = clean_offer(rest[: end.start()] if end else rest)
    name = NAME.search(words)
    return "" if name is not None and offer == clean_offer(name[1]) else offer


def _days(words: str, default: tuple[int, ...]) -> tuple[int, ...]:
    if (listed := DAYS.search(words)) is not None:
        days = sorted({int(number) for number in re.findall(r"\d+", listed[1])})
        return tuple(day - days[0] for day in days)
    count = len(default)
    if (steps := STEPS.search(words)) is not None:
        count = _number(steps[1])
    elif (more := FOLLOW_UPS.search(words)) is not None:
        count = _number(more[1]) + 1
    elif ONE_FOLLOW_UP.search(words):
        count = 2
    count = max(1, min(count, len(MORE_DAYS)))
    if (span := SPAN.search(words)) is not None and count > 1:
        unit = {"d": 1, "w": 7, "m": 30}[span[2][0].lower()]
        last = max(count - 1, _number(span[1]) * unit)
        return tuple(round(i * last / (count - 1)) for i in range(count))
    return (
        default[:count] if count <= len(default) else (*default, *MORE_DAYS[len(default) : count])
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS.get(text.lower(), 1)


def _skipped(words: str) -> tuple[str, ...]:
    domains: list[str] = []
    for found in SKIPPED.finditer(words):
        for word in re.split(r"\s*,\s*|\s+and\s+|\s+or\s+|\s+", found[1].lower()):
            if word in PROVIDERS:
                domains += PROVIDERS[word]
            elif re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", word):
                domains.append(word)
    return tuple(dict.fromkeys(domains))
