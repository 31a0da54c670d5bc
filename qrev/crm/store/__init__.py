"""The CRM in MongoDB, one file a collection."""

from __future__ import annotations

from qrev.crm.store.companies import (
    COMPANY_INDEXES,
    STAFF_INDEXES,
    MongoCompanyBook,
    MongoCompanyPeople,
    MongoCompanyRegister,
)
from qrev.crm.store.edits import MongoPersonEdits
from qrev.crm.store.people import PEOPLE_INDEXES, MongoPeopleBook
from qrev.crm.store.suppressions import SUPPRESSION_INDEXES, MongoSuppressions
from qrev.crm.store.uploads import MongoUploads

INDEXES = (PEOPLE_INDEXES, STAFF_INDEXES, COMPANY_INDEXES, SUPPRESSION_INDEXES)

__all__ = [
    "INDEXES",
    "PEOPLE_INDEXES",
    "SUPPRESSION_INDEXES",
    "MongoCompanyBook",
    "MongoCompanyPeople",
    "MongoCompanyRegister",
    "MongoPeopleBook",
    "MongoPersonEdits",
    "MongoSuppressions",
    "MongoUploads",
]
