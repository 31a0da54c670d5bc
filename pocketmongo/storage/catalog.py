"""Which collections and indexes there are: values that never change.

A write that creates or drops something makes a new catalog and publishes it when it commits,
so that nobody sees a collection before its transaction is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pocketmongo.storage.indexes import TEXT, Index, id_index
from pocketmongo.values import Document

if TYPE_CHECKING:
    from pocketmongo.text import TextIndex

MAX_DATABASE_NAME = 63  # bytes


@dataclass(frozen=True)
class Collection:
    """One collection (or view) as it is at a moment."""

    collection_id: int
    database: str
    name: str
    options: Document
    indexes: Mapping[str, Index] = field(default_factory=dict)

    @cached_property
    def namespace(self) -> str:
        """Its full name, `database.collection`."""
        return f"{self.database}.{self.name}"

    @cached_property
    def table(self) -> str:
        """The SQLite table of its documents: (row, id_key, body)."""
        return f"documents_{self.collection_id}"

    @cached_property
    def id_index(self) -> Index:
        """The index on `_id`, which every collection has."""
        return id_index(self.collation)

    @cached_property
    def is_view(self) -> bool:
        """True if it has no documents of its own."""
        return "viewOn" in self.options

    @cached_property
    def is_capped(self) -> bool:
        """True if old documents leave when it is full."""
        return bool(self.options.get("capped"))

    @cached_property
    def has_partial_indexes(self) -> bool:
        """True if an index leaves out documents that do not meet its filter."""
        return any(index.partial_filter for index in self.indexes.values())

    @cached_property
    def plans(self) -> dict[Any, Any]:
        """What the planner remembers of what this collection was asked."""
        return {}

    @cached_property
    def keeps_images(self) -> bool:
        """True if change streams may ask for documents as they were before a change."""
        images = self.options.get("changeStreamPreAndPostImages")
        return bool(images and images.get("enabled"))

    @cached_property
    def collation(self) -> Document | None:
        """The collation of queries that name none."""
        return self.options.get("collation")

    @cached_property
    def text_index(self) -> TextIndex | None:
        """What $text searches, None without a text index."""
        fields = [
            path
            for index in self.indexes.values()
            if index.kind == TEXT
            for path, kind in index.key_pattern
            if kind == TEXT
        ]
        if not fields:
            return None
        from pocketmongo.text import TextIndex  # only few collections need it

        return TextIndex(fields)

    @cached_property
    def validator(self) -> Callable[[Document], bool] | None:
        """The test a written document must pass, None if there is none to enforce."""
        rule = self.options.get("validator")
        is_enforced = (
            self.options.get("validationAction", "error") == "error"
            and self.options.get("validationLevel", "strict") != "off"
        )
        if not rule or not is_enforced:
            return None
        from pocketmongo.query import Scope, compile_filter  # only few collections need it

        return compile_filter(rule, Scope())


class Catalog:
    """All collections at one moment."""

    def __init__(self, collections: Mapping[tuple[str, str], Collection]) -> None:
        self._collections = collections

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._collections.values())

    def find(self, database: str, name: str) -> Collection | None:
        """Return the collection of that name, None if there is none."""
        return self._collections.get((database, name))

    def of(self, database: str) -> list[Collection]:
        """Return a database's collections by name."""
        found = (each for each in self if each.database == database)
        return sorted(found, key=lambda each: each.name)

    def databases(self) -> list[str]:
        """Return the names of the databases that have a collection."""
        return sorted({each.database for each in self})

    def including(self, collection: Collection) -> Catalog:
        """Return this catalog with a collection added or replaced."""
        key = (collection.database, collection.name)
        return Catalog({**self._collections, key: collection})

    def without(self, collection: Collection) -> Catalog:
        """Return this catalog with a collection removed."""
        gone = (collection.database, collection.name)
        return Catalog({key: each for key, each in self._collections.items() if key != gone})
