"""What a conversation is called: at most six words, made of the first thing said. Pure."""

from __future__ import annotations

import re

MAX_WORDS = 6
NEW = "New conversation"
POLITE = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|ok(?:ay)?|now|can you|could you|would you|i want to"
    r"|i would like to|i'd like to|let['’]?s)\b[\s,!.]*)+",
    re.I,
)
# What a campaign is about says more than that it is one.
ABOUT = re.compile(
    r"\b(?:about|regarding|pitch(?:ing)?|sell(?:ing)?|promot(?:e|ing)|offer(?:ing)?)\s+"
    r"(?:(?:them|everyone|our|my|the|an?)\s+)*(?P<what>(?:[^,.;:!?\n]|[,.;:!?](?=\S)){3,})",
    re.I,
)
# A dot inside a word ends nothing: half an address would be found by nobody who erases it.
ENDS = re.compile(
    r"[,.;:!?]+(?=\s|$)|\n|\s(?:in|over|with|from|to)\s+(?:\d|two|three|four|them|everyone)", re.I
)
DANGLING = frozenset(
    {"a", "an", "the", "our", "my", "your", "these", "those", "to", "for", "of", "in", "on", "at"}
    | {"with", "from", "about", "and", "or", "but", "by", "as", "that", "which", "is", "are"}
)


def title_of(words: str) -> str:
    """Return what to call a conversation that begins with these words."""
    said = POLITE.sub("", " ".join(words.split())).lstrip("/ ")
    about = ABOUT.search(said)
    text = about["what"] if about else said
    kept = ENDS.split(text, maxsplit=1)[0].split()[:MAX_WORDS]
    while len(kept) > 1 and kept[-1].lower() in DANGLING:
        kept.pop()
    title = " ".join(kept).strip(" \"“”'‘’")
    return f"{title[:1].upper()}{title[1:]}" if title else NEW
