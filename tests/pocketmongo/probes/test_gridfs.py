"""Files in the database. The manual: docs/core/gridfs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from gridfs import GridFS, GridFSBucket, NoFile
from pymongo.database import Database

from tests.pocketmongo.running import Document


def test_a_file_is_put_found_listed_and_deleted(database: Database[Document]) -> None:
    files = GridFS(database)
    content = os.urandom(3 << 20)

    key = files.put(content, filename="a.bin", metadata={"k": 1})

    assert files.get(key).read() == content
    assert files.list() == ["a.bin"]
    found = files.find_one({"metadata.k": 1})
    assert found is not None
    assert found.filename == "a.bin"
    assert files.get_last_version("a.bin").length == len(content)
    files.delete(key)
    assert files.list() == []
    with pytest.raises(NoFile):
        files.get(key)


def test_a_bucket_streams_seeks_renames_and_keeps_versions(database: Database[Document]) -> None:
    bucket = GridFSBucket(database, bucket_name="attachments", chunk_size_bytes=1024)

    key = bucket.upload_from_stream("f", b"0123456789" * 1000)
    reading = bucket.open_download_stream(key)
    reading.seek(5000)

    assert reading.read(4) == b"0123"
    bucket.rename(key, "g")
    bucket.upload_from_stream("g", b"second")
    assert bucket.open_download_stream_by_name("g").read() == b"second"
    assert len(bucket.open_download_stream_by_name("g", revision=0).read()) == 10_000
    assert len(list(bucket.find({"filename": "g"}))) == 2
    bucket.delete(key)
    assert [file.filename for file in bucket.find()] == ["g"]


def test_files_and_chunks_are_ordinary_collections(database: Database[Document]) -> None:
    key = GridFS(database).put(b"x" * 600_000, filename="f")

    assert database.fs.chunks.count_documents({"files_id": key}) == 3
    file = database.fs.files.find_one({"_id": key}) or {}
    assert (file["length"], file["chunkSize"]) == (600_000, 255 * 1024)
    assert abs(file["uploadDate"] - datetime.now(UTC)) < timedelta(minutes=1)
    assert sorted(database.list_collection_names()) == ["fs.chunks", "fs.files"]
