"""The CRM, wired: whom we know, and whom we must not write to."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.store import MongoMemberBook, MongoTeamBook
from qrev.crm import store
from qrev.crm.companies import Companies, Shelves
from qrev.crm.editing import Editing
from qrev.crm.exporting import PeopleExport
from qrev.crm.importing import Importing
from qrev.crm.service import People
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document


@dataclass(frozen=True, kw_only=True)
class WhoWeKnow:
    people: People
    editing: Editing
    importing: Importing
    suppressing: Suppressing
    companies: Companies
    people_export: PeopleExport
    suppressions: SuppressionList


def who_we_know(
    db: AsyncDatabase[Document], audit: Audit, veil: Veil, *, clock: Clock
) -> WhoWeKnow:
    """Wire the CRM."""
    people, companies = store.MongoPeopleBook(db), store.MongoCompanyBook(db)
    suppressions = store.MongoSuppressions(db, veil)
    listed = SuppressionList(suppressions=suppressions, clock=clock)
    return WhoWeKnow(
        people=People(people=people),
        editing=Editing(
            people=people, edits=store.MongoPersonEdits(db), companies=companies, clock=clock
        ),
        importing=Importing(
            people=people,
            companies=companies,
            uploads=store.MongoUploads(db),
            suppressions=listed,
            clock=clock,
        ),
        people_export=PeopleExport(people=people, audit=audit),
        companies=Companies(shelves=_shelves(db), audit=audit, clock=clock),
        suppressing=Suppressing(suppressions=suppressions, audit=audit, clock=clock),
        suppressions=listed,
    )


def _shelves(db: AsyncDatabase[Document]) -> Shelves:
    return Shelves(
        book=store.MongoCompanyBook(db),
        register=store.MongoCompanyRegister(db),
        staff=store.MongoCompanyPeople(db),
        people=store.MongoPeopleBook(db),
        members=MongoMemberBook(db),
        teams=MongoTeamBook(db),
    )
