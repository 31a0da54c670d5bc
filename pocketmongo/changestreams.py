"""Change streams: the log as one watcher sees it.

https://www.mongodb.com/docs/manual/changeStreams/ and
https://www.mongodb.com/docs/manual/reference/change-events/
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import Timestamp
from bson.raw_bson import RawBSONDocument

from pocketmongo.changelog import INVALIDATE_MARK, NORMAL_MARK, ChangeLog
from pocketmongo.cursors import FIRST_BATCH, Batch
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.order import order_key
from pocketmongo.storage.change import Entry
from pocketmongo.storage.codec import decode, encode
from pocketmongo.transactions import Transaction
from pocketmongo.values import MISSING, Document

ALLOWED_STAGES = frozenset(
    {
        "$addFields",
        "$match",
        "$project",
        "$redact",
        "$replaceRoot",
        "$replaceWith",
        "$set",
        "$unset",
    }
)
_OPTIONS = frozenset(
    {
        "allChangesForCluster",
        "fullDocument",
        "fullDocumentBeforeChange",
        "resumeAfter",
        "startAfter",
        "startAtOperationTime",
    }
)
_FULL_DOCUMENT = ("default", "updateLookup", "whenAvailable", "required")
_BEFORE_CHANGE = ("off", "whenAvailable", "required")

Pipeline = Callable[[Iterable[Document]], Iterator[Document]]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a stream watches: everything, a database, or a collection of it."""

    database: str | None
    collection: str | None

    def covers(self, entry: Entry) -> bool:
        """True if the change is one to be told."""
        change = entry.change
        if self.database is not None and change.database != self.database:
            return False
        return self.collection is None or change.collection == self.collection

    def ends_with(self, entry: Entry) -> bool:
        """True if the change takes away what is watched."""
        operation = entry.change.operation
        if self.collection is not None:
            return operation in ("drop", "rename", "dropDatabase")
        return self.database is not None and operation == "dropDatabase"


class ChangeStream:
    """One watcher's way through the log."""

    def __init__(
        self, log: ChangeLog, watched: Watched, options: Document, pipeline: Pipeline
    ) -> None:
        _check(options)
        log.watch()
        self._log = log
        self._watched = watched
        self._pipeline = pipeline
        self._full_document = options.get("fullDocument", "default")
        self._before_change = options.get("fullDocumentBeforeChange", "off")
        self._place = _first_place(log, options)
        self._mark = NORMAL_MARK
        self.is_over = False

    def token(self) -> Document:
        """Return where the stream is, for the client to resume from."""
        return {"_data": self._log.token(self._place, self._mark)}

    def next_events(self, seconds: float, most: int) -> list[Document]:
        """Return the next events, waiting for the first. Empty if none came in time."""
        give_up_at = time.monotonic() + seconds
        while True:
            events = self._read(most)
            if events or self.is_over:
                return events
            if not self._log.wait(self._place, give_up_at - time.monotonic()):
                return []
            if time.monotonic() >= give_up_at:
                return self._read(most)

    def _read(self, most: int) -> list[Document]:
        events: list[Document] = []
        for entry in self._log.after(self._place):
            self._place = entry.sequence
            if not self._watched.covers(entry):
                continue
            events += self._told(self._event(entry))
            if self._watched.ends_with(entry):
                events += self._told(self._invalidate(entry))
                self.is_over = True
            if self.is_over or len(events) >= most:
                break
        return events

    def _told(self, event: Document) -> Iterator[Document]:
        token = event["_id"]
        for told in self._pipeline([event]):
            if told.get("_id") != token:
                raise ServerError(
                    ErrorCode.ChangeStreamFatalError,
                    "Encountered an event whose _id field, which contains the resume token, was "
                    "modified by the pipeline. Only transformations that retain the unmodified "
                    "_id field are allowed.",
                    labels=["NonResumableChangeStreamError"],
                )
            yield told

    def _event(self, entry: Entry) -> Document:
        change = entry.change
        event: Document = {
            "_id": {"_data": self._log.token(entry.sequence)},
            "operationType": change.operation,
            "clusterTime": entry.cluster_time,
            "wallTime": _wall_time(entry),
            "ns": {"db": change.database, "coll": change.collection},
        }
        if change.operation == "dropDatabase":
            event["ns"] = {"db": change.database}
        if change.renamed_to is not None:
            database, name = change.renamed_to
            event["to"] = {"db": database, "coll": name}
        if change.operation in ("insert", "update", "replace", "delete"):
            event["documentKey"] = {"_id": change.document_id}
            self._add_images(event, entry)
        return event

    def _add_images(self, event: Document, entry: Entry) -> None:
        change = entry.change
        after = decode(change.after) if change.after is not None else None
        if change.operation == "update" and after is not None and change.before is not None:
            event["updateDescription"] = _difference(decode(change.before), after)
        if change.operation != "update":
            if after is not None:
                event["fullDocument"] = after
        elif self._full_document == "updateLookup":
            event["fullDocument"] = after
        elif self._full_document != "default":
            event["fullDocument"] = self._image(entry, change.after, self._full_document)
        if self._before_change != "off" and change.operation != "insert":
            event["fullDocumentBeforeChange"] = self._image(
                entry, change.before, self._before_change
            )

    def _image(self, entry: Entry, raw: bytes | None, wish: str) -> Document | None:
        if entry.change.keeps_images and raw is not None:
            return decode(raw)
        if wish == "required":
            raise ServerError(
                ErrorCode.NoMatchingDocument,
                "Change stream was configured to require an image of every document, but the "
                "collection does not keep any (changeStreamPreAndPostImages).",
            )
        return None

    def _invalidate(self, entry: Entry) -> Document:
        self._mark = INVALIDATE_MARK
        return {
            "_id": {"_data": self._log.token(entry.sequence, INVALIDATE_MARK)},
            "operationType": "invalidate",
            "clusterTime": entry.cluster_time,
            "wallTime": _wall_time(entry),
        }


