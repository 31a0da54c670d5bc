"""What the card of what a workspace tells of itself may ask, by name."""

from __future__ import annotations

from qrev.assistant import knowledge_cards as asked
from qrev.assistant.knowledge_desk import KnowledgeDesk
from qrev.assistant.questions import Desks, Question, viewed


def _knowledge(desks: Desks) -> KnowledgeDesk:
    return desks.knowledge


QUESTIONS: dict[str, Question] = {
    "knowledge_get": viewed(asked.KnowledgeAsked, _knowledge, KnowledgeDesk.knowledge_get),
    "knowledge_add": viewed(asked.KnowledgeAddAsked, _knowledge, KnowledgeDesk.knowledge_add),
    "knowledge_read": viewed(asked.DocumentAsked, _knowledge, KnowledgeDesk.knowledge_read),
    "knowledge_remove": viewed(asked.DocumentAsked, _knowledge, KnowledgeDesk.knowledge_remove),
}
