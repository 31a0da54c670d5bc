"""One call of every method that knowledge is kept behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qrev.assistant.knowledge.models import Kind, KnowledgeDocument
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE
from tests.contract.stores import Call, Stores


def a_document(id: str = "know_1", **changes: Any) -> KnowledgeDocument:
    document = KnowledgeDocument(
        id=id,
        account_id=ACME,
        kind=Kind.CASE_STUDIES,
        title="Pine.pdf",
        pages=("$first {{x}}", "Saved 30 %."),
        added_by=ALICE,
        added_by_name="Alice",
        added_at=TUESDAY_10AM,
    )
    return replace(document, **changes)


async def fill_knowledge(s: Stores) -> None:
    """Give Acme a document."""
    await s.knowledge.put(a_document())


KNOWLEDGE = (
    Call("knowledge", "get", lambda s, a: s.knowledge.get(a, "know_1"), reads=True),
    Call("knowledge", "of_account", lambda s, a: s.knowledge.of_account(a), reads=True),
    Call(
        "knowledge",
        "put",
        lambda s, _: s.knowledge.put(a_document("know_2", added_at=TUESDAY_10AM + MINUTE)),
    ),
    Call("knowledge", "remove", lambda s, a: s.knowledge.remove(a, "know_1")),
)
