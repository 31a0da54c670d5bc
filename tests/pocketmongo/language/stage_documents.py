"""What the examples of stages are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.pocketmongo.language.examples import day
from tests.pocketmongo.language.values import Document


class Example(NamedTuple):
    says: str
    pipeline: list[Any]
    documents: list[Document]
    expected: list[Document]


def numbered(*values: Any) -> list[Document]:
    return [{"_id": number, "v": value} for number, value in enumerate(values, start=1)]


EVENTS: list[Document] = [
    {"_id": 1, "camp": "A", "type": "sent", "v": 1, "tags": ["x", "y"], "at": day(2026, 1, 1)},
    {"_id": 2, "camp": "A", "type": "open", "v": 2, "tags": [], "at": day(2026, 1, 2)},
    {"_id": 3, "camp": "B", "type": "sent", "v": 5, "at": day(2026, 1, 4)},
]

# What the other collection `foreign` holds.
FOREIGN: list[Document] = [
    {"_id": "A", "owner": "ann", "parent": None},
    {"_id": "B", "owner": "bob", "parent": "A"},
    {"_id": "C", "owner": "cid", "parent": "B"},
]

UP_TO_HERE = {"documents": ["unbounded", "current"]}
