"""Entries of indexes that are written together find what those written one by one do."""

from __future__ import annotations

import pytest
from pymongo import MongoClient
from pymongo.errors import BulkWriteError

from pocketmongo.storage import entries
from tests.pocketmongo.running import Document, Server, a_client, a_folder


def test_inserted_together_each_is_found_by_each_index_and_the_refused_by_none() -> None:
    with a_folder() as folder:
        server = Server(folder)
        server.start()
        try:
            with a_client(server) as client:
                _insert_and_look(client)
        finally:
            server.stop()


def _insert_and_look(client: MongoClient[Document]) -> None:
    things = client["test"]["things"]
    things.create_index("name", unique=True)
    things.create_index([("kind", 1), ("tags", 1)])
    many = entries.MOST_TOGETHER // 2 + 10  # more entries than wait at once
    documents = [
        {"_id": n, "name": f"n{n}", "kind": n % 3, "tags": ["a", f"t{n}"]} for n in range(many)
    ]
    documents[5]["name"] = "n4"

    with pytest.raises(BulkWriteError) as refused:
        things.insert_many(documents, ordered=False)

    assert [each["index"] for each in refused.value.details["writeErrors"]] == [5]
    there = [n for n in range(many) if n != 5]
    assert things.count_documents({}) == len(there)
    for kind in range(3):
        expected = [n for n in there if n % 3 == kind]
        asked: Document = {"kind": kind, "tags": "a"}
        assert [d["_id"] for d in things.find(asked, {"_id": 1}).sort("_id", 1)] == expected
    assert things.find_one({"kind": 5 % 3, "tags": "t5"}) is None
