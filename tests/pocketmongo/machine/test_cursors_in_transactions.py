"""Cursors that are read while their transaction goes on to write."""

from __future__ import annotations

import pytest
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.running import Client, Document


def test_a_cursor_goes_on_after_its_transaction_began_to_write(
    client: Client, database: Database[Document]
) -> None:
    database.things.insert_many([{"_id": number} for number in range(300)])
    with client.start_session() as session, session.start_transaction():
        cursor = database.things.find({}, session=session, batch_size=100)
        first = next(cursor)

        database.others.insert_one({"_id": 1}, session=session)
        rest = list(cursor)

        assert [first, *rest] == [{"_id": number} for number in range(300)]


def test_a_cursor_ends_with_its_transaction(client: Client, database: Database[Document]) -> None:
    database.things.insert_many([{"_id": number} for number in range(300)])
    with client.start_session() as session:
        session.start_transaction()
        cursor = database.things.find({}, session=session, batch_size=100)
        next(cursor)

        session.commit_transaction()

        with pytest.raises(OperationFailure):
            list(cursor)


def test_a_cursor_of_a_dropped_collection_says_so(
    client: Client, database: Database[Document]
) -> None:
    database.things.insert_many([{"_id": number} for number in range(300)])
    cursor = database.things.find({}, batch_size=100)
    next(cursor)

    database.things.drop()

    with pytest.raises(OperationFailure) as caught:
        list(cursor)
    assert caught.value.code == 175
