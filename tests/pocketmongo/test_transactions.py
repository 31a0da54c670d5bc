"""Transactions: all or nothing, a snapshot to read from, conflicts that are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pymongo import MongoClient, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.many import eventually
from tests.pocketmongo.running import Client, Document, Server, a_client

WRITE_CONFLICT = 112
NO_SUCH_TRANSACTION = 251


@pytest.fixture
def other(database: Database[Document], new_client: NewClient) -> Database[Document]:
    """The same database, as another client sees it."""
    return new_client()[database.name]


@pytest.fixture
def accounts(database: Database[Document]) -> Collection[Document]:
    database.accounts.insert_many([{"_id": 1, "n": 0}, {"_id": 2, "n": 0}])
    database.notes.insert_one({"_id": 0})
    return database.accounts


@pytest.fixture
def session(client: Client, accounts: Collection[Document]) -> Iterator[ClientSession]:
    """A session with a transaction under way."""
    with client.start_session() as session:
        session.start_transaction()
        yield session


@pytest.fixture
def second(other: Database[Document]) -> Iterator[ClientSession]:
    """Another client's session with a transaction under way."""
    with other.client.start_session() as session:
        session.start_transaction()
        yield session


def test_a_commit_shows_all_collections_at_once(
    database: Database[Document], session: ClientSession, other: Database[Document]
) -> None:
    database.accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
    database.notes.insert_one({"_id": 1}, session=session)
    assert other.accounts.count_documents({"n": 1}) + other.notes.count_documents({"_id": 1}) == 0

    session.commit_transaction()

    assert other.accounts.count_documents({"n": 1}) + other.notes.count_documents({"_id": 1}) == 2


def test_an_abort_leaves_nothing_behind(
    database: Database[Document], session: ClientSession
) -> None:
    database.accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
    database.accounts.delete_one({"_id": 2}, session=session)
    database.notes.insert_one({"_id": 1}, session=session)

    session.abort_transaction()

    assert list(database.accounts.find()) == [{"_id": 1, "n": 0}, {"_id": 2, "n": 0}]
    assert list(database.notes.find()) == [{"_id": 0}]


def test_a_transaction_reads_its_own_writes(
    accounts: Collection[Document], session: ClientSession
) -> None:
    accounts.insert_one({"_id": 3, "n": 7}, session=session)

    found = list(accounts.find({"n": 7}, session=session))
    counted = accounts.count_documents({}, session=session)
    grouped = list(accounts.aggregate([{"$match": {"n": 7}}, {"$count": "n"}], session=session))
    distinct = accounts.distinct("n", session=session)
    changed = accounts.find_one_and_update(
        {"_id": 3}, {"$inc": {"n": 1}}, session=session, return_document=ReturnDocument.AFTER
    )

    assert found == [{"_id": 3, "n": 7}]
    assert (counted, grouped, distinct) == (3, [{"n": 1}], [0, 7])
    assert changed == {"_id": 3, "n": 8}


def test_what_others_commit_meanwhile_is_not_seen_inside(
    accounts: Collection[Document], session: ClientSession, other: Database[Document]
) -> None:
    assert accounts.count_documents({}, session=session) == 2

    other.accounts.insert_one({"_id": 3, "n": 0})
    other.accounts.update_one({"_id": 1}, {"$set": {"n": 5}})

    assert list(accounts.find(session=session)) == [{"_id": 1, "n": 0}, {"_id": 2, "n": 0}]
    session.commit_transaction()
    assert accounts.count_documents({}) == 3


def test_a_write_of_what_changed_since_the_snapshot_is_a_conflict(
    accounts: Collection[Document], session: ClientSession, other: Database[Document]
) -> None:
    accounts.find_one({"_id": 1}, session=session)
    other.accounts.update_one({"_id": 1}, {"$inc": {"n": 10}})

    with pytest.raises(OperationFailure) as caught:
        accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    assert caught.value.code == WRITE_CONFLICT
    assert caught.value.has_error_label("TransientTransactionError")
    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 10}


def test_of_two_transactions_that_write_the_same_document_one_is_told(
    accounts: Collection[Document],
    session: ClientSession,
    other: Database[Document],
    second: ClientSession,
) -> None:
    accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    with pytest.raises(OperationFailure) as caught:
        other.accounts.update_one({"_id": 1}, {"$inc": {"n": 10}}, session=second)
    session.commit_transaction()

    assert caught.value.code == WRITE_CONFLICT
    assert caught.value.has_error_label("TransientTransactionError")
    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 1}


def test_two_transactions_can_both_read_and_the_reader_is_never_held_up(
    accounts: Collection[Document],
    session: ClientSession,
    other: Database[Document],
    second: ClientSession,
) -> None:
    accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    assert other.accounts.find_one({"_id": 1}, session=second) == {"_id": 1, "n": 0}
    assert other.accounts.find_one({"_id": 1}) == {"_id": 1, "n": 0}


def test_a_client_that_lost_to_a_conflict_succeeds_when_it_tries_again(
    accounts: Collection[Document], client: Client, other: Database[Document]
) -> None:
    tries = []

    def work(session: ClientSession) -> None:
        accounts.find_one({"_id": 1}, session=session)
        tries.append(1)
        if len(tries) == 1:
            other.accounts.update_one({"_id": 1}, {"$inc": {"n": 10}})
        accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    with client.start_session() as session:
        session.with_transaction(work)

    assert len(tries) == 2
    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 11}


