"""Questions about what is there that narrow it: “only the CTOs”, “who opened but did not reply”."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qrev.ai.choosing import COMPANY, DOTTED
from qrev.ai.narrowing import WITHOUT_WORD, deeds_in, when_in
from qrev.assistant.contract import QueryAction
from qrev.kit.free_mail import PROVIDERS
from qrev.kit.roles import ROLES, roles_in

MAX_ASKED = 150  # characters; longer ones tell something and do not ask
POLITE = (
    r"^\W*(?:(?:please|now|ok(?:ay)?|so|and|hey|hi|can you|could you|would you|i want to"
    r"|i would like to|i'd like to|let me|tell me)\b[\s,]*)*"
)
SHOW = r"(?:show|list|see|view|find|give|display|count)\s+(?:me\s+)?"
SOME = r"(?:(?:all|only|just|the|my|our|of|any|every)\s+)*"
WHO = r"(?:people|persons?|everyone|everybody|anyone|contacts?|leads?|prospects?|those|readers)"
FIRMS = r"(?:companies|firms|organi[sz]ations|businesses)"
END = r"(?:\s+(?:are there|do (?:i|we) (?:have|know)|so far|yet|in my list|here))*[\s?!.]*$"
WRITES = re.compile(
    r"\b(?:write|sell|pitch|offer|promote)\b(?!\s+back)|\b(?:e-?mail|mail|contact)\s+(?:to|them|all)\b",
    re.I,
)


def _asking(words: str) -> re.Pattern[str]:
    return re.compile(f"(?i:{POLITE})(?:{words})")


SUBJECT = _asking(
    r"(?i:(?:what|which)(?:['’]?s|\s+is|\s+was)?\s+(?:the\s+|our\s+|my\s+)?(?:(?:best|top|worst)\s+)?"
    rf"(?:\w+\s+)?subjects?\b|(?:{SHOW})?(?:the\s+|our\s+|my\s+)?(?:best|top|worst)\s+(?:\w+\s+)?subjects?\b)"
)
ABOUT_FIRMS = _asking(rf"(?i:(?:{SHOW}|which\s+|what\s+|how many\s+)?{SOME}{FIRMS}\b.+)")
ABOUT_DEEDS = _asking(
    rf"(?i:(?:{SHOW})?{SOME}(?:who|whom|which|how many|how often|{WHO}\b|mails?\s+that\s+"
    r"|(?:did|has|have|is there|are there)\s+any(?:one|body)?\b"
    r"|(?:new\s+|recent\s+)?(?:replies|answers|opens|clicks|bounces|unsubscribes)\b))"
)
STATUS = r"(?:running|active|paused|stopped|archived|finished|done|over)"
SEQUENCES = r"(?:campaigns?|sequences?)"
OF_STATUS = _asking(
    rf"(?i:(?:{SHOW}|which\s+|what\s+|how many\s+|(?:is|are)(?:\s+there)?\s+|any\s+)?{SOME}"
    rf"(?:(?P<before>{STATUS})\s+{SEQUENCES}|{SEQUENCES}\s+(?:(?:that|which)\s+)?(?:is|are)?\s*"
    rf"(?:now\s+|still\s+)?(?P<behind>{STATUS})){END})"
)
NAMED = _asking(
    rf"(?i:(?:how (?:is|was|did|does|well)|status of|numbers (?:of|for)|{SHOW}|what about)\s*"
    r"(?:is\s+)?(?:the|my|our)\s+)[\"“”']?(?P<name>(?i:(?!last\b|latest\b|newest\b|current\b|new\b|whole\b"
    r"|running\b|paused\b|active\b|all\b|numbers\b|of\b)[\w&-]+(?:\s+[\w&-]+){0,4}?))[\"“”']?\s+"
    r"(?i:campaign|sequence)(?i:\s+(?:going|doing|performing|running|perform|do|go))?[\s?!.]*$"
)
OF_ROLES = _asking(rf"(?i:(?:{SHOW}|how many\s+|who are\s+){SOME}(?P<who>{ROLES}){END})")
AT = (
    rf"(?i:(?:{SHOW}|which\s+|what\s+|how many\s+)?{SOME}(?:who|{WHO})\s+(?:(?:who|that)\s+)?"
    r"(?:(?:work(?:s|ing)?|is|are|do we know|do we have)\s+)?(?:at|for|from|with|on|using)\s+"
    r"(?:an?\s+|the\s+)?)"
)
AT_DOMAIN = _asking(
    rf"{AT}(?i:@?(?P<domain>{DOTTED}|{'|'.join(PROVIDERS)})(?:\s+(?:e-?mail\s+)?"
    rf"(?:address(?:es)?|accounts?|domains?))?{END})"
)
AT_COMPANY = _asking(rf"{AT}(?P<company>{COMPANY})(?i:{END})")
CONTAINS = _asking(
    r"(?:(?i:(?:find|search(?:\s+for)?|look\s+(?:up|for))\s+)(?i:(?!me\b|us\b|an?\b|new\b|some\b"
    rf"|more\b|my\b|our\b|the\b|all\b|any\b|out\b|\d|{WHO}\b|{FIRMS}\b|{SEQUENCES}\b|members?\b"
    r"|teams?\b))|(?i:who\s+is\s+)(?=[A-Z]|\S+@))(?P<contains>\S+(?:\s+\S+){0,4}?)[\s?!.]*$"
)
FAILED = _asking(
    rf"(?i:(?:{SHOW}|which\s+|how many\s+|what\s+|any\s+){SOME}(?:e-?)?mails?\s+.*?failed\b)"
)


def inquiry_in(words: str) -> QueryAction | None:
    """Return what is asked for, with its filter; None if nothing is, or nothing narrower."""
    said = " ".join(words.split())
    if len(said) > MAX_ASKED or WRITES.search(said):
        return None
    if SUBJECT.search(said):
        return _query("messages", when_in(said), sort="replied", group_by="subject")
    for read in (_about_firms, _about_campaigns, _about_deeds, _about_people):
        if (query := read(said)) is not None:
            return query
    if FAILED.search(said):
        return _query("messages", {"status": "failed", **when_in(said)})
    return None


def _query(
    entity: str, narrowed: Mapping[str, str | bool], *, sort: str = "", group_by: str = ""
) -> QueryAction:
    said = {"entity": entity, "filter": dict(narrowed), "sort": sort, "group_by": group_by}
    return QueryAction.model_validate(said)


def _about_firms(said: str) -> QueryAction | None:
    if not ABOUT_FIRMS.search(said):
        return None
    unwritten = {"written": False} if WITHOUT_WORD.search(said) else {}
    narrowed = unwritten or deeds_in(said)
    return _query("companies", {**narrowed, **when_in(said)}) if narrowed else None


def _about_campaigns(said: str) -> QueryAction | None:
    if (found := OF_STATUS.search(said)) is not None:
        status = (found["before"] or found["behind"]).lower()
        status = {"active": "running", "done": "finished", "over": "finished"}.get(status, status)
        return _query("sequences", {"status": status})
    if (named := NAMED.search(said)) is not None:
        return _query("sequences", {"contains": named["name"].strip()})
    return None


def _about_deeds(said: str) -> QueryAction | None:
    if not ABOUT_DEEDS.search(said):
        return None
    if WITHOUT_WORD.search(said):
        return _query("people", {"written": False, **when_in(said)})
    deeds = deeds_in(said)
    if len(deeds) == 1 and all(deeds.values()):
        return _query("events", {"kind": next(iter(deeds)), **when_in(said)})
    return _query("prospects", {**deeds, **when_in(said)}) if deeds else None


def _about_people(said: str) -> QueryAction | None:
    if (roles := OF_ROLES.search(said)) is not None:
        return _query("people", {"title": ", ".join(roles_in(roles["who"]))})
    if (at := AT_DOMAIN.search(said)) is not None:
        domain = at["domain"].lower().lstrip("@")
        return _query("people", {"domain": PROVIDERS.get(domain, (domain,))[0]})
    if (company := AT_COMPANY.search(said)) is not None:
        return _query("people", {"company": company["company"].strip(" .")})
    if (found := CONTAINS.search(said)) is not None:
        return _query("people", {"search": found["contains"].strip(' .?!"“”')})
    return None
