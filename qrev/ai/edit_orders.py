"""An order to change mails that are written: which ones, and the words of the wish. Pure."""

from __future__ import annotations

import re
from typing import Any

from qrev.ai.choosing import (
    COMPANY,
    DOTTED,
    ENDS,
    NOT_ROLES,
    ONLY_COMPANY,
    ONLY_DOMAINS,
    ONLY_ROLES,
    TO_ROLES,
)
from qrev.ai.edit_words import cannot, edits_in
from qrev.assistant.contract import Action, DraftEditAction, TextAction
from qrev.kit.roles import ROLES, roles_in

POLITE = (
    r"(?:(?:please|now|ok(?:ay)?|so|and|hey|hi|can you|could you|would you|i want you to|i want to"
    r"|i would like you to|i'd like you to|let['’]?s)\b[\s,]*)*"
)
LETTERS = r"(?:e-?mails?|mails?|drafts?|messages?|follow-?ups?)"
MAILS = r"(?:e-?mails?|mails?|drafts?|messages?|texts?|sequence|campaign|follow-?ups?)"
THEM = (
    r"(?:it|them|this|these|that|all|everything"
    rf"|(?:the\s+|my\s+|all\s+|these\s+|our\s+|\w+\s+)?{MAILS})"
)
PART = (
    r"(?:subject(?:\s+lines?)?|first\s+line|opening(?:\s+line)?|greeting|sign-?off|closing|question"
    r"|call\s+to\s+action|cta|offer|sentences?|paragraphs?|links?|urls?|PS|p\.\s?s\.?|words?|wording|tone"
    r"|grammar|spelling|typos?)"
)
TONE = (
    r"(?:shorter|briefer|(?:more|less)\s+(?:\w+)|friendlier|warmer|softer|stronger|punchier|longer"
    r"|short|brief|concise|formal|friendly|casual|polite|personal|professional|simple|simpler|direct)"
)
ORDER = re.compile(
    rf"\W*{POLITE}(?:"
    rf"(?:rewrite|reword|rephrase|shorten|trim|tighten|improve|translate|polish|edit)\b"
    rf"|(?:make|keep|get)\s+(?:{THEM}\s+)?(?:\w+\s+){{0,3}}?(?:a\s+(?:bit|little)\s+|much\s+|very\s+|sound\s+)*{TONE}"
    rf"|(?:a\s+(?:bit|little)\s+|much\s+)?(?:shorter|briefer|friendlier|warmer|(?:more|less)\s+(?:formal|casual"
    rf"|friendly|polite|concise|professional|wordy|informal))\b"
    rf"|(?:do\s+not\s+|don['’]t\s+)?mention\b"
    rf"|(?:change|set|replace|fix|correct|check|use|remove|delete|drop|cut|take\s+out|leave\s+out|no|without|add"
    rf"|put|include|write)\b.{{0,60}}?\b{PART}\b"
    rf"|(?:fix|correct|check)\s+{THEM}\b"
    rf"|replace\s+\S.*?\s+(?:with|by)\s+\S"
    rf"|(?:say|use|write|offer|ask)\s+\S.*?\s+instead\b"
    rf"|instead\s+of\s+\S.*?,?\s+(?:say|use|write|put)\b"
    rf"|(?:add|put|include|say|write|remove|delete|drop)\s+[\"“„«]"
    rf"|(?:add|include|put|say|write)\s+\S.*?\s+(?:to|in|into)\s+(?:the|all|my|every|each)\s+(?:\w+\s+)?{LETTERS}\b"
    rf"|sign\s+(?:it|them|off|the\s+{MAILS})\b"
    r")",
    re.I,
)
NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
NTH = "|".join(NUMBERS)
STEPS = re.compile(
    rf",?\s*\b(?:but\s+)?(?:only\s+|just\s+)?(?:in|of|for|to)?\s*(?:only\s+|just\s+)?(?:the\s+)?"
    rf"(?:(?P<nth>{NTH})(?:\s+and\s+(?:the\s+)?(?P<other>{NTH}))?\s+(?:e-?mails?|mails?|steps?|drafts?|messages?)"
    r"|(?:e-?mails?|mails?|steps?|drafts?)\s+(?P<number>\d{1,2})(?:\s*(?:and|,)\s*(?P<more>\d{1,2}))?"
    r"|(?P<later>follow-?ups?(?:\s+(?:mails?|e-?mails?))?))\b(?!\s+(?:line|sentence))",
    re.I,
)
NOT_FOR = re.compile(
    rf",?\s*\b(?:but\s+|and\s+)?(?:not|except|never|skip|leave\s+out)\s+(?:for\s+|to\s+|in\s+)?"
    rf"(?:all\s+|the\s+|those\s+of\s+|any\s+)*(?P<who>{ROLES})",
    re.I,
)
FOR_ROLES = re.compile(rf",?\s*\bfor\s+(?:all\s+|the\s+|every\s+)*(?P<who>{ROLES}){ENDS}", re.I)
AT = re.compile(
    r",?\s*\b(?i:(?:only\s+)?(?:for|of|to)\s+(?:only\s+)?(?:the\s+|all\s+)?(?:people|everyone|everybody|those"
    rf"|contacts)\s+(?:at|from|of|with))\s+(?:an?\s+)?(?P<who>{DOTTED}|{COMPANY})"
)
PERSON = re.compile(
    r",?\s*\b(?:(?i:only\s+)?(?i:for|to)\s+(?i:only\s+)?(?P<who>[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2}|\S+@\S+\w)"
    r"(?=\s*(?:[.,;!]|$))"
    rf"|(?i:(?:in\s+)?)(?P<whose>[A-Z][\w-]+(?:\s+[A-Z][\w-]+)?)['’]s?\s+(?i:{MAILS}))"
)
CAMPAIGN = re.compile(
    r",?\s*\b(?i:in|of|for)\s+(?i:the|my|our)\s+[\"“”']?(?P<name>[\w&-]+(?:\s+[\w&-]+){0,4}?)[\"“”']?\s+"
    r"(?i:campaign|sequence)\b"
)
SCOPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r",?\s*\b(?:only\s+)?(?:for|of|to|in)\s+(?:the\s+|all\s+)*(?:new\s+people|people\s+who\s+(?:have\s+not"
            r"|haven['’]t|did\s+not|didn['’]t)\s+(?:got(?:ten)?|get|received?|had)\s+(?:anything|any|one|a\s+mail)"
            r"(?:\s+yet)?)\b",
            re.I,
        ),
        "new people",
    ),
    (
        re.compile(
            r",?\s*\b(?:for|of|in|to)?\s*(?:(?:everything|all|whatever|the\s+mails|mails|those)\s+)?"
            r"(?:(?:that|what)\s+(?:is|are|has|have)\s+)?(?:not\s+(?:yet\s+)?(?:been\s+)?(?:sent|left)"
            r"(?:\s+yet)?|unsent|still\s+to\s+(?:be\s+sent|leave|go))\b(?:\s+(?:mails|ones))?"
            r"|,?\s*\b(?:(?:for|of|in|to)\s+)?(?:the\s+)?(?:what\s+is\s+(?:already\s+)?planned"
            r"|(?:already\s+)?planned\s+(?:mails|ones))\b",
            re.I,
        ),
        "not yet sent",
    ),
    (re.compile(r",?\s*\b(?:in|of|for)\s+(?:the|all|my)\s+drafts\b", re.I), "drafts"),
)
MAX_ORDER = 1500


