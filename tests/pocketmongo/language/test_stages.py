"""Stages: what a pipeline makes of documents, and when it is refused."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from pocketmongo.collation import folding
from pocketmongo.errors import ServerError
from pocketmongo.stages import STAGES, PipelineContext, compile_pipeline
from pocketmongo.stages.accumulators import ACCUMULATORS
from pocketmongo.stages.reading import SERVER_STAGES
from pocketmongo.stages.window import WINDOW_FUNCTIONS
from tests.pocketmongo.language.stage_documents import EVENTS, FOREIGN, Example, numbered
from tests.pocketmongo.language.stage_examples import EXAMPLES
from tests.pocketmongo.language.values import Document


def read_foreign(
    source: Any, pipeline: Sequence[Any], variables: Mapping[str, Any]
) -> Iterable[Document]:
    assert source == "foreign"
    context = PipelineContext(run=read_foreign, variables=variables)
    return compile_pipeline(list(pipeline), context)(FOREIGN)


CONTEXT = PipelineContext(run=read_foreign)


def run(pipeline: list[Any], documents: list[Document], **context: Any) -> list[Document]:
    return list(compile_pipeline(pipeline, PipelineContext(run=read_foreign, **context))(documents))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.says))
def test_a_pipeline_returns(example: Example) -> None:
    before = copy.deepcopy(example.documents)

    results = run(example.pipeline, example.documents)

    assert results == example.expected
    assert example.documents == before


def test_no_stage_accumulator_or_window_function_is_without_an_example() -> None:
    text = repr([example.pipeline for example in EXAMPLES])
    ours = {*STAGES, *ACCUMULATORS, *WINDOW_FUNCTIONS}
    theirs = {"$out", "$merge", "$changeStream", *SERVER_STAGES}  # the server's own tests have them

    assert sorted(name for name in ours - theirs if f"'{name}'" not in text) == []


REFUSALS = [
    pytest.param([{"$foo": 1}], 40324, id="an unknown stage"),
    pytest.param([{"$geoNear": {}}], 238, id="a stage pocketmongo lacks"),
    pytest.param([{"$match": {}, "$limit": 1}], 40323, id="two stages in one"),
    pytest.param([{"$out": "x"}, {"$limit": 1}], 40601, id="writing in the middle"),
    pytest.param([{"$limit": 1}, {"$documents": []}], 40602, id="a source in the middle"),
    pytest.param([{"$limit": 0}], 15958, id="a limit of nothing"),
    pytest.param([{"$skip": -1}], 5107201, id="skipping backwards"),
    pytest.param([{"$sort": {}}], 15976, id="sorting by nothing"),
    pytest.param([{"$sort": {"a": 2}}], 15974, id="sorting by two"),
    pytest.param([{"$project": {}}], 51272, id="projecting nothing"),
    pytest.param([{"$project": {"a": 1, "b": 0}}], 31254, id="leaving out what is kept"),
    pytest.param([{"$project": {"a": 0, "b": 1}}], 31253, id="keeping what is left out"),
    pytest.param([{"$project": {"a": 1, "a.b": 1}}], 31249, id="a path through another"),
    pytest.param([{"$group": {"n": {"$sum": 1}}}], 15955, id="groups of no kind"),
    pytest.param([{"$group": {"_id": 1, "n": 5}}], 40234, id="a field that gathers nothing"),
    pytest.param([{"$group": {"_id": 1, "n": {"$foo": 5}}}], 15952, id="an unknown accumulator"),
    pytest.param([{"$unwind": "tags"}], 28818, id="a path without a dollar"),
    pytest.param([{"$unwind": {"path": "$a", "b": 1}}], 40415, id="an unknown option"),
    pytest.param([{"$count": "a.b"}], 40160, id="a count with a dot"),
    pytest.param([{"$replaceWith": "$v"}], 40228, id="a root that is no document"),
    pytest.param([{"$bucket": {"groupBy": "$v", "boundaries": [10, 20]}}], 40066, id="no bucket"),
    pytest.param([{"$bucket": {"groupBy": "$v", "boundaries": [2, 1]}}], 40194, id="unsorted"),
    pytest.param([{"$facet": {"a": [{"$out": "x"}]}}], 40600, id="writing in a facet"),
    pytest.param([{"$lookup": {"from": "f", "localField": "a", "as": "x"}}], 9, id="half a join"),
    pytest.param(
        [{"$bucketAuto": {"groupBy": "$v", "buckets": 2, "granularity": "R5"}}], 238, id="R5"
    ),
    pytest.param(
        [{"$setWindowFields": {"output": {"r": {"$rank": {}}}}}], 9, id="a rank without an order"
    ),
    pytest.param(
        [{"$densify": {"field": "v", "range": {"step": 0.001, "bounds": [0, 10**6]}}}],
        5897900,
        id="too many documents",
    ),
]


@pytest.mark.parametrize(("pipeline", "code"), REFUSALS)
def test_a_pipeline_is_refused_with_its_code(pipeline: list[Any], code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        run(pipeline, numbered(1))

    assert refusal.value.code == code


def test_stages_read_no_more_documents_than_they_need() -> None:
    taken = []

    def endless() -> Iterable[Document]:
        for number in range(1000):
            taken.append(number)
            yield {"v": number}

    results = list(compile_pipeline([{"$match": {}}, {"$limit": 2}], CONTEXT)(endless()))

    assert len(results) == 2
    assert len(taken) == 2


def test_a_collation_groups_letters_of_both_cases() -> None:
    fold = folding({"locale": "en", "strength": 2})

    groups = run([{"$group": {"_id": "$v", "n": {"$sum": 1}}}], numbered("a", "A"), fold=fold)

    assert groups == [{"_id": "a", "n": 2}]


def test_what_the_server_must_do_is_handed_to_it() -> None:
    asked = []

    def write(name: str, specification: Any, documents: Iterable[Document]) -> list[Document]:
        asked.append((name, specification, len(list(documents))))
        return []

    run([{"$out": "copy"}], EVENTS, write=write)

    assert asked == [("$out", "copy", 3)]


def test_without_a_server_writing_is_refused() -> None:
    with pytest.raises(ServerError, match="writing to a collection"):
        run([{"$merge": "x"}], EVENTS)
