"""Replies: what a command says, and what each of them ends with.

Every reply tells the moment of the newest write (`operationTime`, `$clusterTime`). Only that
differs from one ending to the next, so an ending is encoded once and the moment put into it.

https://www.mongodb.com/docs/manual/reference/command/#response
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from bson import Int64, Timestamp

from pocketmongo.errors import ServerError
from pocketmongo.storage.change import Moment
from pocketmongo.storage.codec import encode
from pocketmongo.values import Document

OK, FAILED = 1.0, 0.0
_SIZE_AT_FRONT = 4
_MOMENT = struct.Struct("<II")  # as BSON has timestamps: the ordinal before the second
_ANY_MOMENT = Moment(0xFEDCBA98, 0x89ABCDEF)
# Clients pass the cluster time on; nobody here checks the signature.
_NO_SIGNATURE: Document = {"hash": bytes(20), "keyId": Int64(0)}


class Reply(NamedTuple):
    """A document in two parts: its first fields, as a document of their own, and the rest."""

    fields: bytes
    ending: bytes

    @property
    def size(self) -> int:
        """How many bytes the document has."""
        return len(self.fields) - 1 + len(self.ending)

    def parts(self) -> tuple[memoryview, bytes]:
        """Return what stands between the document's size and its end, and the end."""
        return memoryview(self.fields)[_SIZE_AT_FRONT:-1], self.ending


class _Ending:
    """The last fields of a reply, with room for the moment."""

    def __init__(self, fields: Document) -> None:
        moment = Timestamp(*_ANY_MOMENT)
        whole = encode(
            {
                **fields,
                "operationTime": moment,
                "$clusterTime": {"clusterTime": moment, "signature": _NO_SIGNATURE},
            }
        )
        self._parts = whole[_SIZE_AT_FRONT:].split(_packed(_ANY_MOMENT))

    def at(self, moment: Moment) -> bytes:
        """Return the ending that tells this moment."""
        return _packed(moment).join(self._parts)


def _packed(moment: Moment) -> bytes:
    return _MOMENT.pack(moment.ordinal, moment.second)


_OF_SUCCESS, _OF_FAILURE = _Ending({"ok": OK}), _Ending({})


def success(fields: bytes, moment: Moment) -> Reply:
    """Return the reply of a command that went well and has this to say."""
    return Reply(fields, _OF_SUCCESS.at(moment))


def failure(error: ServerError, moment: Moment) -> Reply:
    """Return the reply of a command that failed."""
    told: Document = {
        "ok": FAILED,
        "errmsg": error.message,
        "code": error.code,
        "codeName": error.code_name,
    }
    if error.labels:
        told["errorLabels"] = error.labels
    return Reply(encode(told | error.details), _OF_FAILURE.at(moment))
