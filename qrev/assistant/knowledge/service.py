"""Keeping what a workspace tells of itself, and telling it on."""

from __future__ import annotations

import asyncio
from typing import Protocol

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.assistant.contract import DocumentPage, ResourceDocument
from qrev.assistant.knowledge.models import Kind, KnowledgeDocument
from qrev.assistant.knowledge.reading import pages_of, tidied
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import new_id

MOST = 20  # documents of a workspace
PATIENCE = 20.0  # seconds that reading a file may take
MAX_TITLE = 120
TOLD = 30_000  # characters of each document that the AI server is told


class KnowledgeBook(Protocol):
    async def put(self, document: KnowledgeDocument) -> None:
        """Keep it, in the place of one with the same id."""

    async def get(self, account_id: AccountId, document_id: str) -> KnowledgeDocument | None: ...

    async def of_account(self, account_id: AccountId) -> list[KnowledgeDocument]:
        """Return all, the oldest first."""

    async def remove(self, account_id: AccountId, document_id: str) -> bool: ...


class Knowledge:
    def __init__(self, *, book: KnowledgeBook, audit: Audit, clock: Clock) -> None:
        self._book = book
        self._audit = audit
        self._clock = clock

    async def all(self, actor: Actor) -> list[KnowledgeDocument]:
        """Return what there is, the oldest first."""
        return await self._book.of_account(actor.account_id)

    async def get(self, actor: Actor, document_id: str) -> KnowledgeDocument:
        """Return one document. Raises NotFound for another account's as well."""
        found = await self._book.get(actor.account_id, document_id)
        if found is None:
            raise NotFound("We could not find that document.")
        return found

    async def add_file(
        self, actor: Actor, kind: Kind, filename: str, data: bytes, *, replaces: str = ""
    ) -> KnowledgeDocument:
        """Read a file and keep its words. Raises InvalidInput for what cannot be read."""
        actor.must_be_able_to_change()
        try:
            async with asyncio.timeout(PATIENCE):
                pages = await asyncio.to_thread(pages_of, data, filename)
        except TimeoutError as error:
            raise InvalidInput("Reading that file takes too long. Use its text.") from error
        return await self._put(actor, kind, filename, pages, replaces)

    async def add_text(
        self, actor: Actor, kind: Kind, title: str, text: str, *, replaces: str = ""
    ) -> KnowledgeDocument:
        """Keep words. Raises InvalidInput for none, or too many."""
        actor.must_be_able_to_change()
        return await self._put(actor, kind, title, tidied([text]), replaces)

    async def remove(self, actor: Actor, document_id: str) -> None:
        """Forget a document. Drafts that were made of it stay as they are."""
        actor.must_be_able_to_change()
        document = await self.get(actor, document_id)
        if await self._book.remove(actor.account_id, document_id):
            await self._audit.record(
                actor, "knowledge.removed", document_id, after={"what": document.title}
            )

    async def told(self, account_id: AccountId) -> list[ResourceDocument]:
        """Return all of it as an AI server is told."""
        return [_told(each) for each in await self._book.of_account(account_id)]

    async def _put(
        self, actor: Actor, kind: Kind, title: str, pages: tuple[str, ...], replaces: str
    ) -> KnowledgeDocument:
        if replaces:
            await self.get(actor, replaces)
        elif len(await self.all(actor)) >= MOST:
            raise Conflict(f"A workspace has at most {MOST} documents. Delete one first.")
        name = " ".join(title.split())[:MAX_TITLE]
        document = KnowledgeDocument(
            id=replaces or f"know_{new_id()}",
            account_id=actor.account_id,
            kind=kind,
            title=name or "Text",
            pages=pages,
            added_by=actor.user_id,
            added_by_name=actor.name,
            added_at=self._clock(),
        )
        await self._book.put(document)
        await self._audit.record(
            actor, "knowledge.added", document.id, after={"what": document.title}
        )
        return document


def _told(document: KnowledgeDocument) -> ResourceDocument:
    pages: list[DocumentPage] = []
    left = TOLD
    for number, text in enumerate(document.pages, start=1):
        if left <= 0:
            break
        pages.append(DocumentPage(number=number, text=text[:left]))
        left -= len(text)
    text = "\n\n".join(page.text for page in pages)
    return ResourceDocument(name=document.kind.value, title=document.title, text=text, pages=pages)
