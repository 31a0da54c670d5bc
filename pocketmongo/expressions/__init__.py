"""Aggregation expressions, compiled to functions of a document and its variables.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

from pocketmongo.expressions.compiler import compile_expression, evaluate_let
from pocketmongo.expressions.fields import field_reader
from pocketmongo.expressions.shapes import Expression, Variables

__all__ = ["Expression", "Variables", "compile_expression", "evaluate_let", "field_reader"]
