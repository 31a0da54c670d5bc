"""An index: which keys a document has in it.

https://www.mongodb.com/docs/manual/indexes/ and, for arrays,
https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pocketmongo.collation import Fold, folding
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.keys import encode_key, inverted
from pocketmongo.paths import index_values
from pocketmongo.storage.encoded import EncodedFields
from pocketmongo.values import MISSING, Document

ID_INDEX_NAME = "_id_"
TEXT = "text"
HASHED = "hashed"
# Kept and listed, but holding no entries: the planner never chooses them.
_WITHOUT_ENTRIES = frozenset({TEXT, "2dsphere", "2d", "2dsphere_bucket"})
# Documents and arrays of one index entry: what is left of a path, None when it is at its end.
_Column = tuple[Any, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class IndexField:
    """One field of an index key."""

    path: str
    parts: tuple[str, ...]
    is_descending: bool

    def oriented(self, key: bytes) -> bytes:
        """Return a value's key as it stands in this field."""
        return inverted(key) if self.is_descending else key


class Index:
    """One index of a collection. Everything but the arrays it met stays as it was created."""

    def __init__(
        self,
        index_id: int,
        specification: Document,
        *,
        is_multikey: bool = False,
        array_places: int = 0,
    ) -> None:
        self.index_id = index_id
        self.specification = specification
        self.name: str = specification["name"]
        self.key_pattern: list[tuple[str, Any]] = list(specification["key"].items())
        self.is_unique = bool(specification.get("unique"))
        self.is_sparse = bool(specification.get("sparse"))
        self.is_hidden = bool(specification.get("hidden"))
        self.is_multikey = is_multikey
        # A bit for each field in which an array was met, 0 where that is not known.
        self.array_places = array_places
        self.saved_marks = self.array_marks
        self.collation: Document | None = specification.get("collation")
        self.fold: Fold | None = folding(self.collation)
        self.partial_filter: Document | None = specification.get("partialFilterExpression")
        self._is_covered = self._compile_partial_filter()
        self.fields = [_field(path, direction) for path, direction in self.key_pattern]
        self._plain_paths = _plain_paths(self.fields) if self.has_entries else None
        self._descending = [n for n, each in enumerate(self.fields) if each.is_descending]
        # What of a document decides its keys; None if that is not known by name.
        self.top_fields: frozenset[str] | None = (
            None if self.partial_filter else frozenset(each.parts[0] for each in self.fields)
        )

    def _compile_partial_filter(self) -> Callable[[Document], bool] | None:
        if not self.partial_filter:
            return None
        from pocketmongo.query import Scope, compile_filter  # only few indexes need it

        return compile_filter(self.partial_filter, Scope(fold=self.fold))

    @property
    def array_marks(self) -> int:
        """What is kept on disk: 0 without arrays, 1 with arrays anywhere, else where doubled."""
        return (self.array_places << 1 or 1) if self.is_multikey else 0

    def may_be_array(self, place: int) -> bool:
        """True if a document may have an array in the field at this place.

        https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/
        """
        return self.is_multikey and (not self.array_places or bool(self.array_places >> place & 1))

    @cached_property
    def table(self) -> str:
        """The SQLite table of its entries: (key, row)."""
        return f"entries_{self.index_id}"

    @cached_property
    def kind(self) -> str | None:
        """What kind of index it is, None for an ordinary one."""
        return next((kind for _, kind in self.key_pattern if isinstance(kind, str)), None)

    @cached_property
    def has_entries(self) -> bool:
        """False for kinds that are accepted and listed, but not searched."""
        is_wildcard = any("$**" in path for path, _ in self.key_pattern)
        return self.kind not in _WITHOUT_ENTRIES and not is_wildcard

    def keys_of(self, document: Document, encoded: EncodedFields | None = None) -> Sequence[bytes]:
        """Return the document's keys, none if the index leaves it out.

        `encoded` remembers the keys of a document's values from one index to the next. Raises
        ServerError if two of the fields lead through different arrays.
        """
        if self._is_covered is not None and not self._is_covered(document):
            return ()
        if self._plain_paths is not None:
            if encoded is None or self.fold is not None:
                encoded = EncodedFields(document, self.fold)
            keys = self._plain_keys(document, self._plain_paths, encoded)
            if keys is not None:
                return keys
        if not self.has_entries:
            return ()
        return self._general_keys(document)

    def _plain_keys(
        self, document: Document, paths: Sequence[str], encoded: EncodedFields
    ) -> Sequence[bytes] | None:
        """Return the keys of a document with at most one array, of texts; else None."""
        keys = [encoded[path] for path in paths]
        for place in self._descending:
            keys[place] = inverted(keys[place])
        if encoded.arrays:
            places = [n for n, path in enumerate(paths) if path in encoded.arrays]
            if places:
                elements = encoded.arrays[paths[places[0]]]
                if elements is None or len(places) > 1:
                    return None
                return self._keys_of_array(elements, places[0], keys)
        if self.is_sparse and all(path not in document for path in paths):
            return ()
        return (keys[0] if len(keys) == 1 else b"".join(keys),)

    def _keys_of_array(
        self, elements: list[bytes], place: int, keys: list[bytes]
    ) -> Sequence[bytes]:
        self._met_arrays(1 << place)
        before, after = b"".join(keys[:place]), b"".join(keys[place + 1 :])
        if self.fields[place].is_descending:
            elements = [inverted(each) for each in elements]
        found = [before + each + after for each in elements]
        return found if len(found) == 1 else list(dict.fromkeys(found))

    def _met_arrays(self, places: int) -> None:
        # Without a place known (a file of an earlier version) it may be all of them.
        if self.array_places or not self.is_multikey:
            self.array_places |= places
        self.is_multikey = True

    def _general_keys(self, document: Document) -> Sequence[bytes]:
        columns: list[_Column] = [(document, field.parts) for field in self.fields]
        if len(columns) == 1:
            rows = [(value,) for value in index_values(document, self.fields[0].parts)]
            has_array = len(rows) != 1 or _leads_through_array(document, self.fields[0].parts)
        else:
            rows = _entries(columns)
            has_array = len(rows) != 1 or any(
                _leads_through_array(document, field.parts) for field in self.fields
            )
        if self.is_sparse and all(value is MISSING for row in rows for value in row):
            return ()
        if has_array:
            self._met_arrays(self._places_of_arrays(document))
        return list({self._key(row) for row in rows})

    def _places_of_arrays(self, document: Document) -> int:
        return sum(
            1 << place
            for place, field in enumerate(self.fields)
            if _leads_through_array(document, field.parts)
        )

    def _key(self, values: Sequence[Any]) -> bytes:
        fold = self.fold
        return b"".join(
            [
                field.oriented(encode_key(value, fold))
                for field, value in zip(self.fields, values, strict=True)
            ]
        )


