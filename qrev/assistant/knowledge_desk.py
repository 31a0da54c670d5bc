"""What the card of what a workspace tells of itself can ask."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import knowledge_cards as shown
from qrev.assistant.knowledge.models import KnowledgeDocument, understood
from qrev.assistant.knowledge.service import Knowledge


class KnowledgeDesk:
    def __init__(self, *, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def knowledge_get(self, actor: Actor, _: shown.KnowledgeAsked) -> shown.KnowledgeView:
        """Return what there is."""
        found = await self._knowledge.all(actor)
        return shown.KnowledgeView(rows=[row(each) for each in found], can_change=actor.may_change)

    async def knowledge_add(
        self, actor: Actor, ask: shown.KnowledgeAddAsked
    ) -> shown.KnowledgeView:
        """Keep a text."""
        await self._knowledge.add_text(actor, ask.kind, ask.title, ask.text, replaces=ask.replaces)
        return await self.knowledge_get(actor, shown.KnowledgeAsked())

    async def knowledge_read(self, actor: Actor, ask: shown.DocumentAsked) -> shown.DocumentView:
        """Return what was understood of a document."""
        document = await self._knowledge.get(actor, ask.document_id)
        found = understood(document)
        return shown.DocumentView(
            id=document.id,
            title=document.title,
            sections=[
                shown.SectionView(heading=s.heading, page=s.page, words=s.words)
                for s in found.sections
            ],
            claims=[shown.ClaimView(text=claim.text, page=claim.page) for claim in found.claims],
        )

    async def knowledge_remove(self, actor: Actor, ask: shown.DocumentAsked) -> shown.KnowledgeView:
        """Forget a document."""
        await self._knowledge.remove(actor, ask.document_id)
        return await self.knowledge_get(actor, shown.KnowledgeAsked())


def row(document: KnowledgeDocument) -> shown.DocumentRow:
    """Return a document as it is listed."""
    return shown.DocumentRow(
        id=document.id,
        kind=document.kind,
        title=document.title,
        pages=len(document.pages),
        words=document.words,
        added_by=document.added_by_name,
        added_at=document.added_at,
    )
