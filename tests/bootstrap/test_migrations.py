"""A folder of an earlier version opens, and nobody in it loses what is theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import UserId
from qrev.accounts.store import MongoMemberBook
from qrev.bootstrap.migrations import migrate
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.crm.filters import Order, PeopleFilter
from qrev.crm.store import COMPANY_INDEXES, PEOPLE_INDEXES, MongoPeopleFinder
from qrev.kit.mongo import Document, ensure_indexes, open_client
from qrev.serving.databases import opened
from tests.conftest import ACME
from tests.fakes import FakeClock
from tests.servers import a_database_name
from tests.sites import some_settings
from tests.worker.world import ALICE, SEQUENCE, a_workspace

pytestmark = pytest.mark.anyio
BOB = UserId("bob")


async def as_it_was(mongo: AsyncDatabase[Document], folder: Path, clock: FakeClock) -> None:
    """Have Acme with one sequence of Alice's, in the form that was kept at first."""
    await a_workspace(mongo, folder, clock)
    await mongo.sequences.update_many({}, {"$rename": {"owner_id": "created_by"}})
    await mongo.accounts.update_many({}, {"$unset": {"owners": ""}})


async def test_a_sequence_of_an_earlier_version_keeps_its_owner(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    await as_it_was(mongo, tmp_path, clock)

    assert await migrate(mongo) == 2

    sequence = await MongoSequenceBook(mongo).get(ACME, SEQUENCE)
    assert sequence is not None
    assert sequence.owner_id == ALICE
    assert await migrate(mongo) == 0


async def test_an_owner_of_an_earlier_version_is_not_the_last_for_ever(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    await as_it_was(mongo, tmp_path, clock)
    await mongo.members.insert_one(
        {"_id": f"{ACME}:bob", "v": 1, "account_id": ACME, "user_id": BOB, "role": "owner"}
    )
    members = MongoMemberBook(mongo)
    assert not await members.give_up_ownership(ACME, ALICE)

    await migrate(mongo)

    assert await members.give_up_ownership(ACME, ALICE)
    assert not await members.give_up_ownership(ACME, BOB)


async def test_a_conversation_of_an_earlier_version_is_where_its_owner_worked(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    await a_workspace(mongo, tmp_path, clock)
    await mongo.threads.insert_many(
        [{"_id": "t1", "user_id": ALICE}, {"_id": "t2", "user_id": "nobody any more"}]
    )

    assert await migrate(mongo) == 2

    kept = {each["_id"]: each["account_id"] async for each in mongo.threads.find()}
    assert kept == {"t1": ACME, "t2": ""}
    assert await migrate(mongo) == 0


async def test_it_is_done_before_anything_is_asked(
    tmp_path: Path, clock: FakeClock, embedded_url: str
) -> None:
    client, name = open_client(embedded_url), a_database_name()
    settings = some_settings(tmp_path, mongo_db_url=embedded_url, mongo_db_name=name)
    try:
        await as_it_was(client[name], tmp_path, clock)

        async with opened(settings) as databases:
            [sequence] = await databases.main.sequences.find().to_list()

        assert sequence["owner_id"] == ALICE
        assert "created_by" not in sequence
    finally:
        await client.drop_database(name)
        await client.close()


async def test_a_person_of_an_earlier_version_is_found_in_every_way(
    mongo: AsyncDatabase[Document],
) -> None:
    earlier: Document = {
        "_id": "bob",
        "v": 1,
        "account_id": ACME,
        "email": "bob@pine.test",
        **dict.fromkeys(("company_url", "linkedin_url", "phone_number", "country"), ""),
        "name": "Bob Stone",
        "company_id": None,
        "company_name": "Pine",
        "job_title": "",
        "timezone": "",
        "fields": {},
        "source": "a.csv",
        "created_at": None,
        "uploads": ["u1"],
    }
    await mongo.people.insert_one(earlier)
    names = ("account_id", "uploads", "name", "_id")
    await mongo.people.create_index([(name, 1) for name in names])

    assert await migrate(mongo) == 1

    await ensure_indexes(mongo, [PEOPLE_INDEXES])
    wanted = PeopleFilter(upload_id="u1", search="stone")
    [(_, bob)] = await MongoPeopleFinder(mongo).page(
        ACME, wanted, order=Order(), after=None, limit=5
    )
    assert (bob.name, bob.tags) == ("Bob Stone", ())
    assert await migrate(mongo) == 0
    assert not any("uploads" in name for name in await mongo.people.index_information())


async def test_a_company_of_an_earlier_version_is_put_in_order_once(
    mongo: AsyncDatabase[Document],
) -> None:
    earlier = {"_id": "pine", "account_id": ACME, "name": "Pine  Ltd", "url": "https://pine.test/"}
    await mongo.companies.insert_one(earlier)

    assert await migrate(mongo) == 1

    await ensure_indexes(mongo, [COMPANY_INDEXES])
    pine = await mongo.companies.find_one({"_id": "pine"})
    assert pine is not None
    assert (pine["name_key"], pine["domain"], pine["deleted_at"]) == ("pine ltd", "pine.test", None)
    assert await migrate(mongo) == 0
