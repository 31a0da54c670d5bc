"""The card of what a workspace tells of itself, and what it asks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from qrev.assistant.cards import Card, _Shown
from qrev.assistant.knowledge.models import Kind
from qrev.assistant.requests import Id, _Asked


class KnowledgeCard(Card):
    """Brand, pain points, case studies and ideal customer, as texts and files."""

    @property
    def key(self) -> str:
        return "knowledge"


class KnowledgeAsked(_Asked):
    pass


class KnowledgeAddAsked(_Asked):
    """`replaces` is a document whose place it takes, "" for none."""

    kind: Kind
    title: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=200_000)]
    replaces: Annotated[str, Field(max_length=300)] = ""


class DocumentAsked(_Asked):
    document_id: Id


class DocumentRow(_Shown):
    id: str
    kind: Kind
    title: str
    pages: int
    words: int
    added_by: str
    added_at: datetime


class KnowledgeView(_Shown):
    rows: list[DocumentRow]
    can_change: bool


class SectionView(_Shown):
    heading: str
    page: int
    words: int


class ClaimView(_Shown):
    text: str
    page: int


class DocumentView(_Shown):
    """What was understood of a document."""

    id: str
    title: str
    sections: list[SectionView]
    claims: list[ClaimView]
