"""Finding documents: planned, filtered, sorted, skipped and limited.

https://www.mongodb.com/docs/manual/reference/command/find/
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pocketmongo.collation import folding
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.planning import Plan, choose_plan
from pocketmongo.query import DocumentTest, Scope, compile_filter
from pocketmongo.scans import RowBytes, count_keys, fetch, scan
from pocketmongo.sorting import META_TEXT_SCORE, sort_key, uniform_key
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import decode
from pocketmongo.storage.snapshots import Snapshot
from pocketmongo.values import Document

SMALL_SORT = 1_000  # documents; up to here a sort with a limit keeps only the best
ROWS_BETWEEN_LOOKS = 64  # at the clock
NATURAL = "$natural"

Row = tuple[int, Document, bytes]
Ranked = tuple[Any, int, int]
Item = TypeVar("Item")


@dataclass(slots=True)
class Search:
    """A question about the documents of one collection."""

    query: Document
    sort: Sequence[tuple[str, Any]] = ()
    skip: int = 0
    limit: int = 0
    collation: Document | None = None
    hint: Any = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    deadline: float | None = None  # of time.monotonic


@dataclass(slots=True)
class Statistics:
    """What answering took, for `explain`."""

    plan: Plan = field(default_factory=Plan)
    keys_examined: int = 0
    documents_examined: int = 0


def scope_of(search: Search, collection: Collection) -> Scope:
    """Return what the search's filter and projection are compiled with."""
    chosen = search.collation or collection.collation
    return Scope(folding(chosen) if chosen else None, search.variables, collection.text_index)


def plan_of(search: Search, collection: Collection) -> Plan:
    """Return how a search will be answered."""
    chosen = search.collation or collection.collation
    # The "simple" collation compares bytes, as having none does.
    collation = chosen if chosen and folding(chosen) is not None else None
    return choose_plan(collection, search.query, search.sort, collation, search.hint)


def find(
    snapshot: Snapshot,
    collection: Collection,
    search: Search,
    statistics: Statistics | None = None,
    plan: Plan | None = None,
) -> Iterator[Row]:
    """Yield the row id, the document and the bytes of each document found.

    Raises ServerError for a filter, hint or collation that is none.
    """
    plan = plan or plan_of(search, collection)
    matches = None if plan.is_exact else _test(search, collection)
    source = _timed(scan(snapshot, collection, plan), search.deadline)
    if statistics is not None:
        source = _counted(source, plan, statistics)
    found = _matching(source, matches)
    if not plan.is_sorted:
        found = _sorted(snapshot, collection, search, found)
    return _sliced(found, search)


def _test(search: Search, collection: Collection) -> DocumentTest:
    return compile_filter(search.query, scope_of(search, collection))


def find_bytes(snapshot: Snapshot, collection: Collection, search: Search) -> Iterator[bytes]:
    """Yield the bytes of each document found; they are only decoded where that is needed."""
    plan = plan_of(search, collection)
    if not plan.is_exact or not plan.is_sorted:
        return (raw for _, _, raw in find(snapshot, collection, search))
    source = _timed(scan(snapshot, collection, plan), search.deadline)
    return (raw for _, raw in _sliced(source, search))


def count(snapshot: Snapshot, collection: Collection, search: Search) -> int:
    """Return how many documents are found, from the keys alone where they decide."""
    plan = plan_of(search, collection)
    if not plan.is_exact:
        return sum(1 for _ in find(snapshot, collection, search))
    if plan.index is None:
        row = snapshot.row(f"SELECT count(*) FROM {collection.table}")
        total: int = row[0] if row else 0
    else:
        total = count_keys(snapshot, plan, collection)
    total = max(0, total - search.skip)
    return min(total, search.limit) if search.limit else total


def _sliced(items: Iterator[Item], search: Search) -> Iterator[Item]:
    if not search.skip and not search.limit:
        return items
    end = search.skip + search.limit if search.limit else None
    return itertools.islice(items, search.skip, end)


def _matching(source: Iterator[RowBytes], matches: DocumentTest | None) -> Iterator[Row]:
    if matches is None:
        for row_id, raw in source:
            yield row_id, decode(raw), raw
        return
    for row_id, raw in source:
        document = decode(raw)
        if matches(document):
            yield row_id, document, raw


