"""Every contract is asked of the stand-ins and of the stores alike."""

from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap import Databases
from qrev.kit.mongo import Document
from tests.contract.stores import Stores, fake_stores, mongo_stores


@pytest.fixture(params=["fake", "mongo"])
async def stores(request: pytest.FixtureRequest, mongo: AsyncDatabase[Document]) -> Stores:
    if request.param == "fake":
        return fake_stores()
    await Databases(main=mongo, dropbox=mongo).ensure_indexes()
    return mongo_stores(mongo)
