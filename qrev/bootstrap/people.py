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
from qrev.crm.grouping import Grouping, Lists, Named
from qrev.crm.importing import Importing
from qrev.crm.keeping import Keeping
from qrev.crm.merging import Merging
from qrev.crm.people_ports import OpenMails
from qrev.crm.reaching import Reaching
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
    keeping: Keeping
    grouping: Grouping
    lists: Lists
    merging: Merging
    reaching: Reaching
    importing: Importing
    suppressing: Suppressing
    companies: Companies
    people_export: PeopleExport
    suppressions: SuppressionList


def who_we_know(
    db: AsyncDatabase[Document], audit: Audit, veil: Veil, *, mails: OpenMails, clock: Clock
) -> WhoWeKnow:
    """Wire the CRM. `mails` are those that have not left yet."""
    people, companies = store.MongoPeopleBook(db), store.MongoCompanyBook(db)
    suppressions = store.MongoSuppressions(db, veil)
    listed = SuppressionList(suppressions=suppressions, clock=clock)
    marks, finder = store.MongoPeopleMarks(db), store.MongoPeopleFinder(db)
    edits = store.MongoPersonEdits(db)
    editing = Editing(people=people, edits=edits, companies=companies, clock=clock)
    keeping = Keeping(
        people=people,
        marks=marks,
        edits=edits,
        companies=companies,
        mails=mails,
        audit=audit,
        clock=clock,
    )
    named = Named(members=MongoMemberBook(db), teams=MongoTeamBook(db), tags=store.MongoTagBook(db))
    return WhoWeKnow(
        people=People(people=people, finder=finder),
        editing=editing,
        keeping=keeping,
        grouping=Grouping(keeping=keeping, marks=marks, named=named, clock=clock),
        lists=Lists(lists=store.MongoSavedLists(db), clock=clock),
        merging=Merging(
            editing=editing,
            marks=marks,
            merges=store.MongoMergeBook(db),
            mails=mails,
            audit=audit,
            clock=clock,
        ),
        reaching=Reaching(suppressions=listed, people=marks),
        importing=Importing(
            people=people,
            companies=companies,
            uploads=store.MongoUploads(db),
            suppressions=listed,
            clock=clock,
        ),
        people_export=PeopleExport(finder=finder, audit=audit),
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
