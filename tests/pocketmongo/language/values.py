"""Hypothesis strategies for BSON values, documents, filters and updates.

Small alphabets on purpose: two random values should often be equal, and a random path
should often lead somewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from hypothesis import strategies as st

Document = dict[str, Any]

NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001 (BSON dates are naive UTC)
OBJECT_IDS = [ObjectId(f"{number:024x}") for number in range(4)]
NAMES = ["a", "b", "c"]
PATHS = ["a", "b", "c", "a.b", "b.c", "a.0", "a.b.c", "c.a"]

numbers = st.one_of(
    st.integers(-3, 5),
    st.integers(-3, 5).map(Int64),
    st.sampled_from([0.5, 1.0, -1.5, 2.0, float("nan"), float("inf")]),
    st.sampled_from([Decimal128("1"), Decimal128("2.5"), Decimal128("NaN")]),
)
plain_scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.sampled_from(["", "a", "b", "A", "é", "ab"]),
    st.integers(0, 3).map(lambda hours: NEW_YEAR + timedelta(hours=hours)),
    st.sampled_from(OBJECT_IDS),
)
scalars = st.one_of(
    plain_scalars,
    st.sampled_from(
        [b"", b"x", b"yy", Timestamp(1, 1), Timestamp(1, 2), MinKey(), MaxKey(), Regex("a", "i")]
    ),
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    )


values = st.recursive(scalars, _containers, max_leaves=6)
plain_values = st.recursive(plain_scalars, _containers, max_leaves=6)
documents: st.SearchStrategy[Document] = st.dictionaries(
    st.sampled_from(NAMES), plain_values, max_size=3
)
paths = st.sampled_from(PATHS)

# So few that conditions often meet the very value they ask about.
few_scalars = st.integers(0, 5).flatmap(
    lambda dice: st.sampled_from([0, 1, 2, 1.0, "a", None, True]) if dice else plain_scalars
)
few_values = st.one_of(
    few_scalars,
    st.lists(st.integers(0, 2), min_size=2, max_size=3),
    st.recursive(few_scalars, _containers, max_leaves=4),
)
few_documents: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {"a": few_values}, optional={"b": few_values, "c": few_values}
)