def test_a_write_acknowledged_to_another_client_survives_an_abort(
    database: Database[Document], client: Client, server: Server
) -> None:
    database.notes.insert_one({"_id": 0})
    with (
        a_client(server, socketTimeoutMS=2000, retryWrites=False) as another,
        client.start_session() as session,
    ):
        session.start_transaction()
        database.accounts.insert_one({"_id": 9}, session=session)
        try:
            another[database.name].notes.insert_one({"_id": "theirs"})
            is_acknowledged = True
        except PyMongoError:
            is_acknowledged = False  # Waiting for the transaction is allowed; losing is not.
        session.abort_transaction()

    assert database.notes.count_documents({"_id": "theirs"}) >= is_acknowledged
    assert database.accounts.count_documents({}) == 0


def test_a_duplicate_key_ends_the_whole_transaction(
    accounts: Collection[Document], session: ClientSession
) -> None:
    accounts.insert_one({"_id": 3}, session=session)

    with pytest.raises(DuplicateKeyError):
        accounts.insert_one({"_id": 1}, session=session)
    with pytest.raises(OperationFailure) as caught:
        session.commit_transaction()

    assert caught.value.code == NO_SUCH_TRANSACTION
    assert accounts.count_documents({}) == 2


def test_a_collection_made_inside_is_not_there_before_the_commit(
    database: Database[Document], session: ClientSession, other: Database[Document]
) -> None:
    database.fresh.insert_one({"_id": 1}, session=session)
    database.create_collection("empty", session=session)

    assert set(other.list_collection_names()) == {"accounts", "notes"}
    session.commit_transaction()
    assert set(other.list_collection_names()) == {"accounts", "notes", "fresh", "empty"}


def test_a_collection_made_inside_is_gone_after_an_abort(
    database: Database[Document], session: ClientSession
) -> None:
    database.fresh.insert_one({"_id": 1}, session=session)

    session.abort_transaction()

    assert set(database.list_collection_names()) == {"accounts", "notes"}
    database.fresh.insert_one({"_id": 2})
    assert database.fresh.distinct("_id") == [2]


def test_an_index_made_inside_binds_nobody_before_the_commit(
    database: Database[Document], session: ClientSession, other: Database[Document]
) -> None:
    database.fresh.create_index("k", unique=True, session=session)

    assert "fresh" not in other.list_collection_names()
    assert set(other.fresh.index_information()) == set()
    session.commit_transaction()
    assert set(other.fresh.index_information()) == {"_id_", "k_1"}
    other.fresh.insert_one({"k": 1})
    with pytest.raises(DuplicateKeyError):
        other.fresh.insert_one({"k": 1})


def test_a_transaction_may_span_databases(database: Database[Document], client: Client) -> None:
    name = f"{database.name}_two"
    database.accounts.insert_one({"_id": 0})
    client[name].notes.insert_one({"_id": 0})

    with client.start_session() as session, session.start_transaction():
        database.accounts.insert_one({"_id": 1}, session=session)
        client[name].notes.insert_one({"_id": 1}, session=session)

    assert database.accounts.count_documents({}) == client[name].notes.count_documents({}) == 2
    client.drop_database(name)


def test_a_callback_in_a_transaction_returns_its_answer(
    accounts: Collection[Document], client: Client
) -> None:
    def work(session: ClientSession) -> int:
        return int(accounts.insert_one({"_id": 5}, session=session).inserted_id)

    with client.start_session() as session:
        assert session.with_transaction(work) == 5
    assert accounts.count_documents({"_id": 5}) == 1


def test_committing_twice_is_harmless(
    accounts: Collection[Document], session: ClientSession
) -> None:
    accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    session.commit_transaction()
    session.commit_transaction()

    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 1}


def test_dropping_a_database_inside_is_refused(
    database: Database[Document], session: ClientSession
) -> None:
    database.accounts.find_one({}, session=session)

    with pytest.raises(OperationFailure) as caught:
        database.command("dropDatabase", session=session)

    assert caught.value.code == 263  # OperationNotSupportedInTransaction
    assert database.accounts.count_documents({}) == 2


def test_a_transaction_whose_client_vanished_ends(
    accounts: Collection[Document], server: Server, database: Database[Document]
) -> None:
    lost: Client = MongoClient(server.uri)
    session = lost.start_session()
    session.start_transaction()
    lost[database.name].accounts.update_one({"_id": 1}, {"$inc": {"n": 5}}, session=session)

    lost.close()

    accounts.update_one({"_id": 1}, {"$inc": {"n": 1}})
    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 1}


def test_an_idle_transaction_ends_and_lets_others_write(
    accounts: Collection[Document], client: Client, session: ClientSession
) -> None:
    client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 1})
    try:
        accounts.update_one({"_id": 1}, {"$inc": {"n": 5}}, session=session)

        eventually(lambda: can_write(accounts), within=15)
    finally:
        client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 60})

    with pytest.raises(OperationFailure) as caught:
        session.commit_transaction()
    assert caught.value.code == NO_SUCH_TRANSACTION
    assert accounts.find_one({"_id": 1}) == {"_id": 1, "n": 1}


def can_write(accounts: Collection[Document]) -> bool:
    try:
        return accounts.update_one({"_id": 1}, {"$inc": {"n": 1}}).modified_count == 1
    except OperationFailure:
        return False
