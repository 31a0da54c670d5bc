"""Whatever is asked, the answer is a value or MongoDB's error, never a crash.

Every example of the other tests is asked again with one part of it replaced by
something it was not made for.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from bson import Decimal128, Int64
from bson.datetime_ms import DatetimeMS
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketmongo.collation import folding
from pocketmongo.errors import ServerError
from pocketmongo.expressions import compile_expression
from pocketmongo.projection import compile_projection
from pocketmongo.query import Scope, compile_filter
from pocketmongo.sorting import parse_sort
from pocketmongo.stages import PipelineContext, compile_pipeline
from pocketmongo.text import TextIndex
from pocketmongo.update import compile_update
from tests.pocketmongo.language import (
    examples,
    expression_examples,
    stage_documents,
    stage_examples,
)
from tests.pocketmongo.language.test_query import MATCHES, SCHEMAS
from tests.pocketmongo.language.test_update import ARRAY_FILTERS, UPDATES
from tests.pocketmongo.language.values import Document, documents, values

often = settings(max_examples=100, deadline=None)

words = st.sampled_from(
    ["$a", "$$ROOT", "$$this", "a", "$", "a.b", "$[]", "day", "UTC", "%Y", "unbounded", "current"]
)
extremes = st.sampled_from(
    [
        math.nan,
        math.inf,
        -math.inf,
        1e308,
        -1e308,
        5e-324,
        2**63 - 1,
        -(2**63),
        Int64(2**62),
        Decimal128("9E+6144"),
        Decimal128("-1E-6176"),
        Decimal128("Infinity"),
        datetime(1, 1, 1),  # noqa: DTZ001 (BSON dates are naive UTC)
        datetime(9999, 12, 31, 23, 59),  # noqa: DTZ001
        DatetimeMS(2**63 - 1),
    ]
)
garbage = st.one_of(
    values, extremes, words, st.sampled_from([[], {}, [[]], {"$a": 1}, {"$eq": []}, {"input": 1}])
)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a specification."""
    yield way
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*way, key))


def spoiled(value: Any, way: tuple[Any, ...], replacement: Any) -> Any:
    """Return a copy with one part replaced."""
    if not way:
        return replacement
    changed = copy.copy(value)
    changed[way[0]] = spoiled(value[way[0]], way[1:], replacement)
    return changed


@st.composite
def spoiled_ones(draw: st.DrawFn, specifications: list[Any]) -> Any:
    specification = draw(st.sampled_from(specifications))
    way = draw(st.sampled_from(list(places(specification))))
    return spoiled(specification, way, draw(garbage))


def answers(ask: Callable[[], Any]) -> None:
    with suppress(ServerError):
        ask()


@often
@given(query=spoiled_ones([query for _, query, *_ in MATCHES]), document=documents)
def test_a_filter_answers_or_refuses(query: Any, document: Document) -> None:
    scope = Scope(text=TextIndex(["a"]))

    answers(lambda: compile_filter(query, scope)(document))
    answers(lambda: compile_filter({"$text": query}, scope)(document))


@often
@given(schema=spoiled_ones([schema for _, schema, *_ in SCHEMAS]), document=documents)
def test_a_schema_answers_or_refuses(schema: Any, document: Document) -> None:
    answers(lambda: compile_filter({"$jsonSchema": schema})(document))


@often
@given(spoiled_ones([example.expression for example in expression_examples.EXAMPLES]))
def test_an_expression_answers_or_refuses(expression: Any) -> None:
    answers(lambda: compile_expression(expression)(examples.DOCUMENT, {}))


@often
@given(update=spoiled_ones([update for _, _, update, _ in UPDATES]), document=documents)
def test_an_update_answers_or_refuses(update: Any, document: Document) -> None:
    answers(lambda: compile_update(update, {"a": 1}).apply(copy.deepcopy(document)))
    answers(lambda: compile_update(update, {"a": 1}).insertion())


@often
@given(filters=spoiled_ones([filters for _, _, _, filters, _ in ARRAY_FILTERS]), document=documents)
def test_array_filters_answer_or_refuse(filters: Any, document: Document) -> None:
    update = {"$set": {"a.$[x].b": 1}}

    answers(lambda: compile_update(update, {}, array_filters=filters).apply(document))


@often
@given(
    pipeline=spoiled_ones([example.pipeline for example in stage_examples.EXAMPLES]),
    others=st.lists(documents, max_size=2),
)
def test_a_pipeline_answers_or_refuses(pipeline: Any, others: list[Document]) -> None:
    context = PipelineContext(run=lambda source, pipeline, variables: stage_documents.FOREIGN)

    answers(lambda: list(compile_pipeline(pipeline, context)([*stage_documents.EVENTS, *others])))


@often
@given(argument=garbage, document=documents)
def test_projections_sorts_and_collations_answer_or_refuse(
    argument: Any, document: Document
) -> None:
    answers(lambda: (compile_projection(argument, {"a": 1}) or dict)(document))
    answers(lambda: (compile_projection({"a": argument}, {"a": 1}) or dict)(document))
    answers(lambda: (compile_projection({"a": {"$slice": argument}}) or dict)(document))
    answers(lambda: (compile_projection({"a": {"$elemMatch": argument}}) or dict)(document))
    answers(lambda: (compile_projection({"a": {"$meta": argument}}) or dict)(document))
    answers(lambda: parse_sort(argument))
    answers(lambda: folding(argument))
    answers(lambda: folding({"locale": argument}))
    answers(lambda: folding({"locale": "en", "strength": argument, "maxVariable": argument}))
