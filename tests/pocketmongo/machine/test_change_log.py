"""The log of changes and the streams that read it."""

from __future__ import annotations

import bson
import pytest
from bson import Timestamp

from pocketmongo.changelog import MAX_SIZE, ChangeLog
from pocketmongo.changestreams import ChangeStream, Watched
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.stages import PipelineContext, compile_pipeline
from pocketmongo.storage.change import Change
from pocketmongo.storage.store import Store
from pocketmongo.values import Document


def inserted(number: int, *, collection: str = "things", size: int = 0) -> Change:
    raw = bson.encode({"_id": number, "pad": "x" * size})
    return Change("insert", "shop", collection, number, None, raw)


def publish(log: ChangeLog, *changes: Change) -> None:
    log.publish(log.prepare(changes))


def a_stream(log: ChangeLog, *stages: Document, **options: object) -> ChangeStream:
    pipeline = compile_pipeline(list(stages), PipelineContext())
    return ChangeStream(log, Watched("shop", "things"), options, pipeline)


def seen(stream: ChangeStream) -> list[int]:
    return [event["documentKey"]["_id"] for event in stream.next_events(0, 100)]


def test_a_stream_begins_with_what_comes_after_it() -> None:
    log = ChangeLog(1)
    publish(log, inserted(1))
    stream = a_stream(log)
    publish(log, inserted(2), inserted(3, collection="others"))

    assert seen(stream) == [2]
    assert seen(stream) == []


def test_a_stream_resumes_behind_its_token() -> None:
    log = ChangeLog(1)
    first = a_stream(log)
    publish(log, inserted(1), inserted(2), inserted(3))
    event = first.next_events(0, 1)[0]

    assert seen(a_stream(log, resumeAfter=event["_id"])) == [2, 3]


def test_a_token_from_before_a_restart_that_kept_nothing_is_refused() -> None:
    before = ChangeLog(1)
    publish(before, inserted(1))
    token = a_stream(before).token()

    with pytest.raises(ServerError) as caught:
        a_stream(ChangeLog(2), resumeAfter=token)

    assert caught.value.code == ErrorCode.ChangeStreamHistoryLost


def test_a_token_nobody_made_is_no_token() -> None:
    with pytest.raises(ServerError) as caught:
        a_stream(ChangeLog(1), resumeAfter={"_data": "somewhere"})

    assert caught.value.code == ErrorCode.InvalidResumeToken


def test_a_stream_that_fell_too_far_behind_is_told_so() -> None:
    log = ChangeLog(1)
    stream = a_stream(log)
    for number in range(3):
        publish(log, inserted(number, size=MAX_SIZE // 2))

    with pytest.raises(ServerError) as caught:
        stream.next_events(0, 100)

    assert caught.value.code == ErrorCode.ChangeStreamHistoryLost


def test_a_stream_can_begin_at_a_cluster_time() -> None:
    log = ChangeLog(1)
    publish(log, inserted(1))
    at = log.operation_time
    publish(log, inserted(2))

    assert seen(a_stream(log, startAtOperationTime=at)) == [1, 2]
    with pytest.raises(ServerError):
        a_stream(log, startAtOperationTime=Timestamp(1, 1))


def test_cluster_times_only_grow() -> None:
    log = ChangeLog(1)
    times = []
    for number in range(5):
        publish(log, inserted(number))
        times.append(log.operation_time)

    assert times == sorted(set(times))


def test_a_dropped_collection_ends_its_stream_and_only_start_after_may_go_on() -> None:
    log = ChangeLog(1)
    stream = a_stream(log)
    publish(log, Change("drop", "shop", "things"))

    events = stream.next_events(0, 100)
    publish(log, inserted(1))

    assert [event["operationType"] for event in events] == ["drop", "invalidate"]
    assert stream.is_over
    with pytest.raises(ServerError) as caught:
        a_stream(log, resumeAfter=events[-1]["_id"])
    assert caught.value.code == ErrorCode.InvalidResumeToken
    assert seen(a_stream(log, startAfter=events[-1]["_id"])) == [1]


def test_an_update_tells_what_it_changed() -> None:
    log = ChangeLog(1)
    stream = a_stream(log)
    before = bson.encode({"_id": 1, "a": 1, "gone": 1, "in": {"x": 1, "y": 2}})
    after = bson.encode({"_id": 1, "a": True, "in": {"x": 1, "y": 3}, "new": []})
    publish(log, Change("update", "shop", "things", 1, before, after))

    assert stream.next_events(0, 1)[0]["updateDescription"] == {
        "updatedFields": {"a": True, "in.y": 3, "new": []},
        "removedFields": ["gone"],
        "truncatedArrays": [],
    }


def test_images_from_before_are_given_only_by_collections_that_keep_them() -> None:
    log = ChangeLog(1)
    stream = a_stream(log, fullDocumentBeforeChange="whenAvailable")
    before, after = bson.encode({"_id": 1}), bson.encode({"_id": 1, "a": 1})
    publish(log, Change("update", "shop", "things", 1, before, after, keeps_images=True))
    publish(log, Change("update", "shop", "things", 1, before, after))

    images = [event["fullDocumentBeforeChange"] for event in stream.next_events(0, 100)]

    assert images == [{"_id": 1}, None]


def test_a_pipeline_may_not_take_the_token_away() -> None:
    log = ChangeLog(1)
    stream = a_stream(log, {"$project": {"_id": 0}})
    publish(log, inserted(1))

    with pytest.raises(ServerError) as caught:
        stream.next_events(0, 1)

    assert caught.value.code == ErrorCode.ChangeStreamFatalError


def test_what_was_watched_is_remembered_over_a_restart(store: Store) -> None:
    before = ChangeLog(1)
    store.log = before
    unwatched = store.begin()
    unwatched.changes.append(inserted(0))
    unwatched.commit()
    token = a_stream(before).token()
    watched = store.begin()
    watched.changes += [inserted(1), inserted(2)]
    watched.commit()

    after = ChangeLog(2, store.kept_changes(0))
    publish(after, inserted(3))

    assert seen(a_stream(after, resumeAfter=token)) == [1, 2, 3]


def test_what_nobody_watched_lately_is_forgotten_at_the_next_start(store: Store) -> None:
    store.log = log = ChangeLog(1)
    a_stream(log)
    unit = store.begin()
    unit.changes.append(inserted(1))
    unit.commit()

    assert len(store.kept_changes(0)) == 1
    assert store.kept_changes(2**40) == []
