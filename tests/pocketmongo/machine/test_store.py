"""Units of writing: seen as a whole when they commit, and never before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pocketmongo.changelog import ChangeLog
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.finding import Search, find
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.collections import create_collection, create_index
from pocketmongo.storage.documents import insert
from pocketmongo.storage.file import CannotOpen, Damaged
from pocketmongo.storage.lock import DatabaseInUse
from pocketmongo.storage.salvage import salvage
from pocketmongo.storage.store import Store
from pocketmongo.storage.units import Retry
from pocketmongo.values import Document


def a_collection_with(store: Store, *documents: Document, **options: object) -> Collection:
    unit = store.begin()
    collection = create_collection(unit, "shop", "things", options)
    for document in documents:
        insert(unit, collection, document)
    unit.commit()
    return collection


def ids(store: Store, name: str = "things") -> list[int]:
    view = store.open_view()
    try:
        collection = view.catalog.find("shop", name)
        assert collection is not None
        return [document["_id"] for _, document, _ in find(view, collection, Search({}))]
    finally:
        view.close()


def test_a_collection_is_there_for_others_only_after_the_commit(store: Store) -> None:
    unit = store.begin()
    create_collection(unit, "shop", "things")

    before = store.catalog.find("shop", "things")
    unit.commit()

    assert before is None
    assert store.catalog.find("shop", "things") is not None


def test_a_rollback_takes_documents_indexes_and_collections_back(store: Store) -> None:
    collection = a_collection_with(store, {"_id": 1})
    unit = store.begin()
    insert(unit, collection, {"_id": 2})
    create_index(unit, collection, {"key": {"a": 1}, "name": "a"})
    create_collection(unit, "shop", "others")

    unit.rollback()

    assert ids(store) == [1]
    assert [each.name for each in store.catalog] == ["things"]
    assert store.catalog.find("shop", "things") is collection


def test_a_view_keeps_seeing_the_moment_it_was_opened(store: Store) -> None:
    collection = a_collection_with(store, {"_id": 1})
    view = store.open_view()
    unit = store.begin()
    insert(unit, collection, {"_id": 2})
    unit.commit()

    seen = [document["_id"] for _, document, _ in find(view, collection, Search({}))]
    view.close()

    assert seen == [1]
    assert ids(store) == [1, 2]


def test_a_paused_scan_goes_on_behind_the_last_row_without_what_came_later(store: Store) -> None:
    collection = a_collection_with(store, *({"_id": number} for number in range(4)))
    view = store.open_view()
    rows = find(view, collection, Search({}))
    first = next(rows)[1]["_id"]
    view.close()
    unit = store.begin()
    insert(unit, collection, {"_id": 99})
    unit.commit()

    view.move_to(store.open_view())
    rest = [document["_id"] for _, document, _ in rows]
    view.close()

    assert [first, *rest] == [0, 1, 2, 3]


def test_an_array_met_in_a_unit_that_is_undone_is_kept_on_disk_the_next_time(
    store: Store, tmp_path: Path
) -> None:
    unit = store.begin()
    collection = create_index(
        unit, create_collection(unit, "shop", "things"), {"key": {"a": 1}, "name": "a"}
    )
    unit.commit()
    undone = store.begin()
    insert(undone, collection, {"_id": 1, "a": [1, 2]})
    undone.rollback()
    kept = store.begin()
    insert(kept, collection, {"_id": 2, "a": [1, 2]})
    kept.commit()
    store.close()

    reopened = Store(tmp_path / "data.sqlite")
    found = reopened.catalog.find("shop", "things")
    reopened.close()

    assert found is not None
    assert found.indexes["a"].is_multikey


def test_the_second_writer_waits_and_gives_up_in_time(store: Store) -> None:
    unit = store.begin()

    with pytest.raises(ServerError) as caught:
        store.begin(seconds=0.01)
    unit.rollback()

    assert caught.value.code == ErrorCode.MaxTimeMSExpired
    store.begin(seconds=0.01).rollback()


def test_changes_are_told_after_the_commit_and_never_after_a_rollback(store: Store) -> None:
    store.log = log = ChangeLog(1)
    before = log.last
    collection = a_collection_with(store, {"_id": 1})
    undone = store.begin()
    insert(undone, collection, {"_id": 2})
    undone.rollback()

    told = [entry.change for entry in log.after(before)]
    assert [(change.operation, change.document_id) for change in told] == [("insert", 1)]


def test_the_outcome_of_a_write_is_remembered_with_it(store: Store) -> None:
    undone = store.begin()
    undone.remember(b"session", Retry(1, b"first"))
    undone.rollback()
    kept = store.begin()
    kept.remember(b"session", Retry(2, b"second"))
    kept.commit()

    assert store.last_retry(b"session") == Retry(2, b"second")
    assert store.last_retry(b"other") is None


def test_a_capped_collection_keeps_the_newest(store: Store) -> None:
    a_collection_with(
        store, *({"_id": number} for number in range(5)), capped=True, size=10_000, max=3
    )

    assert ids(store) == [2, 3, 4]


def test_a_capped_collection_keeps_within_its_size(store: Store) -> None:
    a_collection_with(
        store, *({"_id": number, "pad": "x" * 300} for number in range(9)), capped=True, size=1000
    )

    assert ids(store) == [7, 8] or ids(store) == [6, 7, 8]


def test_a_file_is_used_by_one_store_at_a_time(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DatabaseInUse, match="in use by another process"):
        Store(tmp_path / "data.sqlite")


def test_a_file_of_someone_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    theirs = sqlite3.connect(path)
    theirs.execute("CREATE TABLE t(x)")
    theirs.close()
    before = path.read_bytes()

    with pytest.raises(CannotOpen):
        Store(path)

    assert path.read_bytes()[100:] == before[100:]


def test_what_can_be_read_of_a_damaged_file_is_copied(tmp_path: Path) -> None:
    path, new = tmp_path / "data.sqlite", tmp_path / "new.sqlite"
    store = Store(path)
    a_collection_with(store, *({"_id": number, "pad": "x" * 500} for number in range(2000)))
    store.close()
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2 // 4096 * 4096
    raw[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(raw)

    with pytest.raises(Damaged, match="--salvage"):
        Store(path)
    report = salvage(path, new)

    salvaged = Store(new)
    kept = ids(salvaged)
    salvaged.close()
    assert report.documents == len(kept)
    assert 1000 < len(kept) < 2000
    assert path.read_bytes() == bytes(raw)
