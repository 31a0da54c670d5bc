"""An offer, in whatever words it was put, as sentences that can stand in a mail. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

# Verbs that are no nouns as well: an offer may begin with one. After "we" or "to" any verb may.
VERBS = re.compile(
    r"(?:help|enable|reduce|lower|save|automate|improve|increase|simplify|replace|teach|deliver"
    r"|give|make|turn|speed\s+up|find|get|connect|protect)\s+(?:\w|[^\W\d_])",
    re.I,
)
AFTER_WE = re.compile(r"(?:we|i|to)\s+(?!(?:are|am|have|had|can|will|would)\b)(?=[a-z])", re.I)
# "we build websites" is about websites, "we help you sell" is about helping.
WE_MAKE = re.compile(r"we\s+(?P<verb>make|build|develop|produce)\s+", re.I)
WE_ARE = re.compile(r"(?:we\s+are|we['’]re|i\s+am|i['’]m)\s+(?=an?\s)", re.I)
GERUND = re.compile(
    r"(?:help|enabl|reduc|lower|sav|automat|improv|increas|simplify|replac|grow|cutt|hir|speed"
    r"|mak|gett|find|turn|mov|switch|join|becom|work|meet)ing\s",
    re.I,
)
OUR = re.compile(r"(?:our|my|this)\s", re.I)
ARTICLE = re.compile(r"(?:an?|the)\s", re.I)
DETERMINER = re.compile(r"^(?:our|my|this|the|an?)\s+", re.I)
INVITATION = re.compile(r"^(?:(?:an?|our|my|the)\s+)?invitations?\s+(?:to|for)\s+", re.I)
EVENT = re.compile(
    r"\b(?:webinar|workshop|event|conference|meet-?up|seminar|masterclass|breakfast|dinner"
    r"|roundtable|summit|open day|fair|training day|info session)$",
    re.I,
)
# What one can be offered at once, and what one can only talk about.
SESSION = re.compile(
    r"\b(?:call|demo|demonstration|consultation|trial|audit|assessment|review|sample|visit)$", re.I
)
TALK = re.compile(
    r"\b(?:partnership|meeting|collaboration|cooperation|project|idea|job|position|role"
    r"|opportunity|interview|chat|question|conversation|proposal)$",
    re.I,
)
ONE_OF = re.compile(
    r"\b(?:tool|platform|app|application|product|solution|system|service|program|programme|plug-?in"
    r"|assistant|course|device|machine|database|marketplace|suite|agency|calculator)$",
    re.I,
)
NEWS = re.compile(
    r"\b(?:office|location|branch|price|pricing|website|address|team|colleague)s?$", re.I
)
HEAD_ENDS = re.compile(
    r"\s+(?:that|which|who|where|for|to|with|in|on|about|of|at|from|and)\b|[,(:]"
)
CLAUSE = re.compile(r"\s+(?:that|which|who|where)\b|,", re.I)
KIND_BEFORE_NAME = re.compile(
    r"^(?:new\s+)?(?:product|service|tool|app|platform|company)\s+(?=[A-Z])"
)
# A cut-off sentence must not end in one of these.
DANGLING = re.compile(
    r"(?:\s+(?:by|for|of|to|in|on|with|and|or|the|an?|their|your|our|my|from|that|at|as|up|more))+$",
    re.I,
)
THEM = (
    (re.compile(r"\b(?:them|these\s+(?:people|companies|leads|contacts))\b", re.I), "you"),
    (re.compile(r"\btheir\b", re.I), "your"),
    (re.compile(r"\bthey\s+are\b", re.I), "you are"),
    (re.compile(r"\bthey\b", re.I), "you"),
)
MAX_TOPIC = 70
MAX_HEADLINE = 34
Kind = Literal["thing", "topic", "event"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pitch:
    """`topic` fits behind "about". `headline` begins a subject; "" if the offer makes none.

    `joint` stands between the headline and the reader's company in a subject.
    """

    kind: Kind
    sentence: str
    topic: str
    headline: str = ""
    joint: str = "for"


def pitch_of(offer: str, *, is_topic: bool = False, sender_company: str = "") -> Pitch:
    """Return an offer as a mail puts it. `is_topic`: they said "about it", not "we sell it"."""
    we = f"At {sender_company}, we" if sender_company else "We"
    if (found := WE_ARE.match(offer)) is not None:
        what = offer[found.end() :]
        return Pitch(kind="topic", sentence=f"{we} are {what}.", topic="what we do")
    if (found := WE_MAKE.match(offer)) is not None:
        made = _noun(offer[found.end() :], we, is_topic=False)
        sentence = f"{we} {found['verb'].lower()} {offer[found.end() :]}."
        return replace(made, kind="thing", sentence=sentence)
    if (phrase := _verb_phrase(offer)) is not None:
        topic = f"how we {_cut(phrase, MAX_TOPIC)}"
        return Pitch(kind="thing", sentence=f"{we} {phrase}.", topic=topic)
    return _noun(_with_article(INVITATION.sub("", offer)), we, is_topic)


def _verb_phrase(offer: str) -> str | None:
    if (found := AFTER_WE.match(offer)) is not None:
        phrase = offer[found.end() :]
    elif VERBS.match(offer):
        phrase = f"{offer[0].lower()}{offer[1:]}"
    else:
        return None
    # "we help them": the mail speaks to one of them.
    if THEM[0][0].search(phrase):
        for said, meant in THEM:
            phrase = said.sub(meant, phrase)
    return phrase


def _with_article(offer: str) -> str:
    """Return the offer with "our" where a single thing stands without an article."""
    head = _head(offer)
    is_bare = not (OUR.match(offer) or ARTICLE.match(offer))
    is_single = ONE_OF.search(head) or SESSION.search(head) or EVENT.search(head)
    return f"our {lower_first(offer)}" if is_bare and is_single else offer


def _headline(head: str) -> str:
    """Return how a subject names it, "" for what says nothing ("our new tool")."""
    plain = KIND_BEFORE_NAME.sub("", DETERMINER.sub("", head))
    if ONE_OF.fullmatch(re.sub(r"^(?:new|latest)\s+", "", plain, flags=re.I)):
        return ""
    short = _cut(plain, MAX_HEADLINE)
    return f"{short[:1].upper()}{short[1:]}"


def _noun(offer: str, we: str, is_topic: bool) -> Pitch:
    head, said = _head(offer), lower_first(offer)
    topic = lower_first(_cut(CLAUSE.split(offer, maxsplit=1)[0], MAX_TOPIC))
    if re.match(r"an?\s", topic) and ONE_OF.search(head):
        topic = f"our {DETERMINER.sub('', topic)}"
    headline = _headline(head)
    if EVENT.search(head):
        title = f"Invitation: {_cut(DETERMINER.sub('', topic), 45)}"
        invited = f"I would like to invite you to {said}."
        return Pitch(kind="event", sentence=invited, topic=topic, headline=title, joint="")
    if TALK.search(head) and ARTICLE.match(offer):
        return Pitch(
            kind="topic", sentence=f"I would like to talk to you about {said}.", topic=topic
        )
    if SESSION.search(head):
        return Pitch(kind="topic", sentence=f"I would like to offer you {said}.", topic=topic)
    if OUR.match(offer):
        is_news = NEWS.search(head) is not None
        return Pitch(
            kind="topic" if is_news else "thing",
            sentence=f"I would like to tell you about {said}.",
            topic=topic,
            headline=f"{topic[:1].upper()}{topic[1:]}" if is_news else headline,
            joint="" if is_news else "for",
        )
    if GERUND.match(offer) or (is_topic and not re.match(r"(?:an?|free)\s", offer, re.I)):
        about = f"I am writing to you about {said}."
        return Pitch(kind="topic", sentence=about, topic=topic, headline=headline, joint="at")
    if _is_name(offer):
        sentence = f"I would like to introduce you to {offer}."
    else:
        sentence = f"{we} offer {said}."
    return Pitch(kind="thing", sentence=sentence, topic=topic, headline=headline)


def lower_first(text: str) -> str:
    """Return the text to stand inside a sentence; a name or an acronym keeps its capital."""
    if re.match(r"(?:our|my|this|an?|the|free|help|support|consulting)\b", text, re.I):
        return text[:1].lower() + text[1:]
    return text


def _head(offer: str) -> str:
    return HEAD_ENDS.split(offer, maxsplit=1)[0].strip()


def _is_name(offer: str) -> bool:
    """Whether the offer is a product's name: one capitalised word, or one that is explained."""
    return re.match(r"[A-Z][\w-]*[a-z][\w-]*(?:\s*[,(]|$)", offer) is not None


def _cut(text: str, limit: int) -> str:
    if len(text) > limit:
        text = text[: limit + 1].rsplit(" ", 1)[0][:limit]
        text = DANGLING.sub("", text)
    return text.rstrip(" ,;:-(")