def id_index(collation: Document | None) -> Index:
    """Return the index every collection has, whose entries are the documents' own rows."""
    specification: Document = {"key": {"_id": 1}, "name": ID_INDEX_NAME, "unique": True}
    if folding(collation) is not None:
        specification["collation"] = collation
    return Index(0, specification)


def _field(path: str, direction: Any) -> IndexField:
    is_descending = not isinstance(direction, str) and direction < 0
    return IndexField(path, tuple(path.split(".")), is_descending)


def _plain_paths(fields: Sequence[IndexField]) -> list[str] | None:
    """Return the names if all fields are a document's own, else None."""
    return [each.path for each in fields] if all(len(each.parts) == 1 for each in fields) else None


def _leads_through_array(document: Document, parts: tuple[str, ...]) -> bool:
    value: Any = document
    for part in parts:
        if type(value) is not dict:
            break
        value = value.get(part, MISSING)
    return type(value) is list


def _entries(columns: list[_Column]) -> list[tuple[Any, ...]]:
    """Return one row of values for each entry of a compound index.

    Fields inside the same array are taken element by element, so that
    {"a.x": 1, "a.y": 1} has an entry for each element of `a`, not for each pair of them.
    """
    walked = [_walk_documents(value, parts) for value, parts in columns]
    arrays = {
        id(value): value for value, parts in walked if parts is not None and type(value) is list
    }
    if not arrays:
        return [tuple(value for value, _ in walked)]
    if len(arrays) > 1:
        raise ServerError(ErrorCode.CannotIndexParallelArrays, "cannot index parallel arrays")
    array = next(iter(arrays.values()))
    if any(_names_a_position(value, parts) for value, parts in walked):
        return list(itertools.product(*(_values_of(value, parts) for value, parts in walked)))
    elements = _elements(array, walked)
    return [row for element in elements for row in _entries(_inside(walked, array, element))]


def _walk_documents(value: Any, parts: tuple[str, ...] | None) -> _Column:
    """Follow a path through documents until an array, its end, or nothing."""
    if parts is None:
        return value, None
    while parts and type(value) is dict:
        value, parts = value.get(parts[0], MISSING), parts[1:]
    if type(value) is list:
        return value, parts
    return (MISSING if parts else value), None


def _names_a_position(value: Any, parts: tuple[str, ...] | None) -> bool:
    return bool(parts) and type(value) is list and parts is not None and parts[0].isdigit()


def _values_of(value: Any, parts: tuple[str, ...] | None) -> list[Any]:
    return [value] if parts is None else list(index_values(value, parts))


def _elements(array: list[Any], walked: list[_Column]) -> list[Any]:
    is_whole_value_wanted = any(value is array and not parts for value, parts in walked)
    if is_whole_value_wanted:
        return array or [None]
    return [element for element in array if type(element) is dict] or [MISSING]


def _inside(walked: list[_Column], array: list[Any], element: Any) -> list[_Column]:
    columns: list[_Column] = []
    for value, parts in walked:
        if value is not array or parts is None:
            columns.append((value, None))
        elif not parts:
            columns.append((element, None))
        elif type(element) is dict:
            columns.append((element, parts))
        else:
            columns.append((MISSING, None))
    return columns
