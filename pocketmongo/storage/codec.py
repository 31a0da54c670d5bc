"""Documents to bytes and back, within MongoDB's limits.

https://www.mongodb.com/docs/manual/reference/limits/#bson-documents
"""

from __future__ import annotations

from typing import Any

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.values import Document

MAX_DOCUMENT_SIZE = 16 * 1024 * 1024
MAX_NESTING = 180  # levels; MongoDB's limit for what is stored

CODEC: CodecOptions[Document] = CodecOptions(
    document_class=dict,
    tz_aware=False,
    uuid_representation=UuidRepresentation.UNSPECIFIED,
    # Dates beyond the year 9999 are kept as numbers instead of failing.
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)

_EMBEDDED_DOCUMENT = b"\x03"
_EMBEDDED_ARRAY = b"\x04"


def decode(raw: bytes | memoryview) -> Document:
    """Return the document the bytes stand for. Raises bson.errors.InvalidBSON."""
    return bson.decode(raw, CODEC)


def encode(document: Document) -> bytes:
    """Return the bytes of a document of any size, as for a reply."""
    return bson.encode(document, codec_options=CODEC)


def encode_for_storage(document: Document) -> bytes:
    """Return the bytes to keep. Raises ServerError if the document is too large or too deep."""
    raw = bson.encode(document, codec_options=CODEC)
    if len(raw) > MAX_DOCUMENT_SIZE:
        raise ServerError(
            ErrorCode.BSONObjectTooLarge,
            f"BSONObj size: {len(raw)} is invalid. Size must be between 0 and 16793600(16MB)",
        )
    # Counting two bytes is cheap and never too low; only then is the depth worth measuring.
    if raw.count(_EMBEDDED_DOCUMENT) + raw.count(_EMBEDDED_ARRAY) > MAX_NESTING:
        _check_nesting(document)
    return raw


def _check_nesting(document: Document) -> None:
    level: list[Any] = [document]
    for _ in range(MAX_NESTING):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise ServerError(
        ErrorCode.Overflow, f"Document exceeds the maximum nested depth of {MAX_NESTING}"
    )


def _children(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict | list)]
