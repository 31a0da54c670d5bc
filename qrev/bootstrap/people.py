"""The CRM, wired: whom we know, and whom we must not write to."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.crm import store
from qrev.crm.editing import Editing
from qrev.crm.importing import Importing
from qrev.crm.service import People
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document


@dataclass(frozen=True, kw_only=True)
class WhoWeKnow:
    people: People
    editing: Editing
    importing: Importing
    suppressing: Suppressing
    suppressions: SuppressionList


def who_we_know(db: AsyncDatabase[Document], audit: Audit, *, clock: Clock) -> WhoWeKnow:
    """Wire the CRM."""
    people, companies = store.MongoPeopleBook(db), store.MongoCompanyBook(db)
    suppressions = store.MongoSuppressions(db)
    return WhoWeKnow(
        people=People(people=people, finder=store.MongoPeopleFinder(db)),
        editing=Editing(
            people=people, edits=store.MongoPersonEdits(db), companies=companies, clock=clock
        ),
        importing=Importing(
            people=people, companies=companies, uploads=store.MongoUploads(db), clock=clock
        ),
        suppressing=Suppressing(suppressions=suppressions, audit=audit, clock=clock),
        suppressions=SuppressionList(suppressions=suppressions, clock=clock),
    )
