"""The house as it runs forgets by itself, on the same clock as everything else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from qrev.kit.mongo import open_client
from qrev.serving.databases import MAIN
from tests.fakes import FakeClock
from tests.servers import a_database_name
from tests.sites import a_site, some_settings
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
YEAR = timedelta(days=365)


def test_what_is_forgotten_is_found_by_an_index() -> None:
    for each in MAIN:
        if each.forgets is not None:
            keys = [list(model.document["key"]) for model in each.models]
            assert [each.forgets.field] in keys, each.collection


def test_nothing_is_left_to_the_databases_own_clock() -> None:
    options = [model.document for each in MAIN for model in each.models]

    assert not [each for each in options if "expireAfterSeconds" in each]


async def test_what_is_over_goes_and_what_lives_stays(
    tmp_path: Path, clock: FakeClock, embedded_url: str
) -> None:
    client, name = open_client(embedded_url), a_database_name()
    database = client[name]
    forgotten = {each.collection: each.forgets.field for each in MAIN if each.forgets}
    for collection, field in forgotten.items():
        await database[collection].insert_many(
            [{"_id": "old", field: clock() - YEAR}, {"_id": "new", field: clock() + YEAR}]
        )
    settings = some_settings(tmp_path, mongo_db_url=embedded_url, mongo_db_name=name)

    async def is_forgotten() -> bool:
        old = [await database[each].count_documents({"_id": "old"}) for each in forgotten]
        return not any(old)

    try:
        async with a_site(settings, clock):
            await eventually(is_forgotten)

        assert {"sessions", "invitations", "tries", "sign_ins", "changes"} <= forgotten.keys()
        for each in forgotten:
            assert await database[each].count_documents({"_id": "new"}) == 1
    finally:
        await client.drop_database(name)
        await client.close()