def _timed(source: Iterator[RowBytes], deadline: float | None) -> Iterator[RowBytes]:
    return source if deadline is None else _until(source, deadline)


def _until(source: Iterator[RowBytes], deadline: float) -> Iterator[RowBytes]:
    for place, row in enumerate(source):
        if place % ROWS_BETWEEN_LOOKS == 0 and time.monotonic() > deadline:
            raise ServerError(ErrorCode.MaxTimeMSExpired, "operation exceeded time limit")
        yield row


def _counted(source: Iterator[RowBytes], plan: Plan, statistics: Statistics) -> Iterator[RowBytes]:
    statistics.plan = plan
    for row in source:
        statistics.documents_examined += 1
        statistics.keys_examined += plan.index is not None
        yield row


def _sorted(
    snapshot: Snapshot, collection: Collection, search: Search, found: Iterator[Row]
) -> Iterator[Row]:
    """Yield what was found in the order asked for, remembering only keys and row ids."""
    row_ids = _sorted_ids(search, scope_of(search, collection), found)
    pauses = snapshot.pauses
    matches: DocumentTest | None = None
    for row_id, raw in fetch(snapshot, collection, row_ids):
        document = decode(raw)
        if snapshot.pauses != pauses:
            # After a pause it may have become another document, which was not asked for.
            matches = matches or _test(search, collection)
            if not matches(document):
                continue
        yield row_id, document, raw


def _sorted_ids(search: Search, scope: Scope, found: Iterator[Row]) -> list[int]:
    if any(direction == META_TEXT_SCORE for _, direction in search.sort):
        return _sorted_by_columns(search, scope, found)
    uniform = uniform_key(search.sort, scope.fold)
    if uniform is None:
        return _sorted_by_columns(search, scope, found)
    key, is_descending = uniform
    wanted = search.skip + search.limit
    if search.limit and wanted <= SMALL_SORT:
        return _best(found, key, is_descending, wanted)
    keyed = [(key(document), row_id) for row_id, document, _ in found]
    keyed.sort(key=_first, reverse=is_descending)
    return [row_id for _, row_id in keyed]


def _best(
    found: Iterator[Row], key: Callable[[Document], Any], is_descending: bool, wanted: int
) -> list[int]:
    """Return the first few in order; among equals, those found first."""
    if is_descending:
        ranked: Iterator[Ranked] = (
            (key(document), -place, row_id) for place, (row_id, document, _) in enumerate(found)
        )
        return [row_id for _, _, row_id in heapq.nlargest(wanted, ranked)]
    ranked = ((key(document), place, row_id) for place, (row_id, document, _) in enumerate(found))
    return [row_id for _, _, row_id in heapq.nsmallest(wanted, ranked)]


def _sorted_by_columns(search: Search, scope: Scope, found: Iterator[Row]) -> list[int]:
    columns = [_column(path, direction, search, scope) for path, direction in search.sort]
    keyed = [([key(document) for key, _ in columns], row_id) for row_id, document, _ in found]
    # From the last field to the first: each sort keeps the order of the one before.
    for place in range(len(columns) - 1, -1, -1):
        keyed.sort(key=_key_at(place), reverse=columns[place][1])
    return [row_id for _, row_id in keyed]


def _column(
    path: str, direction: Any, search: Search, scope: Scope
) -> tuple[Callable[[Document], Any], bool]:
    if direction == META_TEXT_SCORE:
        text, asked = scope.text, search.query.get("$text")
        if text is None or asked is None:
            raise ServerError(ErrorCode.NoQueryExecutionPlans, "query requires text score metadata")
        return (lambda document: text.score(asked, document)), True
    parts, is_descending = path.split("."), direction < 0
    return (lambda document: sort_key(document, parts, is_descending, scope.fold)), is_descending


def _key_at(place: int) -> Callable[[tuple[list[Any], int]], Any]:
    return lambda each: each[0][place]


def _first(pair: tuple[Any, int]) -> Any:
    return pair[0]
