"""Killed at random, out of room, damaged, opened twice: what was acknowledged is there.

The server is killed 12 times. With QREV_CRASH_ROUNDS=200 it is killed 200 times:
`QREV_CRASH_ROUNDS=200 make test ARGS=tests/pocketmongo/test_crash.py`.
"""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo.change_stream import CollectionChangeStream
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

from tests.pocketmongo.crash_work import Indexing, Inserting, Transacting, Updating, Worker
from tests.pocketmongo.running import (
    ROOT,
    Client,
    DidNotStart,
    Document,
    Server,
    a_client,
    a_folder,
    a_server,
    refusal,
)

ROUNDS = int(os.environ.get("QREV_CRASH_ROUNDS", "12"))
HURRIED = {"retryWrites": False, "serverSelectionTimeoutMS": 300, "socketTimeoutMS": 5000}


@pytest.fixture
def own_server() -> Iterator[Server]:
    with a_server() as server:
        yield server


@pytest.mark.parametrize("sync", ["NORMAL", "FULL"])
def test_killed_at_random_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    sync: str,
) -> None:
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    workers: list[Worker] = [Inserting(), Updating(), Transacting(), Indexing()]
    with a_server("--sync", sync) as server:
        with a_client(server) as client:
            for worker in workers:
                worker.prepare(client.crash)

        for turn in range(ROUNDS // 2):
            kill_while_working(server, workers, after=moments.uniform(0.02, 0.5))
            server.start()
            with a_client(server) as client:
                for worker in workers:
                    try:
                        worker.check(client.crash)
                    except AssertionError as error:
                        raise AssertionError(f"seed {seed}, round {turn}: {error}") from error
        assert all(worker.acknowledged > 0 for worker in workers)
        server.stop()
        assert is_sound(server.file)


def kill_while_working(server: Server, workers: list[Worker], *, after: float) -> None:
    stop = threading.Event()
    with a_client(server, **HURRIED) as client:
        threads = [threading.Thread(target=each.run, args=(client, stop)) for each in workers]
        for thread in threads:
            thread.start()
        time.sleep(after)  # Random work is cut off at a random moment: there is nothing to await.
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()


def is_sound(file: Path) -> bool:
    connection = sqlite3.connect(file)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    finally:
        connection.close()


def test_a_transaction_cut_off_by_a_kill_never_happened(own_server: Server) -> None:
    with a_client(own_server, **HURRIED) as client:
        client.db.things.create_index("k", unique=True)
        client.db.things.insert_one({"_id": "base", "k": 0})
        with client.start_session() as session:
            session.start_transaction()
            client.db.things.insert_one({"_id": "inside", "k": 1}, session=session)
            own_server.kill()

    own_server.start()

    with a_client(own_server) as client:
        assert client.db.things.distinct("_id") == ["base"]
        assert set(client.db.things.index_information()) == {"_id_", "k_1"}


def test_a_stop_is_clean_and_quick_even_while_a_change_stream_waits(own_server: Server) -> None:
    with a_client(own_server, **HURRIED) as client:
        client.db.things.insert_one({"_id": 1})
        waiting = client.db.things.watch(max_await_time_ms=4000)
        thread = threading.Thread(target=wait_for_anything, args=(waiting,))
        thread.start()
        before = time.monotonic()

        status = own_server.stop()

        took = time.monotonic() - before
        thread.join()
    assert status == 0
    assert took < 2
    assert is_sound(own_server.file)


def wait_for_anything(waiting: CollectionChangeStream[Document]) -> None:
    with suppress(PyMongoError):
        waiting.try_next()


def test_the_file_keeps_documents_indexes_and_collections_over_a_stop(own_server: Server) -> None:
    with a_client(own_server) as client:
        client.db.create_collection("capped", capped=True, size=10_000, max=2)
        client.db.things.create_index("k", unique=True)
        client.db.things.insert_one({"_id": 1, "k": 1})
        expected = client.db.things.index_information()

    own_server.stop()
    own_server.start()

    with a_client(own_server) as client:
        assert client.db.things.index_information() == expected
        assert client.db.things.find_one({"k": 1}) == {"_id": 1, "k": 1}
        client.db.capped.insert_many([{"_id": n} for n in range(4)])
        assert client.db.capped.distinct("_id") == [2, 3]


def test_a_full_disk_fails_the_write_and_later_writes_work(own_server: Server) -> None:
    with a_client(own_server, retryWrites=False) as client:
        things = client.db.things
        things.create_index("k")
        things.insert_one({"_id": 0, "k": 0})
        room = sum(file.stat().st_size for file in own_server.folder.iterdir()) + 200_000

        limit_files(own_server, room)
        acknowledged = 1
        while acknowledged < 200 and insert_large(things, acknowledged):
            acknowledged += 1
        assert acknowledged < 200, "the disk was never full"
        assert things.count_documents({}) == acknowledged
        limit_files(own_server, resource.RLIM_INFINITY)
        things.insert_one({"_id": "later", "k": -1})

        assert own_server.is_alive
        assert things.count_documents({}) == acknowledged + 1
        assert len(list(things.find({"k": {"$gte": -1}}).hint("k_1"))) == acknowledged + 1
    own_server.stop()
    assert is_sound(own_server.file)


def test_a_full_disk_ends_a_transaction_as_a_whole(own_server: Server) -> None:
    with a_client(own_server, retryWrites=False) as client:
        client.db.things.insert_one({"_id": 0})
        room = sum(file.stat().st_size for file in own_server.folder.iterdir()) + 200_000
        limit_files(own_server, room)

        with client.start_session() as session:
            session.start_transaction()
            number = 1
            while number < 400 and insert_large(client.db.things, number, session):
                number += 1
            with pytest.raises(OperationFailure):
                session.commit_transaction()

        limit_files(own_server, resource.RLIM_INFINITY)
        assert client.db.things.distinct("_id") == [0]
        client.db.things.insert_one({"_id": "later"})


def insert_large(
    things: Collection[Document], number: int, session: ClientSession | None = None
) -> bool:
    """Return whether a document of 20 kB was acknowledged."""
    try:
        things.insert_one({"_id": number, "k": number, "t": "x" * 20_000}, session=session)
    except OperationFailure:
        return False
    return True


def limit_files(server: Server, size: int) -> None:
    """Let no file of the server grow beyond `size`: to it, that is a disk without room."""
    hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_a_second_server_on_the_same_file_is_refused_with_a_sentence(own_server: Server) -> None:
    assert "in use" in refusal(Server(own_server.folder))

    with a_client(own_server) as client:
        client.db.things.insert_one({"_id": 1})


@pytest.fixture
def damaged() -> Iterator[Server]:
    """A server whose file lost a page in the middle and everything the journal held."""
    with a_server() as server:
        with a_client(server) as client:
            client.db.things.create_index("k")
            client.db.things.insert_many({"_id": n, "k": n, "t": "x" * 500} for n in range(2000))
            client.other.notes.insert_one({"_id": "note"})
        server.stop()
        size = server.file.stat().st_size
        with server.file.open("r+b") as file:
            file.seek(size // 2 // 4096 * 4096)
            file.write(b"\xde\xad" * 4096)
        yield server


def test_a_damaged_file_is_called_damaged_and_salvage_is_offered(damaged: Server) -> None:
    said = complaint(damaged)

    assert "damaged" in said
    assert "--salvage" in said
    assert "Traceback" not in said


def test_a_file_whose_catalogue_is_damaged_is_called_damaged(own_server: Server) -> None:
    own_server.stop()
    with own_server.file.open("r+b") as file:
        file.seek(100)  # behind the header, where the list of tables begins
        file.write(b"\xff" * 3000)

    said = complaint(own_server)

    assert "damaged" in said
    assert "--salvage" in said


def complaint(server: Server) -> str:
    """What is said on starting, or else on reading everything."""
    try:
        server.start()
    except DidNotStart as error:
        return str(error)
    with a_client(server) as client, pytest.raises(OperationFailure) as caught:
        read_all(client)
    assert server.is_alive
    return str(caught.value)


def read_all(client: Client) -> None:
    for _ in client.db.things.find():
        pass
    for _ in client.db.things.find({"k": {"$gte": 0}}).hint("k_1"):
        pass


def test_something_that_is_no_database_is_refused_and_left_alone() -> None:
    with a_folder() as folder:
        server = Server(folder)
        server.file.write_text("Dear diary, " * 1000)

        refusal(server)

        assert server.file.read_text() == "Dear diary, " * 1000


def test_salvage_rescues_what_can_be_read(damaged: Server) -> None:
    before = damaged.file.read_bytes()
    rescued = damaged.folder / "rescued.sqlite"

    done = subprocess.run(
        [
            *(sys.executable, "-m", "pocketmongo", "--db", str(damaged.file)),
            *("--salvage", str(rescued)),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert damaged.file.read_bytes() == before
    assert stat.S_IMODE(rescued.stat().st_mode) == 0o600
    damaged.file = rescued
    damaged.start()
    with a_client(damaged) as client:
        found = client.db.things.count_documents({})
        assert 1900 <= found <= 2000
        assert str(found + 1) in done.stdout  # and the note
        assert client.other.notes.distinct("_id") == ["note"]
        assert len(list(client.db.things.find({"k": {"$gte": 0}}).hint("k_1"))) == found
