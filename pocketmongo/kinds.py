"""One thing for each type of BSON, found by the Python types that stand for it.

https://www.mongodb.com/docs/manual/reference/bson-types/
"""

from __future__ import annotations

import datetime
import re
from typing import Any, Generic, TypeVar

from bson import Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.datetime_ms import DatetimeMS

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.values import Missing

Thing = TypeVar("Thing")


class Kinds(Generic[Thing]):
    """The things by type: `by_type` knows the types that values mostly have."""

    def __init__(
        self,
        *,
        null: Thing,
        boolean: Thing,
        integer: Thing,
        double: Thing,
        decimal: Thing,
        string: Thing,
        document: Thing,
        array: Thing,
        binary: Thing,
        object_id: Thing,
        date: Thing,
        timestamp: Thing,
        regex: Thing,
        code: Thing,
        reference: Thing,
        min_key: Thing,
        max_key: Thing,
    ) -> None:
        self.by_type: dict[type, Thing] = {
            type(None): null,
            Missing: null,
            bool: boolean,
            int: integer,
            Int64: integer,
            float: double,
            Decimal128: decimal,
            str: string,
            dict: document,
            list: array,
            tuple: array,
            bytes: binary,
            Binary: binary,
            ObjectId: object_id,
            datetime.datetime: date,
            DatetimeMS: date,
            Timestamp: timestamp,
            Regex: regex,
            re.Pattern: regex,
            Code: code,
            DBRef: reference,
            MinKey: min_key,
            MaxKey: max_key,
        }
        # In this order: Code is a str and must not be taken for one.
        self._parents: tuple[tuple[type, Thing], ...] = (
            (dict, document),
            (list, array),
            (bytes, binary),
            (Code, code),
            (str, string),
            (int, integer),
            (float, double),
            (datetime.datetime, date),
        )

    def of_subclass(self, value: Any) -> Thing:
        """Return the thing for a value whose own type is in no table. Raises ServerError."""
        for parent, thing in self._parents:
            if isinstance(value, parent):
                return thing
        raise ServerError(ErrorCode.BadValue, f"unsupported BSON type {type(value).__name__}")
