"""Eight clients at once: nothing twice, nothing lost, nothing half seen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.many import at_once
from tests.pocketmongo.running import Document

CLIENTS = 8
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def eight(database: Database[Document], new_client: NewClient) -> list[Database[Document]]:
    """The same database, seen by eight clients."""
    return [new_client()[database.name] for _ in range(CLIENTS)]


def test_eight_clients_claim_two_thousand_jobs_each_once(
    collection: Collection[Document], eight: list[Database[Document]]
) -> None:
    collection.create_index([("state", 1), ("due", 1), ("_id", 1)])
    collection.insert_many(
        {"_id": number, "state": "queued", "due": NOW + timedelta(seconds=number % 7)}
        for number in range(2000)
    )

    def claim_all(worker: int) -> list[Document]:
        things = eight[worker].things
        claimed = []
        while job := claim_one(things, worker):
            claimed.append(job)
        return claimed

    claims = [job for jobs in at_once(claim_all, times=CLIENTS) for job in jobs]

    assert sorted(job["_id"] for job in claims) == list(range(2000))
    assert {(job["state"], job["attempts"]) for job in claims} == {("running", 1)}
    assert collection.count_documents({"state": "queued"}) == 0
    stored = {job["_id"]: job["worker"] for job in collection.find()}
    assert all(stored[job["_id"]] == job["worker"] for job in claims)


def claim_one(things: Collection[Document], worker: int) -> Document | None:
    return things.find_one_and_update(
        {"state": "queued", "due": {"$lte": NOW + timedelta(days=1)}},
        {"$set": {"state": "running", "worker": worker}, "$inc": {"attempts": 1}},
        sort=[("due", 1), ("_id", 1)],
        return_document=ReturnDocument.AFTER,
    )


def test_of_eight_clients_inserting_the_same_unique_keys_exactly_one_wins_each(
    collection: Collection[Document], eight: list[Database[Document]]
) -> None:
    collection.create_index("key", unique=True)

    def insert_all(worker: int) -> list[int]:
        won = []
        for key in range(100):
            try:
                eight[worker].things.insert_one({"key": key})
            except DuplicateKeyError:
                continue
            won.append(key)
        return won

    won = Counter(key for keys in at_once(insert_all, times=CLIENTS) for key in keys)

    assert won == Counter(range(100))
    assert collection.count_documents({}) == 100


def test_eight_clients_upserting_the_same_keys_leave_one_document_each(
    collection: Collection[Document], eight: list[Database[Document]]
) -> None:
    collection.create_index([("account", 1), ("key", 1)], unique=True)

    def upsert(things: Collection[Document], key: int) -> None:
        while True:  # MongoDB lets two upserts race; the loser is told and tries again.
            try:
                things.update_one({"account": 1, "key": key}, {"$inc": {"n": 1}}, upsert=True)
            except DuplicateKeyError:
                continue
            return

    def upsert_all(worker: int) -> None:
        for key in range(100):
            upsert(eight[worker].things, key)

    at_once(upsert_all, times=CLIENTS)

    assert collection.count_documents({}) == 100
    assert collection.count_documents({"n": CLIENTS}) == 100


def test_no_increment_of_one_counter_is_lost(
    collection: Collection[Document], eight: list[Database[Document]]
) -> None:
    collection.insert_one({"_id": 1, "n": 0})

    def increment(worker: int) -> None:
        for _ in range(150):
            eight[worker].things.update_one({"_id": 1}, {"$inc": {"n": 1}})

    at_once(increment, times=CLIENTS)

    assert collection.find_one() == {"_id": 1, "n": CLIENTS * 150}


def test_readers_never_see_half_of_an_update(
    collection: Collection[Document], eight: list[Database[Document]]
) -> None:
    collection.insert_one({"_id": 1, "a": 0, "b": 0})

    def work(worker: int) -> list[Document]:
        things = eight[worker].things
        if worker == 0:
            for step in range(1, 400):
                things.update_one({"_id": 1}, {"$set": {"a": step, "b": step}})
            return []
        seen = [things.find_one({"_id": 1}) or {} for _ in range(300)]
        return [document for document in seen if document["a"] != document["b"]]

    assert at_once(work, times=4) == [[], [], [], []]


def test_transfers_in_transactions_neither_make_nor_lose_money(
    collection: Collection[Document], new_client: NewClient
) -> None:
    collection.insert_many([{"_id": 1, "balance": 1000}, {"_id": 2, "balance": 1000}])
    clients = [new_client() for _ in range(3)]

    def transfer(worker: int) -> None:
        accounts = clients[worker][collection.database.name].things
        giver, taker = (1, 2) if worker % 2 else (2, 1)

        def move(session: Any) -> None:
            accounts.update_one({"_id": giver}, {"$inc": {"balance": -1}}, session=session)
            accounts.update_one({"_id": taker}, {"$inc": {"balance": 1}}, session=session)

        for _ in range(30):
            with clients[worker].start_session() as session:
                session.with_transaction(move)

    at_once(transfer, times=3)

    balances = {account["_id"]: account["balance"] for account in collection.find()}
    assert balances == {1: 1030, 2: 970}


def test_a_hundred_connections_work_side_by_side(
    collection: Collection[Document], new_client: NewClient
) -> None:
    things = new_client(maxPoolSize=100)[collection.database.name].things

    def work(number: int) -> list[bool]:
        done = []
        for step in range(5):
            things.insert_one({"_id": number * 10 + step})
            done.append(things.find_one({"_id": number * 10 + step}) is not None)
        return done

    assert at_once(work, times=100) == [[True] * 5] * 100
    assert collection.count_documents({}) == 500
