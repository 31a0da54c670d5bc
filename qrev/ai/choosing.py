"""Whom of a list they mean, and from which day, in everyday words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qrev.kit.roles import ROLES, has_role, roles_in

WRITE = (
    r"(?:(?:please\s+)?(?:write|mail|e-?mail|send|contact|tell|reach\s+out|go|goes|do|take|use"
    r"|include|keep|choose|pick)\s+)?(?:only\s+)?(?:to\s+|for\s+)?(?:only\s+)?"
)
THE = r"(?:(?:the|those|these|all|any|every|people\s+who\s+are|who\s+are)\s+)*"
PEOPLE = (
    r"(?:people|persons?|everyone|everybody|anyone|those|contacts|leads|companies|firms|addresses)"
)
DOMAIN = r"@?\.?(?:[a-z0-9-]+\.)*[a-z0-9-]{2,24}"
DOTTED = r"(?:@?(?:[a-z0-9-]+\.)+[a-z]{2,24}|\.[a-z]{2,24})"
DOMAINS = rf"{DOTTED}(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+){DOTTED})*"
COMPANY = r"[A-Z][\w&.-]*(?:\s+[A-Z][\w&-]*){0,2}"
ENDS = (
    r"(?=\s*(?:[.,;:!?\n]|$)|\s+(?:about|regarding|please|only|and\s+(?:write|keep|make|skip)"
    r"|with|in\s+\d|over\s|from\s|on\s+(?:this|the|my)\s+list|in\s+(?:this|the|my)\s+list|of\s+(?:this"
    r"|the|my)\s+list)\b)"
)
ON_LIST = r"(?:\s+(?:on|in|of|from)\s+(?:this|the|my|our)\s+(?:list|file|upload))?"
ONLY = r"\b(?:only|just|solely|exclusively|nobody\s+but|no\s+one\s+but)\s+"
NOT = (
    r"(?:,?\s*\b(?:but|and)\s+)?\b(?:not|skip(?:ping)?|exclud(?:e|ing)|without|leav(?:e|ing)\s+out"
    r"|ignor(?:e|ing)|except(?:\s+for)?|omit|(?:everyone|everybody|all)\s+(?:but|except)"
    r"|(?:do\s+not|don['’]?t|never)\s+(?:write|mail|e-?mail|send|contact))\s+(?:to\s+)?"
)
ONLY_ROLES = (
    re.compile(rf"{ONLY}{WRITE}{THE}(?P<who>{ROLES}){ON_LIST}", re.I),
    re.compile(rf"\b(?:to\s+)?{THE}(?P<who>{ROLES}){ON_LIST}\s+only\b", re.I),
)
# "write to the marketing directors about …": fewer people is the reading that does no harm.
TO_ROLES = re.compile(
    rf"\s*\bto\s+{THE}(?P<who>{ROLES})(?:{ON_LIST}){ENDS}",
    re.I,
)
NOT_ROLES = re.compile(rf"{NOT}{THE}(?P<who>{ROLES}){ON_LIST}", re.I)
ONLY_DOMAINS = re.compile(
    rf"{ONLY}{WRITE}(?:the\s+)?(?:{PEOPLE}\s+)?(?:(?:at|from|with|in|of)\s+)?(?P<who>{DOMAINS})"
    r"(?:\s+(?:e-?mail\s+)?(?:addresses|domains?|accounts))?",
    re.I,
)
ONLY_COMPANY = re.compile(
    rf"(?i:{ONLY}{WRITE}(?:the\s+)?{PEOPLE}\s+(?:at|from|of|who\s+work\s+(?:at|for))\s+)"
    rf"(?P<who>{COMPANY}(?:(?:\s*,\s*|\s+(?:and|or)\s+){COMPANY})*)"
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
DAY = (
    rf"(?:today|tomorrow|the\s+day\s+after\s+tomorrow|(?:next\s+|this\s+|coming\s+)?{WEEKDAY}"
    rf"|next\s+(?:week|month)|(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{MONTH}"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{4}}-\d\d-\d\d|the\s+\d{{1,2}}(?:st|nd|rd|th))"
)
BEGINS = re.compile(
    r"(?:,\s*)?(?:\band\s+)?\b(?:(?:please\s+)?(?:start(?:ing)?|begin(?:ning)?|launch(?:ing)?)\s+"
    r"(?:it\s+|this\s+|them\s+|sending\s+)?(?:on\s+|from\s+)?|from\s+|not\s+before\s+)"
    rf"(?P<day>{DAY})\b(?!\s*(?:to|until|till|-|through)\b)(?:\s+on(?:wards)?\b)?",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whom:
    """Of a list, those to write to. Each empty tuple leaves nobody out."""

    only_titles: tuple[str, ...] = ()
    not_titles: tuple[str, ...] = ()
    only_domains: tuple[str, ...] = ()
    only_companies: tuple[str, ...] = ()

    @property
    def is_everyone(self) -> bool:
        return self == EVERYONE

    def includes(self, row: Mapping[str, str]) -> bool:
        """Return whether the person of a row is meant. What the row does not say does not fit."""
        title = row.get("job_title", "")
        if self.only_titles and not has_role(title, self.only_titles):
            return False
        if has_role(title, self.not_titles):
            return False
        domain = row.get("email", "").strip().lower().rpartition("@")[2]
        if self.only_domains and not any(_is_within(domain, d) for d in self.only_domains):
            return False
        company = row.get("company_name", "").lower()
        return not self.only_companies or any(c.lower() in company for c in self.only_companies)

    def said(self) -> str:
        """Return it as the end of a sentence, "" for everyone."""
        only = [f"**{title}** in the job title" for title in self.only_titles]
        only += [f"an address at **{domain}**" for domain in self.only_domains]
        only += [f"**{company}** as the company" for company in self.only_companies]
        sentences = []
        if only:
            sentences.append(f"I write only to people with {' or '.join(only)}.")
        if self.not_titles:
            titles = " or ".join(f"**{title}**" for title in self.not_titles)
            sentences.append(f"I leave out people with {titles} in the job title.")
        return " ".join(sentences)


EVERYONE = Whom()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """`rest` is what was said besides: a role or a day is no part of an offer."""

    whom: Whom
    begins: str
    rest: str


def choose(words: str) -> Choice:
    """Return whom they mean and from which day on, taken out of the words."""
    found: dict[str, tuple[str, ...]] = {}
    rest, begins = words, ""
    if (day := BEGINS.search(rest)) is not None:
        begins, rest = " ".join(day["day"].split()), _without(rest, day)
    if (company := ONLY_COMPANY.search(rest)) is not None and "." not in company["who"]:
        found["only_companies"] = tuple(re.split(r"\s*,\s*|\s+(?:and|or)\s+", company["who"]))
        rest = _without(rest, company)
    if (domains := ONLY_DOMAINS.search(rest)) is not None:
        found["only_domains"] = tuple(
            domain.lower().lstrip("@.") for domain in re.findall(DOTTED, domains["who"], re.I)
        )
        rest = _without(rest, domains)
    for name, patterns in (
        ("not_titles", (NOT_ROLES,)),
        ("only_titles", (*ONLY_ROLES, TO_ROLES)),
    ):
        for pattern in patterns:
            if name not in found and (roles := pattern.search(rest)) is not None:
                found[name] = roles_in(roles["who"])
                rest = _without(rest, roles)
    is_cut = bool(begins or found)
    return Choice(whom=Whom(**found), begins=begins, rest=rest.strip(" ,:;") if is_cut else rest)


def _without(words: str, found: re.Match[str]) -> str:
    """Return the words with these cut out, and what stood behind them apart from it."""
    before, after = words[: found.start()].rstrip(), words[found.end() :]
    joint = "" if not before or not after.strip() or after.lstrip()[:1] in ".,;:!?" else ", "
    is_sentence = before.endswith((".", ",", ";", ":", "!", "?", "\n"))
    return (
        f"{before}{' ' if is_sentence else joint}{after.strip()}" if before else after.lstrip(" ,")
    )


def _is_within(domain: str, wanted: str) -> bool:
    return domain == wanted or domain.endswith(f".{wanted}")
