"""The CRM, wired: whom we know, and whom we must not write to."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.store import MongoMemberBook, MongoTeamBook
from qrev.campaigns.store.outreach import MongoOutreach
from qrev.crm import store
from qrev.crm.companies import Companies, Shelves
from qrev.crm.company_importing import CompanyImporting
from qrev.crm.editing import Editing
from qrev.crm.exporting import PeopleExport
from qrev.crm.grouping import Grouping, Lists, Named
from qrev.crm.import_ports import MailDomains
from qrev.crm.import_work import ImportWork
from qrev.crm.import_writing import Writing
from qrev.crm.importing import Importing
from qrev.crm.judging import Judging
from qrev.crm.keeping import Keeping
from qrev.crm.mail_domains import NobodyToAsk
from qrev.crm.merging import Merging
from qrev.crm.people_ports import OpenMails
from qrev.crm.reaching import Reaching
from qrev.crm.service import People
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.crm.walking import Walking
from qrev.integrations.dns.mail_domains import MailDomainLookup
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document
from qrev.settings import Settings

NOBODY_TO_ASK = NobodyToAsk()


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
    import_work: ImportWork
    suppressing: Suppressing
    companies: Companies
    company_importing: CompanyImporting
    people_export: PeopleExport
    suppressions: SuppressionList


def mail_domains(settings: Settings, clock: Clock) -> MailDomains:
    """Return what knows which domains take mail: nobody is asked where nobody wants it."""
    return MailDomainLookup(clock=clock) if settings.check_mail_domains else NOBODY_TO_ASK


def who_we_know(
    db: AsyncDatabase[Document],
    audit: Audit,
    veil: Veil,
    *,
    mails: OpenMails,
    domains: MailDomains = NOBODY_TO_ASK,
    clock: Clock,
) -> WhoWeKnow:
    """Wire the CRM. `mails` are those that have not left yet; `domains` knows who takes mail."""
    people, companies = store.MongoPeopleBook(db), store.MongoCompanyBook(db)
    suppressions = store.MongoSuppressions(db, veil)
    listed = SuppressionList(suppressions=suppressions, clock=clock)
    importing, import_work = _importing(db, listed, domains, audit, clock=clock)
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
        importing=importing,
        import_work=import_work,
        people_export=PeopleExport(finder=finder, audit=audit),
        companies=Companies(shelves=_shelves(db), audit=audit, clock=clock),
        company_importing=_company_importing(db, audit, clock=clock),
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


def _company_importing(
    db: AsyncDatabase[Document], audit: Audit, *, clock: Clock
) -> CompanyImporting:
    return CompanyImporting(
        walking=Walking(store.MongoUploads(db)),
        book=store.MongoCompanyBook(db),
        register=store.MongoCompanyRegister(db),
        listed=store.MongoListedCompanies(db),
        staff=store.MongoCompanyPeople(db),
        audit=audit,
        clock=clock,
    )


def _importing(
    db: AsyncDatabase[Document],
    listed: SuppressionList,
    domains: MailDomains,
    audit: Audit,
    *,
    clock: Clock,
) -> tuple[Importing, ImportWork]:
    """Return what decides on lists, and what works on them."""
    imports, settings = store.MongoImports(db), store.MongoImportSettings(db)
    people, outreach = store.MongoImportedPeople(db), MongoOutreach(db)
    uploads = store.MongoUploads(db)
    walking = Walking(uploads)
    judging = Judging(people=people, suppressions=listed, outreach=outreach, domains=domains)
    importing = Importing(
        imports=imports,
        settings=settings,
        uploads=uploads,
        walking=walking,
        judging=judging,
        audit=audit,
        clock=clock,
    )
    work = ImportWork(
        imports=imports,
        leases=imports,
        settings=settings,
        walking=walking,
        judging=judging,
        writing=Writing(
            people=people,
            companies=store.MongoCompanyBook(db),
            listed=store.MongoListedCompanies(db),
            staff=store.MongoCompanyPeople(db),
        ),
        people=people,
        outreach=outreach,
        clock=clock,
    )
    return importing, work
