"""What update operators are made of.

An operator on one field becomes a pure function from the field's present value to
the new one. MISSING means an absent field in both; UNCHANGED leaves it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pocketmongo.query import Scope


class Unchanged:
    """The decision not to write at all."""

    __slots__ = ()


UNCHANGED: Final = Unchanged()

Mutation = Callable[[Any], Any]


# Given the operator's argument for one field, the field's path (for messages) and the scope.
OperatorBuilder = Callable[[Any, str, Scope], Mutation]
