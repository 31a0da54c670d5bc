"""Work that goes on while the server is killed, and what must be true of it afterwards.

Each worker numbers what it does. `attempted` is the last number it sent, `acknowledged` the
last one the server confirmed. At most one number lies between the two.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from pymongo import IndexModel, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from tests.pocketmongo.running import Client, Document

BATCH = 5


class Worker(ABC):
    """Does one kind of work, step by step, until the server is gone."""

    def __init__(self) -> None:
        self.attempted = 0
        self.acknowledged = 0

    def run(self, client: Client, stop: threading.Event) -> None:
        """Work until told to stop or until the line is dead."""
        database = client.get_database("crash", write_concern=WriteConcern("majority", j=True))
        while not stop.is_set():
            self.attempted += 1
            try:
                self.step(database, self.attempted)
            except PyMongoError:
                return
            self.acknowledged = self.attempted

    def check(self, database: Database[Document]) -> None:
        """Raise AssertionError if something acknowledged is lost or something is half there."""
        found = self.found(database)
        assert self.acknowledged <= found <= self.attempted, (
            f"{type(self).__name__}: {self.acknowledged} acknowledged, {self.attempted} "
            f"attempted, {found} found"
        )
        self.attempted = self.acknowledged = found

    def prepare(self, database: Database[Document]) -> None:
        """Make what the work needs, before anything is killed."""
        return

    @abstractmethod
    def step(self, database: Database[Document], number: int) -> None:
        """Do the work of one number. Raises PyMongoError if it is not acknowledged."""

    @abstractmethod
    def found(self, database: Database[Document]) -> int:
        """Return the last number that is there, with all before it and nothing by halves."""


class Inserting(Worker):
    """Inserts a batch of documents a number."""

    def prepare(self, database: Database[Document]) -> None:
        database.inserted.create_index("batch")

    def step(self, database: Database[Document], number: int) -> None:
        database.inserted.insert_many(
            {"_id": number * BATCH + place, "batch": number, "text": "x" * 300}
            for place in range(BATCH)
        )

    def found(self, database: Database[Document]) -> int:
        batches = database.inserted.distinct("batch")
        last: int = max(batches, default=0)
        assert len(batches) == last, "a batch in the middle is missing"
        by_scan = database.inserted.count_documents({}, hint={"$natural": 1})
        assert by_scan == last * BATCH, "a batch is half there"
        by_index = len(list(database.inserted.find({"batch": {"$gt": 0}}).hint("batch_1")))
        assert by_index == by_scan, "the index does not agree with its documents"
        return last


class Updating(Worker):
    """Updates one document in two fields, and a number of documents in one."""

    def prepare(self, database: Database[Document]) -> None:
        database.updated.insert_one({"_id": 1, "left": 0, "right": 0, "pad": ""})
        database.updated.create_index("left")

    def step(self, database: Database[Document], number: int) -> None:
        change = {"$inc": {"left": 1, "right": 1}, "$set": {"pad": "y" * (number % 700)}}
        database.updated.update_one({"_id": 1}, change)

    def found(self, database: Database[Document]) -> int:
        document = database.updated.find_one({"_id": 1})
        assert document is not None
        assert document["left"] == document["right"], "an update is half there"
        assert database.updated.count_documents({"left": document["left"]}) == 1
        return int(document["left"])


class Transacting(Worker):
    """Writes to two collections in one transaction a number."""

    def step(self, database: Database[Document], number: int) -> None:
        while True:
            try:
                with database.client.start_session() as session, session.start_transaction():
                    self._both(database, number, session)
            except OperationFailure as error:
                if error.has_error_label("TransientTransactionError"):
                    continue  # The other workers were quicker.
                raise
            return

    def _both(self, database: Database[Document], number: int, session: ClientSession) -> None:
        database.left.insert_one({"_id": number}, session=session)
        database.right.insert_one({"_id": number}, session=session)
        database.total.update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True, session=session)

    def found(self, database: Database[Document]) -> int:
        left, right = database.left.distinct("_id"), database.right.distinct("_id")
        assert left == right, "a transaction is half there"
        assert left == list(range(1, len(left) + 1)), "a transaction in the middle is missing"
        total = database.total.find_one({"_id": 1}) or {"n": 0}
        assert total["n"] == len(left), "a transaction is half there"
        return len(left)


class Indexing(Worker):
    """Builds an index at odd numbers and drops it at even ones."""

    def prepare(self, database: Database[Document]) -> None:
        database.indexed.insert_many({"_id": n, "k": n, "tags": [n, -n]} for n in range(1, 600))

    def step(self, database: Database[Document], number: int) -> None:
        if number % 2:
            models = [IndexModel("k", unique=True), IndexModel("tags")]
            database.indexed.create_indexes(models)
        else:
            database.indexed.drop_indexes()

    def found(self, database: Database[Document]) -> int:
        names = set(database.indexed.index_information())
        assert names in ({"_id_"}, {"_id_", "k_1", "tags_1"}), f"half of the indexes: {names}"
        is_there = "k_1" in names
        if is_there:
            by_key = list(database.indexed.find({"k": {"$gt": 0}}).hint("k_1"))
            by_tag = list(database.indexed.find({"tags": {"$lt": 0}}).hint("tags_1"))
            assert len(by_key) == len(by_tag) == 599, "an index is half built"
        return self.acknowledged if self.acknowledged % 2 == is_there else self.attempted
