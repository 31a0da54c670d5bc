"""The CRM in MongoDB, one file a collection."""

from __future__ import annotations

from qrev.crm.store.companies import MongoCompanyBook
from qrev.crm.store.edits import MongoPersonEdits
from qrev.crm.store.finding import PEOPLE_INDEXES, MongoPeopleFinder
from qrev.crm.store.people import MongoPeopleBook
from qrev.crm.store.suppressions import SUPPRESSION_INDEXES, MongoSuppressions
from qrev.crm.store.uploads import MongoUploads

INDEXES = (PEOPLE_INDEXES, SUPPRESSION_INDEXES)

__all__ = [
    "INDEXES",
    "PEOPLE_INDEXES",
    "SUPPRESSION_INDEXES",
    "MongoCompanyBook",
    "MongoPeopleBook",
    "MongoPeopleFinder",
    "MongoPersonEdits",
    "MongoSuppressions",
    "MongoUploads",
]
