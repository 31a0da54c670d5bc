"""A document, and what was understood of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId
from qrev.kit.mail_parts import sentences_of

MAX_SECTIONS, MAX_CLAIMS = 30, 20
MAX_HEADING = 80  # characters
CLAIM = re.compile(
    r"\d|\b(?:customers?|clients?|won|award\w*|founded|since|saved?|reduced?|increased?|grew|faster"
    r"|certified|trusted)\b",
    re.I,
)


class Kind(StrEnum):
    """What a document is about: the names that the contract has for it."""

    BRAND = "brand_doc"
    PAIN_POINTS = "pain_points_doc"
    CASE_STUDIES = "case_studies_doc"
    IDEAL_CUSTOMER = "icp_doc"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeDocument:
    """One text or file, as plain words by page. A text has one page."""

    id: str
    account_id: AccountId
    kind: Kind
    title: str
    pages: tuple[str, ...]
    added_by: UserId
    added_by_name: str
    added_at: datetime

    @property
    def words(self) -> int:
        return sum(len(page.split()) for page in self.pages)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    heading: str
    page: int
    words: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A sentence that a mail may stand on, and the page it is on."""

    text: str
    page: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]


def understood(document: KnowledgeDocument) -> Understood:
    """Return the sections of a document and the sentences that state something of us."""
    sections: list[Section] = []
    claims: list[Claim] = []
    for page, text in enumerate(document.pages, start=1):
        for paragraph in re.split(r"\n\s*\n", text):
            lines = [line.strip() for line in paragraph.strip().splitlines() if line.strip()]
            if not lines:
                continue
            sections.append(
                Section(heading=_heading(lines[0]), page=page, words=len(paragraph.split()))
            )
            claims += [
                Claim(text=sentence[:300], page=page)
                for sentence in sentences_of(" ".join(lines))
                if CLAIM.search(sentence) and len(sentence.split()) > 3
            ]
    return Understood(sections=tuple(sections[:MAX_SECTIONS]), claims=tuple(claims[:MAX_CLAIMS]))


def _heading(line: str) -> str:
    text = line.lstrip("#*-• ").strip()
    return text if len(text) <= MAX_HEADING else f"{text[:MAX_HEADING]}…"
