"""Reading the rows a plan points at, able to stop between two batches and go on later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pocketmongo.planning import KeyRange, Plan
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.snapshots import Snapshot

RowBytes = tuple[int, bytes]


def scan(snapshot: Snapshot, collection: Collection, plan: Plan) -> Iterator[RowBytes]:
    """Yield the row id and the bytes of each document the plan points at, each once."""
    if plan.index is None:
        return _collection_rows(snapshot, collection, plan.is_reversed)
    if plan.index is collection.id_index:
        return _id_rows(snapshot, collection, plan)
    return _index_rows(snapshot, collection, plan)


def count_keys(snapshot: Snapshot, plan: Plan, collection: Collection) -> int:
    """Return how many keys the plan points at, without reading a document."""
    assert plan.index is not None
    table, column = plan.index.table, "key"
    if plan.index is collection.id_index:
        table, column = collection.table, "id_key"
    total = 0
    for each in plan.ranges:
        where, parameters = _within(column, each)
        row = snapshot.row(f"SELECT count(*) FROM {table} WHERE {where}", parameters)
        assert row is not None
        total += row[0]
    return total


def fetch(snapshot: Snapshot, collection: Collection, row_ids: Sequence[int]) -> Iterator[RowBytes]:
    """Yield the documents of the rows that still exist."""
    sql = f"SELECT body FROM {collection.table} WHERE row_id=?"
    for row_id in row_ids:
        row = snapshot.row(sql, (row_id,))
        if row is not None:
            yield row_id, row[0]


def _within(column: str, keys: KeyRange) -> tuple[str, list[bytes]]:
    if keys.high is None:
        return f"{column}=?", [keys.low]
    return f"{column}>=? AND {column}<?", [keys.low, keys.high]


def _collection_rows(
    snapshot: Snapshot, collection: Collection, is_reversed: bool
) -> Iterator[RowBytes]:
    order, beyond = ("DESC", "<") if is_reversed else ("ASC", ">")
    base = f"SELECT row_id, body FROM {collection.table}"
    # What is inserted while a cursor is read is not added to what it reads.
    newest = snapshot.row(f"SELECT max(row_id) FROM {collection.table}")
    where: str = ""
    parameters: tuple[Any, ...] = ()
    while True:
        pauses, last = snapshot.pauses, None
        for row_id, raw in snapshot.rows(f"{base} {where} ORDER BY row_id {order}", parameters):
            last = row_id
            yield row_id, raw
        if snapshot.pauses == pauses or last is None:
            return
        assert newest is not None
        where, parameters = f"WHERE row_id{beyond}? AND row_id<=?", (last, newest[0])


def _id_rows(snapshot: Snapshot, collection: Collection, plan: Plan) -> Iterator[RowBytes]:
    sql = f"SELECT row_id, body FROM {collection.table} WHERE id_key=?"
    for keys in reversed(plan.ranges) if plan.is_reversed else plan.ranges:
        if keys.high is None:
            row = snapshot.row(sql, (keys.low,))
            if row is not None:
                yield row[0], row[1]
        else:
            yield from _id_range(snapshot, collection, keys, plan.is_reversed)


def _id_range(
    snapshot: Snapshot, collection: Collection, keys: KeyRange, is_reversed: bool
) -> Iterator[RowBytes]:
    order, beyond = ("DESC", "<") if is_reversed else ("ASC", ">")
    where, parameters = _within("id_key", keys)
    base = f"SELECT row_id, body, id_key FROM {collection.table} WHERE {where}"
    resumed = ""
    place: list[bytes] = []
    while True:
        pauses, last = snapshot.pauses, None
        sql = f"{base}{resumed} ORDER BY id_key {order}"
        for row_id, raw, key in snapshot.rows(sql, [*parameters, *place]):
            last = key
            yield row_id, raw
        if snapshot.pauses == pauses or last is None:
            return
        resumed, place = f" AND id_key{beyond}?", [last]


def _index_rows(snapshot: Snapshot, collection: Collection, plan: Plan) -> Iterator[RowBytes]:
    assert plan.index is not None
    if len(plan.ranges) == 1 and not plan.index.is_multikey:
        return _index_range(snapshot, collection, plan, plan.ranges[0])
    return _each_once(snapshot, collection, plan)


def _each_once(snapshot: Snapshot, collection: Collection, plan: Plan) -> Iterator[RowBytes]:
    # A document with an array has several keys.
    met: set[int] = set()
    for keys in plan.ranges:
        for row_id, raw in _index_range(snapshot, collection, plan, keys):
            if row_id not in met:
                met.add(row_id)
                yield row_id, raw


def _index_range(
    snapshot: Snapshot, collection: Collection, plan: Plan, keys: KeyRange
) -> Iterator[RowBytes]:
    assert plan.index is not None
    order, beyond = ("DESC", "<") if plan.is_reversed else ("ASC", ">")
    where, parameters = _within("entry.key", keys)
    base = (
        f"SELECT entry.row_id, document.body, entry.key FROM {plan.index.table} entry "
        f"JOIN {collection.table} document ON document.row_id = entry.row_id WHERE {where}"
    )
    resumed = ""
    place: list[Any] = []
    while True:
        pauses, last = snapshot.pauses, None
        sql = f"{base}{resumed} ORDER BY entry.key {order}, entry.row_id {order}"
        for row_id, raw, key in snapshot.rows(sql, [*parameters, *place]):
            last = (key, row_id)
            yield row_id, raw
        if snapshot.pauses == pauses or last is None:
            return
        resumed, place = f" AND (entry.key, entry.row_id) {beyond} (?, ?)", list(last)
