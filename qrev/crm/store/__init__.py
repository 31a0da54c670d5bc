"""The CRM in MongoDB, one file a collection."""

from __future__ import annotations

from qrev.crm.store.calls import CALL_INDEXES, MongoCallsRoom, MongoVendorCalls
from qrev.crm.store.companies import (
    COMPANY_INDEXES,
    MongoCompanyBook,
    MongoCompanyRegister,
    MongoListedCompanies,
)
from qrev.crm.store.edits import MongoPersonEdits
from qrev.crm.store.finding import PEOPLE_INDEXES, MongoPeopleFinder
from qrev.crm.store.imported import MongoImportedPeople
from qrev.crm.store.imports import IMPORT_INDEXES, MongoImports, MongoImportSettings
from qrev.crm.store.lists import LIST_INDEXES, TAG_INDEXES, MongoSavedLists, MongoTagBook
from qrev.crm.store.marks import MongoPeopleMarks
from qrev.crm.store.meetings import MEETING_INDEXES, MongoMeetings, MongoMeetingsRoom
from qrev.crm.store.merges import MERGE_INDEXES, MongoMergeBook
from qrev.crm.store.people import MongoPeopleBook
from qrev.crm.store.privacy import MongoFilesRoom, MongoPeopleRoom, MongoVeiling
from qrev.crm.store.staff import MongoCompanyPeople
from qrev.crm.store.suppressions import SUPPRESSION_INDEXES, MongoSuppressions
from qrev.crm.store.uploads import MongoUploads

INDEXES = (
    *(PEOPLE_INDEXES, COMPANY_INDEXES, SUPPRESSION_INDEXES),
    *(LIST_INDEXES, TAG_INDEXES, MERGE_INDEXES, IMPORT_INDEXES),
    *(CALL_INDEXES, MEETING_INDEXES),
)

__all__ = [
    "IMPORT_INDEXES",
    "INDEXES",
    "PEOPLE_INDEXES",
    "SUPPRESSION_INDEXES",
    "MongoCallsRoom",
    "MongoCompanyBook",
    "MongoCompanyPeople",
    "MongoCompanyRegister",
    "MongoFilesRoom",
    "MongoImportSettings",
    "MongoImportedPeople",
    "MongoImports",
    "MongoListedCompanies",
    "MongoMeetings",
    "MongoMeetingsRoom",
    "MongoMergeBook",
    "MongoPeopleBook",
    "MongoPeopleFinder",
    "MongoPeopleMarks",
    "MongoPeopleRoom",
    "MongoPersonEdits",
    "MongoSavedLists",
    "MongoSuppressions",
    "MongoTagBook",
    "MongoUploads",
    "MongoVeiling",
    "MongoVendorCalls",
]
