"""What a filter is compiled with, and the shapes of what it is compiled to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from pocketmongo.collation import Fold
from pocketmongo.text import TextIndex
from pocketmongo.values import Document

DocumentTest = Callable[[Document], bool]
# Is asked of all values found at a path, arrays whole.
Predicate = Callable[[Sequence[Any]], bool]


class Scope(NamedTuple):
    """The collation, the variables (`let`) and the text index of an operation."""

    fold: Fold | None = None
    variables: Mapping[str, Any] = MappingProxyType({})
    text: TextIndex | None = None


class QueryCompiler(Protocol):
    """What operators that hold other conditions need of the compiler."""

    @property
    def scope(self) -> Scope:
        """What the whole filter is compiled with."""

    def filter(self, query: Any) -> DocumentTest:
        """Compile a filter for a document inside the document."""

    def condition(self, condition: Document) -> Predicate:
        """Compile the operators on one field."""


# Operand, the whole condition it stands in, compiler.
OperatorBuilder = Callable[[Any, Document, QueryCompiler], Predicate]
