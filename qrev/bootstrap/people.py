"""The CRM, wired: whom we know, and whom we must not write to."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.crm import store
from qrev.crm.importing import Importing
from qrev.crm.service import People
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document


@dataclass(frozen=True, kw_only=True)
class WhoWeKnow:
    people: People
    importing: Importing
    suppressions: SuppressionList


def who_we_know(db: AsyncDatabase[Document], *, clock: Clock) -> WhoWeKnow:
    """Wire the CRM."""
    people = store.MongoPeopleBook(db)
    return WhoWeKnow(
        people=People(people=people),
        importing=Importing(
            people=people,
            companies=store.MongoCompanyBook(db),
            uploads=store.MongoUploads(db),
            clock=clock,
        ),
        suppressions=SuppressionList(suppressions=store.MongoSuppressions(db), clock=clock),
    )
