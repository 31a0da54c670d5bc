"""The query language: filters compiled to functions of a document.

https://www.mongodb.com/docs/manual/reference/operator/query/
"""

from __future__ import annotations

from pocketmongo.query.compiler import compile_element_test, compile_filter
from pocketmongo.query.positional import matched_position
from pocketmongo.query.scope import DocumentTest, Predicate, Scope

__all__ = [
    "DocumentTest",
    "Predicate",
    "Scope",
    "compile_element_test",
    "compile_filter",
    "matched_position",
]
