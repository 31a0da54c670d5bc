"""The commonest question, answered the shortest way: a few documents by their key.

One statement sees one moment by itself, so it needs no transaction of SQLite around it.
"""

from __future__ import annotations

import sqlite3

from pocketmongo.finding import Search, plan_of
from pocketmongo.planning import Plan
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.store import Store

MOST = 16  # documents


def read_points(store: Store, database: str, name: str, search: Search) -> list[bytes] | None:
    """Return the bytes of the documents found, or None if the question is not that simple.

    None also if a collection or an index was changed in the same moment: the way the question
    was planned may then not fit what was read.
    """
    if not 0 < search.limit <= MOST or search.skip or search.deadline is not None:
        return None
    catalog = store.catalog
    collection = catalog.find(database, name)
    if collection is None or collection.is_view:
        return None
    plan = plan_of(search, collection)
    if plan.index is None or not plan.is_exact or not plan.is_sorted or len(plan.ranges) != 1:
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
    return [raw for (raw,) in found]


def _statement(collection: Collection, plan: Plan, limit: int) -> tuple[str, list[bytes | int]]:
    assert plan.index is not None
    keys = plan.ranges[0]
    order = "DESC" if plan.is_reversed else "ASC"
    if plan.index is collection.id_index:
        source, key, row = collection.table, "id_key", "row_id"
    else:
        source = (
            f"{plan.index.table} entry JOIN {collection.table} document "
            "ON document.row_id = entry.row_id"
        )
        key, row = "entry.key", "entry.row_id"
    parameters: list[bytes | int] = [keys.low]
    where = f"{key}=?"
    if keys.high is not None:
        where = f"{key}>=? AND {key}<?"
        parameters.append(keys.high)
    parameters.append(limit)
    return (
        f"SELECT body FROM {source} WHERE {where} ORDER BY {key} {order}, {row} {order} LIMIT ?",
        parameters,
    )