def edit_in(words: str) -> Action | None:
    """Return the order to change mails, or why rules cannot follow it; None if it is none."""
    said = " ".join(words.split())
    if len(said) > MAX_ORDER:
        return None
    only: dict[str, Any] = {}
    rest = said
    for read in (_campaign, _scope, _steps, _roles, _places, _person):
        found, rest = read(rest)
        only |= found
    if not ORDER.match(rest):
        return None
    instruction = re.sub(rf"^\W*{POLITE}", "", rest.strip(" ,;:"), flags=re.I).strip()
    edits, unread = edits_in(instruction)
    if unread or not edits:
        return TextAction(response=cannot(unread))
    return DraftEditAction.model_validate(
        {
            "instruction": instruction,
            "sequence_id": only.pop("campaign", ""),
            "scope": only.pop("scope", ""),
            "only": only,
        }
    )


Found = tuple[dict[str, Any], str]


def _cut(words: str, found: re.Match[str]) -> str:
    rest = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
    return re.sub(r"[\s,]+(?:for|to|in|of|but|and|only)$", "", rest)


def _campaign(words: str) -> Found:
    found = CAMPAIGN.search(words)
    if found is None or found["name"].lower() in ("whole", "new", "last", "current"):
        return {}, words
    return {"campaign": found["name"]}, _cut(words, found)


def _scope(words: str) -> Found:
    for pattern, scope in SCOPES:
        if (found := pattern.search(words)) is not None:
            return {"scope": scope}, _cut(words, found)
    return {}, words


def _steps(words: str) -> Found:
    found = STEPS.search(words)
    if found is None:
        return {}, words
    if found["later"]:
        return {"steps": list(range(2, 13))}, _cut(words, found)
    if found["nth"]:
        named = [NUMBERS[nth.lower()] for nth in (found["nth"], found["other"]) if nth]
    else:
        named = [int(number) for number in (found["number"], found["more"]) if number]
    return {"steps": [number for number in named if number]}, _cut(words, found)


def _roles(words: str) -> Found:
    only: dict[str, Any] = {}
    for name, patterns in (
        ("not_titles", (NOT_FOR, NOT_ROLES)),
        ("titles", (*ONLY_ROLES, FOR_ROLES, TO_ROLES)),
    ):
        for pattern in patterns:
            if name not in only and (found := pattern.search(words)) is not None:
                only[name] = list(roles_in(found["who"]))
                words = _cut(words, found)
    return only, words


def _places(words: str) -> Found:
    if (found := AT.search(words)) is not None:
        who = found["who"].lstrip("@")
        name = "domains" if re.fullmatch(DOTTED, who, re.I) else "companies"
        return {name: [who.lower() if name == "domains" else who]}, _cut(words, found)
    if (found := ONLY_COMPANY.search(words)) is not None and "." not in found["who"]:
        companies = re.split(r"\s*,\s*|\s+(?:and|or)\s+", found["who"])
        return {"companies": companies}, _cut(words, found)
    if (found := ONLY_DOMAINS.search(words)) is not None:
        domains = [d.lower().lstrip("@.") for d in re.findall(DOTTED, found["who"], re.I)]
        return {"domains": domains}, _cut(words, found)
    return {}, words


def _person(words: str) -> Found:
    found = PERSON.search(words)
    if found is None:
        return {}, words
    return {"people": [(found["who"] or found["whose"]).strip()]}, _cut(words, found)
