"""Whatever is asked, an index gives the answer that reading everything gives."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pocketmongo.finding import Search, count, find
from pocketmongo.pointreads import find_few
from pocketmongo.storage.collections import create_collection, create_index
from pocketmongo.storage.documents import insert, replace
from pocketmongo.storage.store import Store
from pocketmongo.storage.units import WriteUnit
from pocketmongo.values import Document

INDEXES: tuple[Document, ...] = (
    {"a": 1},
    {"b": -1},
    {"a": 1, "b": -1},
    {"a": 1, "b": 1, "_id": 1},
    {"c.x": 1, "c.y": 1},
    {"b": 1, "c.x": -1},
)
PATHS = ("a", "b", "c.x", "c.y")

scalars = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-3, 3),
    some.sampled_from([0.5, 1.0, float("nan"), float("inf")]),
    some.sampled_from(["", "a", "b"]),
)
inner = some.fixed_dictionaries({}, optional={"x": scalars, "y": scalars})
texts = some.lists(some.sampled_from(["", "a", "b", "c"]), max_size=3)
values = some.one_of(scalars, some.lists(scalars, max_size=2), texts)
documents = some.fixed_dictionaries(
    {}, optional={"a": values, "b": scalars, "c": some.one_of(inner, some.lists(inner, max_size=2))}
)
conditions = some.one_of(
    scalars,
    some.builds(lambda value: {"$eq": value}, scalars),
    some.builds(lambda value: {"$gt": value}, scalars),
    some.builds(lambda value: {"$lte": value}, scalars),
    some.builds(lambda low, high: {"$gte": low, "$lt": high}, scalars, scalars),
    some.builds(lambda several: {"$in": several}, some.lists(scalars, max_size=3)),
    some.builds(lambda value: {"$ne": value}, scalars),
    some.builds(lambda low, high: {"$elemMatch": {"$gte": low, "$lt": high}}, scalars, scalars),
)
queries = some.dictionaries(some.sampled_from(PATHS), conditions, max_size=2)
sorts = some.lists(
    some.tuples(some.sampled_from(("a", "b")), some.sampled_from((1, -1))),
    max_size=2,
    unique_by=lambda pair: pair[0],
)
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def two_collections(kept: list[Document]) -> Iterator[tuple[WriteUnit, Any, Any]]:
    """Yield the same documents twice: with indexes, and without."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "data.sqlite")
        unit = store.begin()
        indexed = create_collection(unit, "test", "indexed")
        plain = create_collection(unit, "test", "plain")
        for key in INDEXES:
            name = ",".join(f"{path}:{way}" for path, way in key.items())
            indexed = create_index(unit, indexed, {"key": key, "name": name})
        for number, document in enumerate(kept):
            for collection in (indexed, plain):
                insert(unit, collection, {"_id": number, **document})
        try:
            yield unit, indexed, plain
        finally:
            unit.rollback()
            store.close()


def ids(unit: WriteUnit, collection: Any, search: Search) -> list[int]:
    return [document["_id"] for _, document, _ in find(unit, collection, search)]


@QUIET
@given(some.lists(documents, max_size=12), queries, sorts)
def test_with_and_without_indexes_the_answer_is_the_same(
    kept: list[Document], query: Document, sort: list[tuple[str, int]]
) -> None:
    search = Search(query, [*sort, ("_id", 1)])
    with two_collections(kept) as (unit, indexed, plain):
        expected = ids(unit, plain, search)

        assert ids(unit, indexed, search) == expected
        assert sorted(ids(unit, indexed, Search(query))) == sorted(expected)
        assert count(unit, indexed, Search(query)) == len(expected)


def test_what_meets_one_value_is_still_sorted_by_the_least_of_its_array() -> None:
    kept: list[Document] = [{"a": 3}, {"a": [3, 1]}, {"a": [3, 2]}]
    search = Search({"a": 3}, [("a", 1)])

    with two_collections(kept) as (unit, indexed, plain):
        assert ids(unit, indexed, search) == ids(unit, plain, search) == [1, 2, 0]


@QUIET
@given(some.lists(documents, max_size=12), some.lists(queries, min_size=2, max_size=8), sorts)
def test_a_question_asked_before_with_other_values_gets_its_own_answer(
    kept: list[Document], asked: list[Document], sort: list[tuple[str, int]]
) -> None:
    with two_collections(kept) as (unit, indexed, plain):
        for query in asked:
            search = Search(query, [*sort, ("_id", 1)])

            assert ids(unit, indexed, search) == ids(unit, plain, search)


@QUIET
@given(some.lists(documents, max_size=12), queries, sorts, some.integers(1, 3))
def test_the_shortest_way_finds_the_same_few(
    kept: list[Document], query: Document, sort: list[tuple[str, int]], limit: int
) -> None:
    search = Search(query, sort, limit=limit)
    with two_collections(kept) as (unit, indexed, _):
        few = [(row_id, raw) for row_id, _, raw in find_few(unit, indexed, search)]

        assert few == [(row_id, raw) for row_id, _, raw in find(unit, indexed, search)]


@QUIET
@given(some.lists(some.tuples(documents, documents), max_size=8))
def test_after_any_replacement_an_index_has_the_keys_of_what_is_there_now(
    pairs: list[tuple[Document, Document]],
) -> None:
    with two_collections([before for before, _ in pairs]) as (unit, indexed, _):
        for row_id, document, raw in list(find(unit, indexed, Search({}))):
            after = {"_id": document["_id"], **pairs[document["_id"]][1]}
            replace(unit, indexed, row_id, document, raw, after)

        now = [(row_id, document) for row_id, document, _ in find(unit, indexed, Search({}))]
        for index in indexed.indexes.values():
            expected = {(key, row_id) for row_id, each in now for key in index.keys_of(each)}
            entries = set(unit.connection.execute(f"SELECT key, row_id FROM {index.table}"))
            assert entries == expected
