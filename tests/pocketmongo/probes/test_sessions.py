"""Sessions, and the replica set of one that the server says it is."""

from __future__ import annotations

from pymongo import ReadPreference
from pymongo.database import Database
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.running import Client, Document

SNAPSHOT_TOO_OLD = 239
SNAPSHOT_UNAVAILABLE = 246


def test_the_server_is_the_primary_of_a_replica_set(client: Client) -> None:
    hello = client.admin.command("hello")

    # Without a set the driver would not retry writes nor start transactions.
    assert hello["setName"]
    assert hello["isWritablePrimary"] is True
    assert hello["logicalSessionTimeoutMinutes"] == 30


def test_the_set_may_be_named(new_client: NewClient, client: Client) -> None:
    name = client.admin.command("hello")["setName"]

    assert new_client(replicaSet=name).admin.command("ping")["ok"] == 1.0


def test_retryable_writes_are_on(new_client: NewClient, database: Database[Document]) -> None:
    things = new_client(retryWrites=True)[database.name].things

    assert things.insert_one({"_id": 1}).acknowledged


def test_a_session_reads_what_it_wrote(client: Client, database: Database[Document]) -> None:
    with client.start_session(causal_consistency=True) as session:
        database.a.insert_one({"_id": 1}, session=session)

        assert database.a.find_one({}, session=session) == {"_id": 1}
        assert session.operation_time is not None


def test_a_snapshot_session_sees_one_moment_or_is_refused(
    client: Client, database: Database[Document]
) -> None:
    database.a.insert_one({"_id": 1})

    with client.start_session(snapshot=True) as session:
        first = database.a.find({}, session=session).to_list()
        database.a.insert_one({"_id": 2})
        try:
            again = database.a.find({}, session=session).to_list()
        except OperationFailure as error:
            is_refused = error.code in {SNAPSHOT_UNAVAILABLE, SNAPSHOT_TOO_OLD}
            again = first if is_refused else []

    assert first == again == [{"_id": 1}]


def test_reads_may_ask_for_a_majority_and_a_secondary(database: Database[Document]) -> None:
    database.a.insert_one({"_id": 1})

    things = database.get_collection(
        "a",
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.SECONDARY_PREFERRED,
    )

    assert things.find_one() == {"_id": 1}
