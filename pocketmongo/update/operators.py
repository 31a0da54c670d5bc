"""The one table of update operators.

https://www.mongodb.com/docs/manual/reference/operator/update/
"""

from __future__ import annotations

from pocketmongo.update.arrays import ARRAY_OPERATORS
from pocketmongo.update.fields import FIELD_OPERATORS
from pocketmongo.update.shapes import OperatorBuilder

# Moves a field instead of changing its value; `changes` carries it out.
RENAME = "$rename"
SET, SET_ON_INSERT = "$set", "$setOnInsert"

UPDATE_OPERATORS: dict[str, OperatorBuilder] = {**FIELD_OPERATORS, **ARRAY_OPERATORS}
