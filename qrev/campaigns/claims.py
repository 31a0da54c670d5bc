"""Sentences that say something about the reader without a source. Pure: words in, sentences out.

A mail may offer, ask and suppose as it likes. What it states about the person or their company has
to stand on a fact: a cell, a document or a page.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from qrev.campaigns.models import Fact

MAX_DOUBTS = 20  # in one mail; more are no different
SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\s+([^,!:\n]{1,60})[,!:]", re.I
)
NOT_A_NAME = frozenset(
    {"there", "all", "everyone", "team", "sir", "madam", "both", "again", "friend", "and", "or"}
    | {"mr", "mrs", "ms", "miss", "mx", "dr", "prof"}
)
ABOUT_THEM = re.compile(r"\b(?:you|your|yours|you['’](?:re|ve)|congrat\w*)\b", re.I)
# What may be so, is asked, or is about to be: nothing that is stated.
OPEN = re.compile(
    r"\?\s*$|\b(?:would|could|might|may|can|should|will|if|whether|perhaps|maybe|when|once|let me"
    r"|hope|happy to|glad to|like to|interested|unless|in case)\b|['’]d\b|['’]ll\b",
    re.I,
)
# How a mail brings up what it wants to have found out.
OBSERVED = re.compile(
    r"\b(?:i|we)\s+(?:just\s+|recently\s+)?(?:saw|noticed|read|heard|learned|learnt|found"
    r"|came across|loved|enjoyed|admire\w*|follow(?:ed)?|(?:was|were|am|are) impressed)\b"
    r"|\b(?:congrat\w*|impressed (?:by|with)|as you (?:said|mentioned|wrote)|your recent"
    r"|your (?:latest|new|upcoming|impressive|great|amazing|excellent|growing))\b",
    re.I,
)
STATED = re.compile(
    r"\byou(?:['’](?:re|ve))?\s+(?:are|have|had|were|lead|run|manage|own|use|sell|build|built|grew"
    r"|raised|launched|opened|won|hired|joined|moved|started|work|worked|spoke|wrote|published"
    r"|must be|need|want|struggle|(?:recently|just|currently|already)\s+\w+(?:ed|ing))\b"
    r"|\byou['’](?:re|ve)\b|\byour\s+(?:\w+\s+){0,3}(?:is|are|was|were|has|have|had|grew|raised|does|do)\b",
    re.I,
)
NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def unsupported(body: str, facts: Collection[Fact], name: str = "") -> tuple[str, ...]:
    """Return the sentences that state something about the reader which no fact backs.

    `name` is what the reader is called: a greeting of someone else is one of them.
    """
    backing = [fact.text.lower() for fact in facts if fact.text.strip() and fact.source.strip()]
    first = name.split(maxsplit=1)[0].lower() if name.strip() else ""
    doubts = [] if _greets(body, name, backing) else [body.strip().splitlines()[0].strip()]
    rest = GREETING.sub("", body, count=1)
    for found in SENTENCE.finditer(rest):
        sentence = found.group().strip()
        if _is_claim(sentence) and not _is_backed(sentence, backing, first):
            doubts.append(sentence)
    return tuple(dict.fromkeys(doubts))[:MAX_DOUBTS]


def without(body: str, sentence: str) -> str:
    """Return the words without that sentence, and without the hole it would leave."""
    line = rf"[ \t]*{re.escape(sentence)}[ \t]*"
    left = re.sub(line, " ", body, count=1) if sentence in body else body
    paragraphs = (re.sub(r"[ \t]{2,}", " ", part).strip() for part in left.split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part)


def _is_claim(sentence: str) -> bool:
    if OBSERVED.search(sentence) and (ABOUT_THEM.search(sentence) or NUMBER.search(sentence)):
        return True
    if not ABOUT_THEM.search(sentence) or OPEN.search(sentence):
        return False
    return STATED.search(sentence) is not None


def _is_backed(sentence: str, backing: Collection[str], first: str) -> bool:
    """Whether a fact stands in the sentence. What someone is called says nothing about them."""
    words = sentence.lower()
    known = " ".join(backing)
    if any(number not in known for number in NUMBER.findall(words)):
        return False
    return any(fact in words for fact in backing if fact != first and len(fact) > 1)


def _greets(body: str, name: str, backing: Collection[str]) -> bool:
    """Whether the greeting names the reader, or nobody."""
    found = GREETING.match(body)
    if found is None:
        return True
    known = " ".join((name, *backing)).lower()
    words = re.findall(r"[^\W\d_]+", found[1].lower())
    return all(word in known or word in NOT_A_NAME for word in words)
