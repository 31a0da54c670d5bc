"""What a workspace tells of itself: texts and files that mails may stand on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from qrev.api.asked import Id, IdAsked
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.lists_taken import FILE
from qrev.assistant.knowledge.models import Kind, KnowledgeDocument, understood

router = APIRouter(prefix="/knowledge", tags=["knowledge"], responses=USUAL)
_TAKEN: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": FILE}}
}


class KnowledgeDocumentView(BaseModel):
    model_config = ConfigDict(frozen=True)

    document_id: str
    kind: Kind
    title: str
    pages: int
    words: int
    added_by: str
    added_at: datetime


class UnderstoodView(BaseModel):
    """The sections of a document, and the sentences a mail may stand on, each with its page."""

    model_config = ConfigDict(frozen=True)

    sections: list[tuple[int, str]]
    claims: list[tuple[int, str]]


class DocumentAsked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: Id


class TextAsked(BaseModel):
    """`replaces` is a document whose place the text takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    title: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    replaces: Annotated[str, Field(max_length=300)] = ""


@router.get("/list")
async def documents(behind: Behind, actor: Asking) -> list[KnowledgeDocumentView]:
    """List what there is, the oldest first."""
    return [_view(each) for each in await behind.knowledge.all(actor)]


@router.post("/add", status_code=201, openapi_extra=_TAKEN, responses=problems(404, 409, 413))
async def add(
    behind: Behind,
    actor: Asking,
    request: Request,
    kind: Kind,
    filename: Annotated[str, Query(max_length=200)] = "",
    replaces: Annotated[str, Query(max_length=300)] = "",
) -> KnowledgeDocumentView:
    """Hand over a file. The body is the file itself: PDF, .docx, .txt or .md, up to 10 MB."""
    actor.must_be_able_to_change()
    data = await request.body()
    return _view(await behind.knowledge.add_file(actor, kind, filename, data, replaces=replaces))


@router.post("/add/text", status_code=201, responses=problems(404, 409))
async def add_text(behind: Behind, actor: Asking, asked: TextAsked) -> KnowledgeDocumentView:
    """Hand over a text."""
    document = await behind.knowledge.add_text(
        actor, asked.kind, asked.title, asked.text, replaces=asked.replaces
    )
    return _view(document)


@router.get("/details", responses=problems(404))
async def details(behind: Behind, actor: Asking, document_id: IdAsked) -> UnderstoodView:
    """Tell what was understood of a document."""
    found = understood(await behind.knowledge.get(actor, document_id))
    return UnderstoodView(
        sections=[(section.page, section.heading) for section in found.sections],
        claims=[(claim.page, claim.text) for claim in found.claims],
    )


@router.post("/remove", status_code=204, responses=problems(404))
async def remove(behind: Behind, actor: Asking, asked: DocumentAsked) -> None:
    """Forget a document."""
    await behind.knowledge.remove(actor, asked.document_id)


def _view(document: KnowledgeDocument) -> KnowledgeDocumentView:
    return KnowledgeDocumentView(
        document_id=document.id,
        kind=document.kind,
        title=document.title,
        pages=len(document.pages),
        words=document.words,
        added_by=document.added_by_name,
        added_at=document.added_at,
    )
