"""What a change stream tells. The manual: docs/changeStreams, docs/reference/change-events."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from pymongo.change_stream import ChangeStream
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.many import eventually
from tests.pocketmongo.running import Client, Document, a_client, a_server

Event = Mapping[str, Any]
BRIEFLY = 300  # milliseconds


def events_of(stream: ChangeStream[Document], number: int) -> list[Document]:
    """Return the next events. Raises AssertionError if they do not come."""
    events: list[Document] = []

    def has_all() -> bool:
        event = stream.try_next()
        if event is not None:
            events.append(dict(event))
        return len(events) >= number

    eventually(has_all, within=8)
    return events


@pytest.fixture
def things(collection: Collection[Document]) -> Collection[Document]:
    collection.insert_one({"_id": 0, "a": 1})
    return collection


def test_a_collection_tells_of_every_kind_of_write(things: Collection[Document]) -> None:
    with things.watch(max_await_time_ms=BRIEFLY) as stream:
        things.insert_one({"_id": 1, "a": 1})
        things.update_one({"_id": 1}, {"$set": {"b": 2}, "$unset": {"a": ""}})
        things.replace_one({"_id": 1}, {"z": 1})
        things.delete_one({"_id": 1})
        events = events_of(stream, 4)

    kinds = [event["operationType"] for event in events]
    assert kinds == ["insert", "update", "replace", "delete"]
    assert [event["documentKey"] for event in events] == [{"_id": 1}] * 4
    assert events[0]["fullDocument"] == {"_id": 1, "a": 1}
    assert events[0]["ns"] == {"db": things.database.name, "coll": "things"}
    assert events[1]["updateDescription"]["updatedFields"] == {"b": 2}
    assert events[1]["updateDescription"]["removedFields"] == ["a"]
    assert "fullDocument" not in events[3]


def test_a_stream_can_be_filtered_and_look_the_document_up(things: Collection[Document]) -> None:
    only_updates = [{"$match": {"operationType": "update"}}]

    with things.watch(
        only_updates, full_document="updateLookup", max_await_time_ms=BRIEFLY
    ) as stream:
        things.insert_one({"_id": 2})
        things.update_one({"_id": 0}, {"$set": {"b": 2}})
        [event] = events_of(stream, 1)

    assert event["operationType"] == "update"
    assert event["fullDocument"] == {"_id": 0, "a": 1, "b": 2}


def test_events_keep_the_types_of_values(things: Collection[Document]) -> None:
    key, moment = ObjectId(), datetime(2026, 1, 1, tzinfo=UTC)

    with things.watch(max_await_time_ms=BRIEFLY) as stream:
        things.insert_one({"_id": key, "t": moment})
        [event] = events_of(stream, 1)

    assert event["fullDocument"] == {"_id": key, "t": moment}
    assert event["documentKey"] == {"_id": key}


def test_a_stream_resumes_where_it_was_left(things: Collection[Document]) -> None:
    with things.watch(max_await_time_ms=BRIEFLY) as stream:
        things.insert_one({"_id": 1})
        events_of(stream, 1)
        token = stream.resume_token

    things.insert_many([{"_id": 2}, {"_id": 3}])

    with things.watch(resume_after=token, max_await_time_ms=BRIEFLY) as stream:
        events = events_of(stream, 2)
    assert [event["documentKey"]["_id"] for event in events] == [2, 3]


def test_a_stream_resumes_after_the_server_was_restarted() -> None:
    with a_server() as server:
        with a_client(server) as client:
            client.db.things.insert_one({"_id": 0})
            with client.db.things.watch(max_await_time_ms=BRIEFLY) as stream:
                client.db.things.insert_one({"_id": 1})
                events_of(stream, 1)
                token = stream.resume_token
            client.db.things.insert_one({"_id": 2})
        server.kill()
        server.start()

        with (
            a_client(server) as client,
            client.db.things.watch(resume_after=token, max_await_time_ms=BRIEFLY) as stream,
        ):
            client.db.things.insert_one({"_id": 3})
            events = events_of(stream, 2)

    assert [event["documentKey"]["_id"] for event in events] == [2, 3]


def test_a_token_nobody_gave_out_is_refused(things: Collection[Document]) -> None:
    with pytest.raises(OperationFailure):
        things.watch(resume_after={"_data": "nonsense"})


def test_a_database_and_a_client_tell_of_all_their_collections(
    database: Database[Document], client: Client
) -> None:
    database.a.insert_one({})
    with (
        database.watch(max_await_time_ms=BRIEFLY) as of_database,
        client.watch(max_await_time_ms=BRIEFLY) as of_client,
    ):
        database.a.insert_one({"_id": 1})
        database.b.insert_one({"_id": 2})
        inside, around = events_of(of_database, 2), events_of(of_client, 2)

    assert [event["ns"]["coll"] for event in inside] == ["a", "b"]
    assert [event["ns"]["coll"] for event in around] == ["a", "b"]


def test_bulk_writes_are_told_one_by_one(things: Collection[Document]) -> None:
    with things.watch(max_await_time_ms=BRIEFLY) as stream:
        things.insert_many({"_id": n} for n in range(1, 21))
        things.update_many({"_id": {"$gt": 0}}, {"$set": {"x": 1}})
        things.delete_many({"_id": {"$gt": 0}})
        events = events_of(stream, 60)

    kinds = Counter(event["operationType"] for event in events)
    assert kinds == {"insert": 20, "update": 20, "delete": 20}


def test_a_transaction_is_told_after_its_commit_and_only_then(
    things: Collection[Document], client: Client
) -> None:
    with things.watch(max_await_time_ms=BRIEFLY) as stream, client.start_session() as session:
        session.start_transaction()
        things.insert_one({"_id": 1}, session=session)
        assert stream.try_next() is None
        session.commit_transaction()
        session.start_transaction()
        things.insert_one({"_id": 2}, session=session)
        session.abort_transaction()
        things.insert_one({"_id": 3})
        events = events_of(stream, 2)

    assert [event["documentKey"]["_id"] for event in events] == [1, 3]


def test_dropping_the_collection_ends_its_stream(things: Collection[Document]) -> None:
    with things.watch(max_await_time_ms=BRIEFLY) as stream:
        things.drop()
        events = events_of(stream, 2)

        assert [event["operationType"] for event in events] == ["drop", "invalidate"]
        assert not stream.alive


def test_a_stream_that_waits_holds_no_writer_up(
    things: Collection[Document], new_client: NewClient
) -> None:
    waiting = new_client()[things.database.name].things.watch(max_await_time_ms=3000)
    thread = threading.Thread(target=waiting.try_next)
    thread.start()

    before = time.monotonic()
    things.insert_one({})
    took = time.monotonic() - before

    thread.join()
    waiting.close()
    assert took < 1
