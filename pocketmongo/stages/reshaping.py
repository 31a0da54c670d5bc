"""Changing each document: `$project`, `$addFields`, `$unset`, `$replaceRoot`, `$unwind`, `$redact`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/project/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bson import Int64

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ServerError
from pocketmongo.expressions import Expression
from pocketmongo.expressions.fields import check_field_path
from pocketmongo.paths import with_path
from pocketmongo.projection import EXPRESSION_IN_EXCLUSION, Plain, is_plain
from pocketmongo.shaping import Shape, flattened, shape_of
from pocketmongo.stages.context import Stage, StageBuilder, StageCompiler, check_options
from pocketmongo.values import MISSING, Document, is_nullish

EMPTY_PROJECT, NOT_A_SPECIFICATION, BAD_UNSET, NOT_A_DOCUMENT = 51272, 40272, 31002, 40228
NO_UNWIND_PATH, UNWIND_WITHOUT_DOLLAR, BAD_INDEX_FIELD, BAD_REDACT = 28812, 28818, 28822, 17053


def _project(specification: Any, compiler: StageCompiler) -> Stage:
    if type(specification) is not dict or not specification:
        raise ServerError(
            EMPTY_PROJECT,
            "Invalid $project :: caused by :: specification must have at least one field",
        )
    plain = Plain()
    for path, value in flattened(specification):
        if is_plain(value):
            plain.add(path, value)
        else:
            _add_computed(plain, path, compiler.context.expression(value))
    base, shape = plain.applied(), plain.shape
    if not shape.has_computed:
        return lambda documents: map(base, documents)
    variables = compiler.context.variables

    def project(document: Document) -> Document:
        return shape.compute_into(base(document), document, variables)

    return lambda documents: map(project, documents)


def _add_computed(plain: Plain, path: str, expression: Expression) -> None:
    if plain.is_inclusion is False:
        raise ServerError(
            EXPRESSION_IN_EXCLUSION,
            f"Invalid $project :: caused by :: Cannot use expression for field {path}"
            " in exclusion projection",
        )
    plain.settle(path, True)
    plain.shape.add(path, expression)


def _add_fields(specification: Any, compiler: StageCompiler) -> Stage:
    if type(specification) is not dict:
        raise ServerError(NOT_A_SPECIFICATION, "$addFields specification stage must be an object")
    shape, variables = Shape(), compiler.context.variables
    for path, value in flattened(specification):
        shape.add(path, compiler.context.expression(value))

    def add(document: Document) -> Document:
        return shape.add_computed(document, document, variables)

    return lambda documents: map(add, documents)


def _unset(specification: Any, _compiler: StageCompiler) -> Stage:
    paths = specification if type(specification) is list else [specification]
    if not paths or not all(isinstance(path, str) for path in paths):
        raise ServerError(BAD_UNSET, "$unset specification must be a string or an array of strings")
    for path in paths:
        check_field_path(path)
    shape = shape_of(paths)
    return lambda documents: map(shape.excluded, documents)


def _replace_root(specification: Any, compiler: StageCompiler) -> Stage:
    check_options("$replaceRoot", specification, ("newRoot",))
    return _replace_with(specification["newRoot"], compiler)


def _replace_with(specification: Any, compiler: StageCompiler) -> Stage:
    expression, variables = compiler.context.expression(specification), compiler.context.variables

    def replace(document: Document) -> Document:
        new = expression(document, variables)
        if type(new) is not dict:
            raise ServerError(
                NOT_A_DOCUMENT,
                "'newRoot' expression must evaluate to an object, but resulting value was of type"
                f" {type_name(new)}",
            )
        return new

    return lambda documents: map(replace, documents)


def _unwind(specification: Any, _compiler: StageCompiler) -> Stage:
    if isinstance(specification, str):
        specification = {"path": specification}
    check_options(
        "$unwind", specification, ("path",), ("includeArrayIndex", "preserveNullAndEmptyArrays")
    )
    path = _unwound_path(specification["path"])
    index = specification.get("includeArrayIndex")
    if index is not None and (not isinstance(index, str) or not index or index.startswith("$")):
        raise ServerError(BAD_INDEX_FIELD, "includeArrayIndex must be a field name without $")
    is_preserving = bool(specification.get("preserveNullAndEmptyArrays"))
    parts = path.split(".")

    def unwind(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            value = _exact(document, parts)
            if type(value) is list and value:
                for element in value:
                    yield with_path(document, path, element)
            elif type(value) is list:
                if is_preserving:
                    yield with_path(document, path, MISSING)
            elif is_preserving or not is_nullish(value):
                yield document

    def numbered(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            value = _exact(document, parts)
            has_elements = type(value) is list and bool(value)
            for position, unwound in enumerate(unwind([document])):
                place = Int64(position) if has_elements else None
                yield with_path(unwound, str(index), place)

    return unwind if index is None else numbered


def _unwound_path(path: Any) -> str:
    if not isinstance(path, str):
        raise ServerError(NO_UNWIND_PATH, "expected a string as the path for $unwind stage")
    if not path.startswith("$"):
        raise ServerError(
            UNWIND_WITHOUT_DOLLAR,
            f"path of $unwind should be prefixed with '$': {path}",
        )
    check_field_path(path[1:])
    return path[1:]


def _exact(value: Any, parts: list[str]) -> Any:
    for part in parts:
        value = value.get(part, MISSING) if type(value) is dict else MISSING
    return value


_KEEP, _PRUNE, _DESCEND = "keep", "prune", "descend"
_REDACTIONS = {"KEEP": _KEEP, "PRUNE": _PRUNE, "DESCEND": _DESCEND}


def _redact(specification: Any, compiler: StageCompiler) -> Stage:
    expression = compiler.context.expression(specification)
    variables = {**compiler.context.variables, **_REDACTIONS}

    def redact(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            result = _redacted(document, expression, {**variables, "ROOT": document})
            if result is not MISSING:
                yield result

    return redact


def _redacted(value: Any, expression: Expression, variables: Mapping[str, Any]) -> Any:
    """Return what is left of a document, of the documents of an array, or of a value."""
    if type(value) is list:
        inner = [_redacted(element, expression, variables) for element in value]
        return [element for element in inner if element is not MISSING]
    if type(value) is not dict:
        return value
    decision = expression(value, variables)
    if decision == _KEEP:
        return value
    if decision == _PRUNE:
        return MISSING
    if decision != _DESCEND:
        raise ServerError(BAD_REDACT, "$redact must evaluate to $$KEEP, $$PRUNE or $$DESCEND")
    inner_fields = {name: _redacted(item, expression, variables) for name, item in value.items()}
    return {name: item for name, item in inner_fields.items() if item is not MISSING}


RESHAPING: dict[str, StageBuilder] = {
    "$project": _project,
    "$addFields": _add_fields,
    "$set": _add_fields,
    "$unset": _unset,
    "$replaceRoot": _replace_root,
    "$replaceWith": _replace_with,
    "$unwind": _unwind,
    "$redact": _redact,
}
