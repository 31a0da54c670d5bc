"""The commonest question, answered the shortest way: a few documents by their key.

One statement sees one moment by itself, so it needs no transaction of SQLite around it.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from pocketmongo.finding import Row, Search, find, plan_of
from pocketmongo.planning import Plan
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import decode
from pocketmongo.storage.snapshots import Snapshot
from pocketmongo.storage.store import Store

MOST = 16  # documents


def read_points(store: Store, database: str, name: str, search: Search) -> list[bytes] | None:
    """Return the bytes of the documents found, or None if the question is not that simple.

    None also if a collection or an index was changed in the same moment: the way the question
    was planned may then not fit what was read.
    """
    if not _asks_for_few(search):
        return None
    catalog = store.catalog
    collection = catalog.find(database, name)
    if collection is None or collection.is_view:
        return None
    plan = plan_of(search, collection)
    if plan.index is None or not _is_one_range(plan):
        return None
    connection = store.readers.take()
    try:
        found = connection.execute(*_statement(collection, plan, search.limit)).fetchall()
    except sqlite3.OperationalError:
        if store.is_current(catalog):
            raise
        return None  # it was dropped in this moment
    finally:
        store.readers.give_back(connection)
    # An index that met its first array while we read would have told the planner so.
    if plan.index.is_multikey or not store.is_current(catalog):
        return None
    return [raw for _, raw in found]


def find_few(snapshot: Snapshot, collection: Collection, search: Search) -> list[Row]:
    """Return what `find` yields, by the shortest way there is."""
    plan = plan_of(search, collection)
    # An array has several keys in an index: a document could be found by two of them.
    is_short = plan.index is not None and _is_one_range(plan) and not plan.index.is_multikey
    if not is_short or not _asks_for_few(search):
        return list(find(snapshot, collection, search, plan=plan))
    found = snapshot.connection.execute(*_statement(collection, plan, search.limit)).fetchall()
    return [(row_id, decode(raw), raw) for row_id, raw in found]


def _asks_for_few(search: Search) -> bool:
    return 0 < search.limit <= MOST and not search.skip and search.deadline is None


def _is_one_range(plan: Plan) -> bool:
    return plan.is_exact and plan.is_sorted and len(plan.ranges) == 1


def _statement(collection: Collection, plan: Plan, limit: int) -> tuple[str, list[bytes | int]]:
    assert plan.index is not None
    entries = None if plan.index is collection.id_index else plan.index.table
    low, high = plan.ranges[0]
    sql = _sql(collection.table, entries, high is not None, plan.is_reversed)
    return sql, [low, limit] if high is None else [low, high, limit]


@lru_cache(maxsize=1024)
def _sql(documents: str, entries: str | None, is_range: bool, is_reversed: bool, /) -> str:
    order = "DESC" if is_reversed else "ASC"
    source, key, row = documents, "id_key", "row_id"
    if entries is not None:
        source = f"{entries} entry JOIN {documents} document ON document.row_id = entry.row_id"
        key, row = "entry.key", "entry.row_id"
    where = f"{key}>=? AND {key}<?" if is_range else f"{key}=?"
    return (
        f"SELECT {row}, body FROM {source} WHERE {where} "
        f"ORDER BY {key} {order}, {row} {order} LIMIT ?"
    )