class StreamResults:
    """The events of a change stream."""

    transaction: Transaction | None = None

    def __init__(self, stream: ChangeStream) -> None:
        self._stream = stream

    def take(self, most: int | None, await_seconds: float) -> Batch:
        """Return the next events, waiting for the first; none if none came in time."""
        limit = FIRST_BATCH if most is None else most
        events = self._stream.next_events(await_seconds, limit) if limit else []
        documents = [RawBSONDocument(encode(event)) for event in events]
        return Batch(documents, self._stream.is_over, self._stream.token())

    def close(self) -> None:
        """Stop watching."""
        self._stream.is_over = True


def _wall_time(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.committed_at, UTC)


def _check(options: Document) -> None:
    for name, value in options.items():
        if name not in _OPTIONS and value:
            raise unsupported(f"the option '{name}' of $changeStream")
    for name, allowed in (
        ("fullDocument", _FULL_DOCUMENT),
        ("fullDocumentBeforeChange", _BEFORE_CHANGE),
    ):
        if options.get(name, allowed[0]) not in allowed:
            raise ServerError(
                ErrorCode.BadValue,
                f"Enumeration value '{options[name]}' for field '$changeStream.{name}' "
                "is not a valid value.",
            )


def _first_place(log: ChangeLog, options: Document) -> int:
    token: Any = options.get("resumeAfter") or options.get("startAfter")
    if token is not None:
        place, mark = log.place_of(token.get("_data") if isinstance(token, dict) else None)
        if mark == INVALIDATE_MARK and "resumeAfter" in options:
            raise ServerError(
                ErrorCode.InvalidResumeToken,
                "Attempting to resume a change stream using 'resumeAfter' is not allowed from "
                "an invalidate notification.",
            )
        log.after(place)
        return place
    wanted = options.get("startAtOperationTime")
    if isinstance(wanted, Timestamp):
        return log.place_at(wanted)
    return log.last


def _difference(before: Document, after: Document) -> Document:
    told: Document = {"updatedFields": {}, "removedFields": [], "truncatedArrays": []}
    _compare(before, after, "", told)
    return told


def _compare(before: Document, after: Document, prefix: str, told: Document) -> None:
    told["removedFields"] += [prefix + name for name in before if name not in after]
    for name, value in after.items():
        was, path = before.get(name, MISSING), prefix + name
        if type(was) is dict and type(value) is dict:
            _compare(was, value, f"{path}.", told)
        elif _is_cut(was, value):
            told["truncatedArrays"].append({"field": path, "newSize": len(value)})
        elif not _is_same(was, value):
            told["updatedFields"][path] = value


def _is_same(was: Any, value: Any) -> bool:
    return type(was) is type(value) and order_key(was) == order_key(value)


def _is_cut(was: Any, value: Any) -> bool:
    """True if an array only lost elements at its end."""
    if type(was) is not list or type(value) is not list or len(value) >= len(was):
        return False
    return bool(value) and _is_same(was[: len(value)], value)
