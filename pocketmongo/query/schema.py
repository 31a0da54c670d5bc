"""`$jsonSchema`: draft 4 with MongoDB's `bsonType`.

https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from pocketmongo.bson_types import NUMBER_CODES, TYPE_CODES, type_code, type_codes
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.numerics import to_decimal
from pocketmongo.order import order_key
from pocketmongo.regexes import compile_regex
from pocketmongo.values import as_integer, is_number, plain_number

Check = Callable[[Any], bool]
# The keyword's value and the whole schema it stands in.
_Builder = Callable[[Any, Mapping[str, Any]], Check]

_JSON_TYPES = {
    "object": frozenset({TYPE_CODES["object"]}),
    "array": frozenset({TYPE_CODES["array"]}),
    "string": frozenset({TYPE_CODES["string"]}),
    "boolean": frozenset({TYPE_CODES["bool"]}),
    "null": frozenset({TYPE_CODES["null"]}),
    "number": NUMBER_CODES,
}


def compile_schema(schema: Any) -> Check:
    """Return the test that says whether a value satisfies the schema."""
    if type(schema) is not dict:
        raise ServerError(ErrorCode.TypeMismatch, "$jsonSchema must be an object")
    if "type" in schema and "bsonType" in schema:
        raise _invalid("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'")
    checks = []
    for keyword, value in schema.items():
        build = SCHEMA_KEYWORDS.get(keyword)
        if build is None:
            raise _invalid(f"Unknown $jsonSchema keyword: {keyword}")
        checks.append(build(value, schema))
    return lambda value: all(check(value) for check in checks)


def _invalid(message: str) -> ServerError:
    return ServerError(ErrorCode.FailedToParse, message)


def _named_schemas(schemas: Any, keyword: str) -> dict[str, Check]:
    if type(schemas) is not dict:
        raise _mismatch(f"$jsonSchema keyword '{keyword}' must be an object")
    return {name: compile_schema(schema) for name, schema in schemas.items()}


def _listed_schemas(schemas: Any) -> list[Check]:
    if type(schemas) is not list or not schemas:
        raise _mismatch("$jsonSchema needs an array of schemas here")
    return [compile_schema(schema) for schema in schemas]


def _number(value: Any, keyword: str) -> Any:
    if not is_number(value):
        raise _mismatch(f"$jsonSchema keyword '{keyword}' must be a number")
    return plain_number(value)


def _names(value: Any, keyword: str) -> list[str]:
    is_list = type(value) is list and bool(value)
    if not is_list or not all(isinstance(name, str) for name in value):
        raise _mismatch(f"$jsonSchema keyword '{keyword}' must be an array of strings")
    return list(value)


def _mismatch(message: str) -> ServerError:
    return ServerError(ErrorCode.TypeMismatch, message)


def _bson_type(names: Any, _schema: Mapping[str, Any]) -> Check:
    codes = type_codes(names)
    return lambda value: type_code(value) in codes


def _json_type(names: Any, _schema: Mapping[str, Any]) -> Check:
    wanted = _names(names if isinstance(names, list) else [names], "type")
    unknown = [name for name in wanted if name not in _JSON_TYPES]
    if unknown:
        raise _invalid(f"$jsonSchema type '{unknown[0]}' is not supported")
    codes = frozenset().union(*(_JSON_TYPES[name] for name in wanted))
    return lambda value: type_code(value) in codes


def _enum(choices: Any, _schema: Mapping[str, Any]) -> Check:
    if type(choices) is not list or not choices:
        raise _mismatch("$jsonSchema keyword 'enum' must be an array with at least one value")
    keys = {order_key(choice) for choice in choices}
    return lambda value: order_key(value) in keys


def _minimum(limit: Any, schema: Mapping[str, Any]) -> Check:
    bound, is_exclusive = _number(limit, "minimum"), bool(schema.get("exclusiveMinimum"))
    return _for_numbers(lambda number: number > bound or (number == bound and not is_exclusive))


def _maximum(limit: Any, schema: Mapping[str, Any]) -> Check:
    bound, is_exclusive = _number(limit, "maximum"), bool(schema.get("exclusiveMaximum"))
    return _for_numbers(lambda number: number < bound or (number == bound and not is_exclusive))


def _multiple_of(divisor: Any, _schema: Mapping[str, Any]) -> Check:
    if not _number(divisor, "multipleOf") > 0 or not math.isfinite(plain_number(divisor)):
        raise _invalid("$jsonSchema keyword 'multipleOf' must have a positive value")
    exact = to_decimal(divisor)
    return lambda value: (
        not is_number(value)
        or (math.isfinite(plain_number(value)) and to_decimal(value) % exact == 0)
    )


def _for_numbers(check: Check) -> Check:
    return lambda value: not is_number(value) or check(plain_number(value))


def _exclusive(_value: Any, schema: Mapping[str, Any]) -> Check:
    if "exclusiveMinimum" in schema and "minimum" not in schema:
        raise _invalid("$jsonSchema keyword 'minimum' must be present with 'exclusiveMinimum'")
    if "exclusiveMaximum" in schema and "maximum" not in schema:
        raise _invalid("$jsonSchema keyword 'maximum' must be present with 'exclusiveMaximum'")
    return _anything


def _anything(_value: Any) -> bool:
    return True


def _annotation(_value: Any, _schema: Mapping[str, Any]) -> Check:
    return _anything


def _sized(kind: type[Any], compare: Callable[[int, int], bool]) -> _Builder:
    def build(limit: Any, _schema: Mapping[str, Any]) -> Check:
        bound = as_integer(limit)
        if bound is None or bound < 0:
            raise _invalid("a size in $jsonSchema must be a whole number from 0")
        return lambda value: type(value) is not kind or compare(_length(value), bound)

    return build


def _length(value: Any) -> int:
    return len(value)


def _at_least(size: int, bound: int) -> bool:
    return size >= bound


def _at_most(size: int, bound: int) -> bool:
    return size <= bound


def _pattern(pattern: Any, _schema: Mapping[str, Any]) -> Check:
    search = compile_regex(pattern).search
    return lambda value: type(value) is not str or search(value) is not None


def _required(names: Any, _schema: Mapping[str, Any]) -> Check:
    wanted = _names(names, "required")
    return lambda value: type(value) is not dict or all(name in value for name in wanted)


def _properties(schemas: Any, _schema: Mapping[str, Any]) -> Check:
    checks = _named_schemas(schemas, "properties")
    return lambda value: (
        type(value) is not dict
        or all(check(value[name]) for name, check in checks.items() if name in value)
    )


def _pattern_properties(schemas: Any, _schema: Mapping[str, Any]) -> Check:
    named = _named_schemas(schemas, "patternProperties")
    checks = [(compile_regex(name), check) for name, check in named.items()]
    return lambda value: (
        type(value) is not dict
        or all(
            check(item)
            for name, item in value.items()
            for pattern, check in checks
            if pattern.search(name)
        )
    )


def _additional_properties(rule: Any, schema: Mapping[str, Any]) -> Check:
    known = set(_named_schemas(schema.get("properties", {}), "properties"))
    named = _named_schemas(schema.get("patternProperties", {}), "patternProperties")
    patterns = [compile_regex(name) for name in named]
    check = _rule(rule)

    def is_additional(name: str) -> bool:
        return name not in known and not _any_match(patterns, name)

    return lambda value: (
        type(value) is not dict
        or all(check(item) for name, item in value.items() if is_additional(name))
    )


def _any_match(patterns: list[re.Pattern[str]], name: str) -> bool:
    return any(pattern.search(name) for pattern in patterns)


def _rule(rule: Any) -> Check:
    """Return the check for what no keyword names: allowed, forbidden, or of a schema."""
    if isinstance(rule, bool):
        return lambda _value: rule
    return compile_schema(rule)


def _dependencies(rules: Any, _schema: Mapping[str, Any]) -> Check:
    if type(rules) is not dict:
        raise _mismatch("$jsonSchema keyword 'dependencies' must be an object")
    checks = {
        name: _required(rule, {}) if isinstance(rule, list) else compile_schema(rule)
        for name, rule in rules.items()
    }
    return lambda value: (
        type(value) is not dict
        or all(check(value) for name, check in checks.items() if name in value)
    )


def _items(schemas: Any, schema: Mapping[str, Any]) -> Check:
    if not isinstance(schemas, list):
        check = compile_schema(schemas)
        return lambda value: type(value) is not list or all(map(check, value))
    checks = _listed_schemas(schemas)
    beyond = _rule(schema.get("additionalItems", True))
    return lambda value: (
        type(value) is not list
        or (
            all(check(item) for check, item in zip(checks, value, strict=False))
            and all(map(beyond, value[len(checks) :]))
        )
    )


def _unique_items(is_wanted: Any, _schema: Mapping[str, Any]) -> Check:
    if not is_wanted:
        return _anything
    return lambda value: (
        type(value) is not list or len({order_key(item) for item in value}) == len(value)
    )


def _all_of(schemas: Any, _schema: Mapping[str, Any]) -> Check:
    checks = _listed_schemas(schemas)
    return lambda value: all(check(value) for check in checks)


def _any_of(schemas: Any, _schema: Mapping[str, Any]) -> Check:
    checks = _listed_schemas(schemas)
    return lambda value: any(check(value) for check in checks)


def _one_of(schemas: Any, _schema: Mapping[str, Any]) -> Check:
    checks = _listed_schemas(schemas)
    return lambda value: sum(check(value) for check in checks) == 1


def _not(schema: Any, _schema: Mapping[str, Any]) -> Check:
    check = compile_schema(schema)
    return lambda value: not check(value)


# The one table of schema keywords. `additionalItems` is read together with `items`.
SCHEMA_KEYWORDS: dict[str, _Builder] = {
    "bsonType": _bson_type,
    "type": _json_type,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _exclusive,
    "exclusiveMaximum": _exclusive,
    "multipleOf": _multiple_of,
    "minLength": _sized(str, _at_least),
    "maxLength": _sized(str, _at_most),
    "pattern": _pattern,
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "minProperties": _sized(dict, _at_least),
    "maxProperties": _sized(dict, _at_most),
    "dependencies": _dependencies,
    "items": _items,
    "additionalItems": _annotation,
    "minItems": _sized(list, _at_least),
    "maxItems": _sized(list, _at_most),
    "uniqueItems": _unique_items,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "title": _annotation,
    "description": _annotation,
}
