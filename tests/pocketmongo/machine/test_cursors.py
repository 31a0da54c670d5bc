"""Cursors between their batches."""

from __future__ import annotations

import bson
import pytest

from pocketmongo import cursors
from pocketmongo.cursors import Cursors, DocumentResults
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.settings import Settings
from pocketmongo.storage.store import Store
from pocketmongo.values import Document

NAMESPACE = "shop.things"


def results(store: Store, count: int, *, size: int = 0) -> DocumentResults:
    raw = (bson.encode({"_id": number, "pad": "x" * size}) for number in range(count))
    return DocumentResults(raw, store)


def opened(open_cursors: Cursors, found: DocumentResults, first: int = 2) -> Document:
    reply: Document = open_cursors.open(NAMESPACE, found, found.take(first))["cursor"]
    return reply


def test_batches_follow_each_other_and_the_last_one_closes_the_cursor(store: Store) -> None:
    open_cursors = Cursors(Settings())

    first = opened(open_cursors, results(store, 5))
    second = open_cursors.more(first["id"], 2, None, 0, NAMESPACE)["cursor"]
    third = open_cursors.more(first["id"], 2, None, 0, NAMESPACE)["cursor"]

    batches = [first["firstBatch"], second["nextBatch"], third["nextBatch"]]
    assert [[each["_id"] for each in batch] for batch in batches] == [[0, 1], [2, 3], [4]]
    assert (second["id"], third["id"], len(open_cursors)) == (first["id"], 0, 0)


def test_results_that_fit_exactly_leave_no_cursor(store: Store) -> None:
    open_cursors = Cursors(Settings())

    assert opened(open_cursors, results(store, 2))["id"] == 0
    assert len(open_cursors) == 0


def test_a_batch_stays_below_sixteen_megabytes(store: Store) -> None:
    batch = results(store, 5, size=6_000_000).take(None)

    assert len(batch.documents) == 2
    assert not batch.is_last


def test_a_killed_cursor_is_not_found(store: Store) -> None:
    open_cursors = Cursors(Settings())
    number = opened(open_cursors, results(store, 5))["id"]

    assert open_cursors.kill(number)
    assert not open_cursors.kill(number)
    with pytest.raises(ServerError) as caught:
        open_cursors.more(number, 2, None, 0, NAMESPACE)
    assert caught.value.code == ErrorCode.CursorNotFound


def test_a_cursor_answers_only_for_its_own_namespace(store: Store) -> None:
    open_cursors = Cursors(Settings())
    number = opened(open_cursors, results(store, 5))["id"]

    with pytest.raises(ServerError) as caught:
        open_cursors.more(number, 2, None, 0, "shop.others")

    assert caught.value.code == ErrorCode.Unauthorized


def test_idle_cursors_expire_unless_they_were_asked_to_stay(store: Store) -> None:
    open_cursors = Cursors(Settings(cursor_timeout=-1))
    opened(open_cursors, results(store, 5))
    staying = results(store, 5)
    open_cursors.open(NAMESPACE, staying, staying.take(1), has_timeout=False)

    open_cursors.expire()

    assert len(open_cursors) == 1


def test_there_are_not_more_cursors_than_the_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "MAX_CURSORS", 2)
    open_cursors = Cursors(Settings())
    for _ in range(2):
        opened(open_cursors, results(store, 5))

    with pytest.raises(ServerError) as caught:
        opened(open_cursors, results(store, 5))

    assert caught.value.code == ErrorCode.ResourceExhausted
