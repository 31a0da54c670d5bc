"""What a pipeline is compiled with: its variables, and the doors to the rest of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions import Expression, compile_expression
from pocketmongo.query import Scope
from pocketmongo.text import TextIndex
from pocketmongo.values import Document

Stage = Callable[[Iterable[Document]], Iterable[Document]]
Pipeline = Callable[[Iterable[Document]], Iterator[Document]]

UNRECOGNIZED_OPTION = 40415


def _cannot_run(_source: Any, _pipeline: Sequence[Any], _variables: Mapping[str, Any]) -> Any:
    raise unsupported("reading another collection in this place")


def _cannot_write(_name: str, _specification: Any, _documents: Iterable[Document]) -> Any:
    raise unsupported("writing to a collection in this place")


def _cannot_report(name: str, _specification: Any) -> Any:
    raise unsupported(f"the stage {name} in this place")


@dataclass(frozen=True, kw_only=True)
class PipelineContext:
    """Variables, collation and text index, and what only the server itself can do.

    `run` reads another collection of the database (a name, or `{db, coll}`) through a
    pipeline; `write` carries out `$out` and `$merge`; `statistics` answers the stages
    that report on the server.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    fold: Fold | None = None
    text: TextIndex | None = None
    run: Callable[[Any, Sequence[Any], Mapping[str, Any]], Iterable[Document]] = _cannot_run
    write: Callable[[str, Any, Iterable[Document]], Iterable[Document]] = _cannot_write
    statistics: Callable[[str, Any], Iterable[Document]] = _cannot_report

    @property
    def scope(self) -> Scope:
        """What filters inside the pipeline are compiled with."""
        return Scope(fold=self.fold, variables=self.variables, text=self.text)

    def expression(self, specification: Any) -> Expression:
        """Compile an expression under the pipeline's collation."""
        return compile_expression(specification, self.fold)


class StageCompiler(Protocol):
    """What stages that hold other pipelines need of the compiler."""

    @property
    def context(self) -> PipelineContext:
        """What the whole pipeline is compiled with."""

    def pipeline(self, pipeline: Any, variables: Mapping[str, Any] | None = None) -> Pipeline:
        """Compile a pipeline inside the pipeline, with other variables if given."""


StageBuilder = Callable[[Any, StageCompiler], Stage]


def check_options(
    name: str, specification: Any, required: Iterable[str], optional: Iterable[str] = ()
) -> None:
    """Raise ServerError unless a stage's options are a document of these."""
    if type(specification) is not dict:
        raise ServerError(UNRECOGNIZED_OPTION, f"the {name} specification must be an object")
    wanted = list(required)
    known = {*wanted, *optional}
    for option in specification:
        if option not in known:
            raise ServerError(UNRECOGNIZED_OPTION, f"unrecognized option to {name}: {option}")
    for option in wanted:
        if option not in specification:
            raise ServerError(UNRECOGNIZED_OPTION, f"missing option of {name}: {option}")


def text_option(specification: Document, option: str) -> str:
    """Return an option that has to be a non-empty string."""
    value = specification[option]
    if not isinstance(value, str) or not value:
        raise ServerError(ErrorCode.FailedToParse, f"'{option}' must be a string")
    return value


def document_option(specification: Document, option: str) -> Document:
    """Return an option that has to be a document; an empty one if it was not given."""
    value = specification.get(option, {})
    if type(value) is not dict:
        raise ServerError(ErrorCode.FailedToParse, f"'{option}' must be an object")
    return value


def names_option(specification: Document, option: str) -> list[str]:
    """Return an option that has to be a list of field names; none if it was not given."""
    value = specification.get(option, [])
    if type(value) is not list or not all(isinstance(name, str) for name in value):
        raise ServerError(ErrorCode.FailedToParse, f"'{option}' must be an array of strings")
    return value
