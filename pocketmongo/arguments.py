"""Reading a command's fields, each with the type MongoDB asks of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pocketmongo.bson_types import type_name
from pocketmongo.collation import folding
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.sorting import parse_sort
from pocketmongo.values import Document, is_number, is_true, plain_number

MISSING_FIELD, UNKNOWN_FIELD = 40414, 40415
# What every command may carry: https://www.mongodb.com/docs/manual/reference/command/
GENERIC_FIELDS = frozenset(
    {
        "$clusterTime",
        "$db",
        "$readPreference",
        "apiDeprecationErrors",
        "apiStrict",
        "apiVersion",
        "autocommit",
        "comment",
        "lsid",
        "maxTimeMS",
        "readConcern",
        "startTransaction",
        "txnNumber",
        "writeConcern",
    }
)


class Arguments:
    """The fields of a command or of one of its statements."""

    def __init__(self, command: str, fields: Mapping[str, Any]) -> None:
        self.command = command
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def value(self, name: str, default: Any = None) -> Any:
        """Return a field as it is."""
        found = self._fields.get(name)
        return default if found is None else found

    def required(self, name: str) -> Any:
        """Return a field that must be there."""
        found = self._fields.get(name)
        if found is None:
            raise ServerError(
                MISSING_FIELD,
                f"BSON field '{self.command}.{name}' is missing but a required field",
            )
        return found

    def text(self, name: str) -> str:
        """Return a required string."""
        found = self.required(name)
        if not isinstance(found, str):
            raise self._wrong_type(name, found, "string")
        return found

    def document(self, name: str) -> Document:
        """Return a document, an empty one if the field is missing."""
        found = self._fields.get(name)
        if found is None:
            return {}
        if type(found) is not dict:
            raise self._wrong_type(name, found, "object")
        return found

    def documents(self, name: str) -> list[Document]:
        """Return a required list of documents."""
        found = self.required(name)
        if type(found) is not list or any(type(each) is not dict for each in found):
            raise self._wrong_type(name, found, "array")
        return found

    def integer(self, name: str, default: int = 0, *, least: int | None = 0) -> int:
        """Return a whole number, given in any numeric type."""
        found = self._fields.get(name)
        if found is None:
            return default
        if type(found) is int and (least is None or found >= least):
            return found
        if not is_number(found):
            raise self._wrong_type(name, found, "long")
        number = plain_number(found)
        if number != number or (isinstance(number, float) and abs(number) > 2**63):
            raise ServerError(ErrorCode.BadValue, f"'{name}' must be a whole number")
        if least is not None and number < least:
            raise ServerError(
                ErrorCode.BadValue, f"BSON field '{name}' value must be >= {least}, got {number}"
            )
        return int(number)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a truth value."""
        found = self._fields.get(name)
        return default if found is None else is_true(found)

    def sort(self, name: str = "sort") -> list[tuple[str, Any]]:
        """Return the fields and directions of a sort, none if the field is missing."""
        found = self._fields.get(name)
        if not found:
            return []
        if type(found) is dict and next(iter(found)) == "$natural":
            return [("$natural", -1 if found["$natural"] == -1 else 1)]
        return parse_sort(found)

    def collation(self) -> Document | None:
        """Return the collation, checked, None if there is none."""
        if not self._fields.get("collation"):
            return None
        found = self.document("collation")
        folding(found)
        return found

    def refuse(self, names: Collection[str]) -> None:
        """Raise ServerError for options that would change the result and are not supported."""
        for name in self._fields:
            if name in names and self._fields[name] not in (None, False, {}):
                raise unsupported(f"the option '{name}' of {self.command}")

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """Raise ServerError if there is a field this command does not have."""
        if not self._fields.keys() <= known:
            name = next(name for name in self._fields if name not in known)
            raise ServerError(
                UNKNOWN_FIELD, f"BSON field '{self.command}.{name}' is an unknown field."
            )

    def _wrong_type(self, name: str, found: Any, wanted: str) -> ServerError:
        return ServerError(
            ErrorCode.TypeMismatch,
            f"BSON field '{self.command}.{name}' is the wrong type '{type_name(found)}', "
            f"expected type '{wanted}'",
        )
