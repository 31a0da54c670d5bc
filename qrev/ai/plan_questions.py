"""Questions about a plan, understood without a model: what is asked, of which day, whom, how many.

Names and days stay words here: only the backend knows the people, and what day it is there.
"""

from __future__ import annotations

import re

from qrev.assistant.contract import QueryAction

DAY = (
    r"(?P<day>(?:today|tonight|tomorrow|the day after tomorrow"
    r"|(?:next\s+|this\s+)?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)day"
    r"|(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\.?(?:\s+of)?\s+[a-z]{3,9}\.?(?:,?\s+\d{4})?"
    r"|[a-z]{3,9}\.?\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?"
    r"|the\s+\d{1,2}(?:st|nd|rd|th)|\d{4}-\d{1,2}-\d{1,2}"
    r"|in\s+\w+\s+(?:days?|weeks?|months?)"
    r"|(?:the\s+)?end\s+of\s+(?:(?:the|this|next)\s+)?(?:week|month|year)))"
)
ALL = r"(?:it|this|that|all|everything|everyone|they|all of (?:it|them)|(?:the|this|my) \w+)"
GETS = (
    r"(?:gets?|receives?|do we write|leaves?|goes?|go|hears? from"
    r"|(?:is|are) (?:written|mailed|sent|planned|scheduled|contacted))"
)
WHO = r"(?P<person>[^\s,?]+@[^\s,?]+|[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,3}?)"
MAILBOX = r"(?P<mailbox>[^\s,?]+@[^\s,?]+|[^\W\d_][\w.-]*(?:\s+[^\W\d_][\w.-]*)??)"
FAILS = (
    r"(?:dies?|died|fails?|failed|breaks?|broke|stops?|is gone|were gone|is paused|were paused"
    r"|goes down|is down|is blocked|gets blocked|is revoked|can(?:no|['’])t send"
    r"|cannot be used|is suspended|disappears?)"
)
POLITE = r"^\W*(?:(?:please|and|so|ok(?:ay)?|now|tell me|show me|can you tell me)\b[\s,:]*)*"
NOT_PEOPLE = re.compile(
    r"^(?:it|this|that|they|he|she|we|you|i|everyone|everybody|nobody|anyone|the|my|our|all|"
    r"people|someone|who|what|there)\b",
    re.I,
)

_KINDS: tuple[tuple[str, str], ...] = (
    ("show", r"(?:show|view|open|display|see|list)\s+(?:me\s+)?(?:the\s+|my\s+|this\s+|our\s+)?"
             r"(?:whole\s+|full\s+|sending\s+)?(?:plan|schedule|calendar|timeline|heat\s?map)"
             r"(?:\s+(?:of|for) .{1,60})?[\s?!.]*$"),
    ("who_on", rf"(?:who|whom|what|which\b.*?|how many\b.*?|(?:is there )?any(?:one|body|thing)?)"
               rf"\s.*?\b{GETS}\b.*?\b{DAY}"),
    ("who_on", rf"(?:what['’]?s|what is|who['’]?s|who is|anything)\s+"
               rf"(?:planned|scheduled|on|leaving|going out)\b.*?\b{DAY}"),
    ("done_by", rf"(?:can|could|will|would|does|is|are)\s+{ALL}\s+(?:\w+\s+){{0,3}}?"
                rf"(?:done|finish(?:ed)?|out|over|sent|left|leave|complete[d]?|go out|be through)"
                rf"\b.*?\b(?:by|before|until|till|within)?\s*{DAY}"),
    ("last", r"(?:when|what day|how long)\b.*\b(?:last|done|finish(?:ed|es)?|over|complete[d]?"
             r"|(?:does|will) (?:it|this) take|end[s]?)\b"),
    ("first", r"(?:when|what day)\b.*\bfirst\b|when (?:does|do|will) (?:it|this|that|they|sending"
              r"|(?:the|this|my) (?:\w+ )?(?:campaign|sequence|plan|mails?)) (?:start|begin)\b"),
    ("with_cap", r"(?:(?:and\s+)?what\s+(?:if|about)\b|with|could|can|suppose)\b.*?"
                 r"\b(?:cap|limit|send|sent|mails?)\b\D{0,40}?(?P<cap>\d{1,6})\b"),
    ("with_cap", r"(?:(?:and\s+)?what\s+(?:if|about)\b|and with|with|suppose)\D{0,40}?"
                 r"(?P<cap>\d{1,6})\s*(?:(?:e-?)?mails?\s*)?(?:a|per|each|every)\s+day\b"),
    ("without", rf"(?:what\s+(?:if|happens? (?:if|when))|suppose)\s+(?:the\s+)?{MAILBOX}"
                rf"(?:['’]s?)?\s+(?:mail\s?box|account|inbox|address)?\s*{FAILS}"),
    ("without", rf"(?:what (?:if|about)\s+)?(?:we (?:go|send) )?without\s+(?:the\s+)?{MAILBOX}"
                r"(?:['’]s?)?(?:\s+(?:mail\s?box|account|inbox|address))?[\s?!.]*$"),
    ("why", rf"why\s+(?:does|do|will|did|is|are|has|doesn['’]?t|isn['’]?t|won['’]?t)\s+(?:not\s+)?"
            rf"{WHO}\s+(?:not\s+)?(?:get|gets|receive|have|hear|written|mailed|blocked|left out"
            rf"|planned|scheduled|in|getting|only|still|so|left)\b"),
    ("why", rf"when\s+(?:does|do|will|is|are)\s+{WHO}\s+"
            rf"(?:get|receive|hear|written|mailed|have|planned|scheduled)\b"),
    ("why", rf"(?:what about|what does|what happens (?:to|with))\s+{WHO}"
            rf"(?:\s+get)?(?:\s+in (?:this|the) plan)[\s?!.]*$"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(POLITE + words, re.I)) for kind, words in _KINDS)


def plan_question_in(words: str) -> QueryAction | None:
    """Return what is asked about a plan, None if nothing is."""
    said = " ".join(words.split())[:500]
    for kind, pattern in _PATTERNS:
        found = pattern.search(said)
        if found is None:
            continue
        named = {name: text.strip(" .,?!") for name, text in found.groupdict().items() if text}
        if "person" in named and NOT_PEOPLE.match(named["person"]):
            continue
        return QueryAction.model_validate(
            {"type": "query", "entity": "plan", "filter": {"question": kind, **_typed(named)}}
        )
    return None


def _typed(named: dict[str, str]) -> dict[str, str | int]:
    return {name: int(text) if name == "cap" else text for name, text in named.items()}
