"""Choosing the index that reads the fewest keys, by rule: equality, then sort, then range.

https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.keys import encode_key, key_after
from pocketmongo.planning.conditions import (
    RANGE_OPERATORS,
    Condition,
    Conditions,
    is_collated,
    is_of_plain_values,
    read_conditions,
    type_order,
    values_in,
)
from pocketmongo.planning.partial import is_implied
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.indexes import HASHED, ID_INDEX_NAME, Index, IndexField
from pocketmongo.values import Document

SortSpecification = Sequence[tuple[str, Any]]

MAX_POINTS = 60_000  # separate places in an index one query may look at
MOST_REMEMBERED = 500  # outlines of questions to a collection
FIRST_KEY, LAST_KEY = b"", b"\xff" * 40
NATURAL = "$natural"
_NUMBER_TAG = encode_key(0)[:1]
_NAN = encode_key(float("nan"))
_EQUALITY_SCORE, _LIST_SCORE, _RANGE_SCORE = 2.0, 1.6, 1.0


class KeyRange(NamedTuple):
    """The keys from `low` up to but without `high`, or `low` alone if `high` is None."""

    low: bytes
    high: bytes | None


@dataclass(slots=True)
class Plan:
    """How a query is answered: through an index, or by reading the whole collection."""

    index: Index | None = None
    ranges: Sequence[KeyRange] = ()
    is_reversed: bool = False
    is_sorted: bool = False  # the rows come in the order asked for
    is_exact: bool = False  # the rows are the answer, no filter is needed


@dataclass(slots=True)
class _Shape:
    """How far an index goes towards answering a query."""

    index: Index
    points: list[list[Any]] = field(default_factory=list)  # the values of each leading field
    comparisons: list[Condition] = field(default_factory=list)  # on the field after them
    is_of_one_element: bool = False  # of an array, which meets all these comparisons
    score: float = 0.0
    direction: int = 0  # 1 or -1 if the index has the order asked for
    marks: int = 0  # the arrays the index had met when this was found out

    def with_values_of(self, conditions: Conditions) -> _Shape:
        """Return the same shape for conditions that differ in their values alone."""
        fields, fixed = self.index.fields, len(self.points)
        return _Shape(
            self.index,
            points=[conditions.equal_values(each.path) or [] for each in fields[:fixed]],
            comparisons=conditions.ranges(fields[fixed].path) if self.comparisons else [],
            is_of_one_element=self.is_of_one_element,
        )

    @property
    def is_lookup(self) -> bool:
        """True if the documents are known by their `_id`: nothing can be better."""
        return self.index.name == ID_INDEX_NAME and bool(self.points)

    @property
    def rank(self) -> tuple[bool, float, bool]:
        """What makes one index better than another."""
        return self.is_lookup, self.score, bool(self.direction)


class _Lookup(NamedTuple):
    """How a question for plain values was answered, to answer it with other values."""

    plan: Plan
    chosen: Index
    fields: Sequence[IndexField]  # whose values the keys begin with

    def asked_with(self, query: Document) -> Plan:
        """Return the plan for a question that differs in its values alone."""
        plan, index, fold = self.plan, self.chosen, self.chosen.fold
        prefix = b"".join(
            [each.oriented(encode_key(query[each.path], fold)) for each in self.fields]
        )
        keys = _keys_from(prefix, is_whole=len(self.fields) == len(index.fields))
        return Plan(index, [keys], plan.is_reversed, plan.is_sorted, plan.is_exact)


def choose_plan(
    collection: Collection,
    query: Document,
    sort: SortSpecification = (),
    collation: Document | None = None,
    hint: Any = None,
) -> Plan:
    """Return how to answer a query. Raises ServerError for a hint that names no index."""
    if hint is None and collation is None:
        known: _Lookup | None = collection.plans.get(_outline(query, sort))
        if known is not None and not known.chosen.is_multikey:
            return known.asked_with(query)
    conditions = read_conditions(query)
    is_natural = bool(sort) and sort[0][0] == NATURAL
    if is_natural or _is_natural_hint(hint):
        order = sort[0][1] if is_natural else hint[NATURAL]
        return Plan(is_reversed=order < 0, is_sorted=is_natural or not sort, is_exact=not query)
    if hint is not None:
        index = _hinted(collection, hint)
        shape = _shape(index, conditions, sort, collation) if index.has_entries else None
        return _plan(shape or _Shape(index), conditions, sort)
    if collation is None and conditions.are_alike and not collection.has_partial_indexes:
        return _remembered_plan(collection, query, conditions, sort)
    best = _best_shape(collection, conditions, sort, collation)
    return _plan(best, conditions, sort) if best else _whole_collection(query, sort)


def _outline(query: Document, sort: SortSpecification) -> tuple[Any, ...]:
    """Return what is asked, without the values: the fields, their types and the order."""
    return (*query, *map(type, query.values()), *sort)


def _whole_collection(query: Document, sort: SortSpecification) -> Plan:
    return Plan(is_sorted=not sort, is_exact=not query)


def _remembered_plan(
    collection: Collection, query: Document, conditions: Conditions, sort: SortSpecification
) -> Plan:
    """Plan as when the same was asked with other values.

    The index chosen then is still the best one, unless it has met arrays elsewhere since.
    """
    outline = (conditions.outline, tuple(sort))
    known: tuple[_Shape, Plan] | None = collection.plans.get(outline)
    if known is None or known[0].index.array_marks != known[0].marks:
        best = _best_shape(collection, conditions, sort, None)
        if best is None:
            return _whole_collection(query, sort)
        if len(collection.plans) >= MOST_REMEMBERED:
            collection.plans.clear()
        plan = _plan(best, conditions, sort)
        if is_of_plain_values(query):
            fields = best.index.fields[: len(best.points)]
            collection.plans[_outline(query, sort)] = _Lookup(plan, best.index, fields)
        else:
            collection.plans[outline] = (best, plan)
        return plan
    shape, plan = known
    ranges = _ranges(shape.with_values_of(conditions))
    return Plan(shape.index, ranges, plan.is_reversed, plan.is_sorted, plan.is_exact)


def _best_shape(
    collection: Collection,
    conditions: Conditions,
    sort: SortSpecification,
    collation: Document | None,
) -> _Shape | None:
    best: _Shape | None = None
    for index in (collection.id_index, *collection.indexes.values()):
        # Without a condition on its first field, an index can only help to sort by that field.
        first = index.fields[0].path
        if first not in conditions.by_path and not (sort and sort[0][0] == first):
            continue
        if _is_usable(index, conditions):
            shape = _shape(index, conditions, sort, collation)
            if best is None or shape.rank > best.rank:
                best = shape
            if shape.is_lookup:
                break
    return best if best is not None and (best.score or best.direction) else None


def _is_natural_hint(hint: Any) -> bool:
    return isinstance(hint, dict) and list(hint) == [NATURAL]


def _hinted(collection: Collection, hint: Any) -> Index:
    for index in (collection.id_index, *collection.indexes.values()):
        is_named = hint == index.name
        if is_named or (isinstance(hint, dict) and list(hint.items()) == index.key_pattern):
            if not index.has_entries or index.is_hidden:
                break
            return index
    raise ServerError(
        ErrorCode.BadValue,
        "error processing query: planner returned error :: caused by :: "
        "hint provided does not correspond to an existing index",
    )


def _is_usable(index: Index, conditions: Conditions) -> bool:
    if not index.has_entries or index.is_hidden:
        return False
    if index.is_sparse and not any(conditions.excludes_missing(each.path) for each in index.fields):
        return False
    return index.partial_filter is None or is_implied(index.partial_filter, conditions)


def _shape(
    index: Index, conditions: Conditions, sort: SortSpecification, collation: Document | None
) -> _Shape:
    shape = _Shape(index, marks=index.array_marks)
    has_same_collation = index.collation == (collation or None)
    count = 1
    for place, each in enumerate(index.fields):
        if index.is_multikey and _shares_an_array(index.fields[:place], each):
            break
        known = conditions.by_path.get(each.path, ())
        if not has_same_collation and any(
            is_collated(value) for condition in known for value in values_in(condition)
        ):
            break
        values = conditions.equal_values(each.path)
        if values is not None and count * len(values) <= MAX_POINTS:
            count *= len(values)
            shape.points.append(values)
            shape.score += _EQUALITY_SCORE if len(values) == 1 else _LIST_SCORE
            continue
        if index.kind != HASHED:
            shape.comparisons = conditions.ranges(each.path)
            shape.is_of_one_element = each.path in conditions.of_elements
            shape.score += _RANGE_SCORE if shape.comparisons else 0.0
        break
    if sort and has_same_collation and count == 1:
        shape.direction = _direction(index, len(shape.points), sort)
    return shape


def _shares_an_array(earlier: Sequence[IndexField], each: IndexField) -> bool:
    """True if two fields may lie in one array, where each could match another element."""
    return any(before.parts[0] == each.parts[0] for before in earlier)


def _direction(index: Index, fixed: int, sort: SortSpecification) -> int:
    """Return 1 or -1 if reading the index forwards or backwards sorts, else 0."""
    # What holds an array is not constant: it meets one value and is sorted by another.
    constant = {
        each.path
        for place, each in enumerate(index.fields[:fixed])
        if not index.may_be_array(place)
    }
    wanted = [(path, order) for path, order in sort if path not in constant]
    if any(not isinstance(order, int) for _, order in wanted) or index.kind is not None:
        return 0
    offered = [(each.path, -1 if each.is_descending else 1) for each in index.fields[fixed:]]
    offered = offered[: len(wanted)]
    # An array is sorted by its least or its greatest element, but has a key for each.
    if any(index.may_be_array(place) for place in range(fixed, fixed + len(offered))):
        return 0
    if wanted == offered:
        return 1
    return -1 if [(path, -order) for path, order in wanted] == offered else 0


def _plan(shape: _Shape, conditions: Conditions, sort: SortSpecification) -> Plan:
    return Plan(
        index=shape.index,
        ranges=_ranges(shape),
        is_reversed=shape.direction < 0,
        is_sorted=not sort or shape.direction != 0,
        is_exact=_is_exact(shape, conditions),
    )


def _ranges(shape: _Shape) -> list[KeyRange]:
    """Return the ranges of keys to look at, in the order of the keys."""
    index = shape.index
    prefixes = [b""]
    for values, each in zip(shape.points, index.fields, strict=False):
        keys = [each.oriented(encode_key(value, index.fold)) for value in values]
        prefixes = [prefix + key for prefix in prefixes for key in keys]
    if len(prefixes) > 1:
        prefixes = sorted(set(prefixes))
    if shape.comparisons:
        low, high = _bounds(shape, index.fields[len(shape.points)])
        return [KeyRange(prefix + low, prefix + high) for prefix in prefixes]
    is_whole = len(shape.points) == len(index.fields)
    return [_keys_from(prefix, is_whole=is_whole) for prefix in prefixes]


def _keys_from(prefix: bytes, *, is_whole: bool) -> KeyRange:
    """Return the range of the keys that begin so, or of the one that is already whole."""
    if is_whole:
        return KeyRange(prefix, None)
    return KeyRange(prefix, key_after(prefix) if prefix else LAST_KEY)


def _bounds(shape: _Shape, each: IndexField) -> tuple[bytes, bytes]:
    """Return the first key within the comparisons on a field and the first beyond them."""
    fold = shape.index.fold
    is_array = shape.index.may_be_array(len(shape.points))
    low: bytes | None = None
    high: bytes | None = None
    tag = b""
    for operator, value in shape.comparisons:
        key = encode_key(value, fold)
        tag = key[:1]
        key = each.oriented(key)
        is_lower = (operator in ("$gt", "$gte")) != each.is_descending
        # Just behind the key, for "greater than" it and for "up to and with" it.
        limit = key_after(key) if is_lower == (operator in ("$gt", "$lt")) else key
        if is_lower:
            low = limit if low is None else max(low, limit)
        else:
            high = limit if high is None else min(high, limit)
    if is_array and not shape.is_of_one_element and low is not None and high is not None:
        # One element of an array may meet the one comparison and another the other.
        high = None
    first, last = _type_bounds(tag, each)
    return first if low is None else low, last if high is None else high


def _type_bounds(tag: bytes, each: IndexField) -> tuple[bytes, bytes]:
    """Return the bounds of all values of a type: comparisons do not go beyond it."""
    tag = each.oriented(tag)
    low, high = tag, key_after(tag)
    if tag == each.oriented(_NUMBER_TAG):
        if each.is_descending:
            high = each.oriented(_NAN)
        else:
            low = key_after(_NAN)
    return low, high


def _is_exact(shape: _Shape, conditions: Conditions) -> bool:
    """True if the keys alone decide, so that documents need not be looked at."""
    if not conditions.is_complete or not conditions.are_plain or _may_repeat(shape):
        return False
    fields = shape.index.fields
    fixed = len(shape.points)
    answered = 0
    for place, each in enumerate(fields[: fixed + bool(shape.comparisons)]):
        known = conditions.by_path[each.path]
        if place < fixed:
            if len(known) != 1:
                return False
        elif not _are_one_range(known):
            return False
        answered += 1
    return answered == len(conditions.by_path)


def _may_repeat(shape: _Shape) -> bool:
    """True if a document may have several of the keys: one with an array that is not fixed."""
    index = shape.index
    return index.is_multikey and any(
        index.may_be_array(place) and (place >= len(shape.points) or len(shape.points[place]) != 1)
        for place in range(len(index.fields))
    )


def _are_one_range(known: Sequence[Condition]) -> bool:
    kinds = {type_order(value) for _, value in known}
    return len(kinds) == 1 and all(operator in RANGE_OPERATORS for operator, _ in known)
