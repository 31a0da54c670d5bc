"""The document that every example of an expression is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from bson import Decimal128, Int64, ObjectId, Timestamp

from tests.pocketmongo.language.values import Document


def day(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 (BSON dates are naive UTC)


AT = day(2026, 1, 31, 23, 30, 15, 250_000)
ANN = ObjectId("65f000000000000000000001")

DOCUMENT: Document = {
    "_id": 1,
    "n": 7,
    "half": 2.5,
    "long": Int64(5),
    "money": Decimal128("19.90"),
    "name": "Ann",
    "empty": "",
    "nothing": None,
    "is_on": True,
    "at": AT,
    "by": ANN,
    "stamp": Timestamp(100, 3),
    "list": [3, 1, 2],
    "people": [{"name": "Ann", "age": 30}, {"name": "Bob", "age": 20}],
    "inner": {"x": 1, "y": {"z": 2}},
    "data": b"abc",
}


class Example(NamedTuple):
    says: str
    expression: Any
    expected: Any
