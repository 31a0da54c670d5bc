"""Documents: merging, single fields, and documents as arrays.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#object-expression-operators
"""

from __future__ import annotations

from typing import Any

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ServerError
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
    checked,
    function_of,
    function_of_many,
)
from pocketmongo.values import MISSING, Document, is_nullish, none_if_missing

NOT_AN_OBJECT_TO_MERGE, NOT_AN_OBJECT_TO_LIST, NOT_AN_ARRAY_OF_PAIRS = 40400, 40390, 40386
BAD_PAIR, FIELD_NOT_A_NAME, NOT_AN_OBJECT_TO_CHANGE = 40392, 3041704, 4161105
FIELD_NOT_CONSTANT = 4161107


def merge(documents: list[Any]) -> Document:
    """Return one document with the fields of all; the later ones win, null adds nothing."""
    merged: Document = {}
    for document in documents:
        if not is_nullish(document):
            merged.update(checked(document, dict, "$mergeObjects", NOT_AN_OBJECT_TO_MERGE))
    return merged


def _object_to_array(value: Any) -> Any:
    if is_nullish(value):
        return None
    checked(value, dict, "$objectToArray", NOT_AN_OBJECT_TO_LIST)
    return [{"k": name, "v": item} for name, item in value.items()]


def _array_to_object(array: Any) -> Any:
    if is_nullish(array):
        return None
    checked(array, list, "$arrayToObject", NOT_AN_ARRAY_OF_PAIRS)
    return dict(_pair(element) for element in array)


def _pair(element: Any) -> tuple[str, Any]:
    if type(element) is dict and set(element) == {"k", "v"}:
        name, value = element["k"], element["v"]
    elif type(element) is list and len(element) == 2:
        name, value = element
    else:
        raise ServerError(
            BAD_PAIR, "$arrayToObject needs documents of k and v, or arrays of a name and a value"
        )
    return checked(name, str, "$arrayToObject", BAD_PAIR), value


def _get_field(specification: Any, compiler: ExpressionCompiler) -> Expression:
    if type(specification) is dict and "field" in specification:
        check_names("$getField", specification, ("field",), ("input",))
        name = compiler.compile(specification["field"])
        source = compiler.compile(specification.get("input", "$$CURRENT"))
    else:
        name, source = compiler.compile(specification), compiler.compile("$$CURRENT")

    def read(document: Any, variables: Variables) -> Any:
        field = checked(name(document, variables), str, "$getField", FIELD_NOT_A_NAME)
        value = source(document, variables)
        if type(value) is dict:
            return value.get(field, MISSING)
        return None if value is None else MISSING

    return read


def _set_field(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$setField", specification, ("field", "input", "value"))
    field = _constant_name("$setField", specification["field"])
    source = compiler.compile(specification["input"])
    new = compiler.compile(specification["value"])

    def changed(document: Any, variables: Variables) -> Any:
        return _with_field(source(document, variables), field, new(document, variables))

    return changed


def _unset_field(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$unsetField", specification, ("field", "input"))
    field = _constant_name("$unsetField", specification["field"])
    source = compiler.compile(specification["input"])
    return lambda document, variables: _with_field(source(document, variables), field, MISSING)


def _with_field(value: Any, field: str, new: Any) -> Any:
    if is_nullish(value):
        return None
    result = dict(checked(value, dict, "$setField", NOT_AN_OBJECT_TO_CHANGE))
    if new is MISSING:
        result.pop(field, None)
    else:
        result[field] = new
    return result


def _constant_name(name: str, field: Any) -> str:
    if type(field) is dict and set(field) <= {"$literal", "$const"}:
        field = next(iter(field.values()), None)
    elif isinstance(field, str) and field.startswith("$"):
        field = None
    if not isinstance(field, str):
        raise ServerError(FIELD_NOT_CONSTANT, f"{name} requires 'field' to be a constant string")
    return field


def _type(value: Any) -> str:
    return type_name(value)


def _merge_objects(values: list[Any]) -> Document:
    return merge([none_if_missing(value) for value in values])


OBJECTS: dict[str, Builder] = {
    "$mergeObjects": function_of_many("$mergeObjects", _merge_objects),
    "$objectToArray": function_of("$objectToArray", _object_to_array, 1),
    "$arrayToObject": function_of("$arrayToObject", _array_to_object, 1),
    "$getField": _get_field,
    "$setField": _set_field,
    "$unsetField": _unset_field,
    "$type": function_of("$type", _type, 1),
}
