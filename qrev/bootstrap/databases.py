"""The databases, and every index they are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store as accounts_store
from qrev.assistant import store as assistant_store
from qrev.bootstrap import campaigns
from qrev.crm import store as crm_store
from qrev.integrations.hubspot import store as hubspot_store
from qrev.kit import limits, pulse
from qrev.kit.mongo import Document, Indexes, ensure_indexes

INDEXES: tuple[Indexes, ...] = (
    *accounts_store.INDEXES,
    *crm_store.INDEXES,
    *campaigns.INDEXES,
    *assistant_store.INDEXES,
    *hubspot_store.INDEXES,
    limits.INDEXES,
    pulse.INDEXES,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Databases:
    """Ours, and the one the AI server lays its drafts in (often the same)."""

    main: AsyncDatabase[Document]
    dropbox: AsyncDatabase[Document]

    async def ensure_indexes(
        self, *, main: Iterable[Indexes] = (), dropbox: Iterable[Indexes] = ()
    ) -> int:
        """Create what is missing, and what the doors need. Return how many are declared."""
        theirs = (*assistant_store.DROPBOX_INDEXES, *dropbox)
        return await ensure_indexes(self.main, (*INDEXES, *main)) + await ensure_indexes(
            self.dropbox, theirs
        )
