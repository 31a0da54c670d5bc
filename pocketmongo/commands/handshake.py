"""hello and what clients ask before anything else.

https://www.mongodb.com/docs/manual/reference/command/hello/
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bson import Int64, ObjectId

from pocketmongo.accounts import MECHANISM
from pocketmongo.context import Context
from pocketmongo.limits import MAX_STATEMENTS
from pocketmongo.sessions import TIMEOUT
from pocketmongo.storage.codec import MAX_DOCUMENT_SIZE
from pocketmongo.values import Document

VERSION = (8, 0, 0, 0)
VERSION_TEXT = ".".join(map(str, VERSION[:3]))
NEWEST_WIRE = 25  # of MongoDB 8.0
MAX_MESSAGE_PROMISED = 48_000_000
# Clients send numbered writes and transactions only to replica sets.
REPLICA_SET = "rs0"
_ELECTION = ObjectId("7fffffff0000000000000001")


def hello(context: Context) -> Document:
    """Answer `hello`, also by its old names."""
    engine = context.engine
    now = datetime.now(UTC)
    reply: Document = {
        "helloOk": True,
        "isWritablePrimary": True,
        "ismaster": True,
        "secondary": False,
        "maxBsonObjectSize": MAX_DOCUMENT_SIZE,
        "maxMessageSizeBytes": MAX_MESSAGE_PROMISED,
        "maxWriteBatchSize": MAX_STATEMENTS,
        "localTime": now,
        "logicalSessionTimeoutMinutes": int(TIMEOUT // 60),
        "connectionId": context.client.number,
        "minWireVersion": 0,
        "maxWireVersion": NEWEST_WIRE,
        "readOnly": False,
        "setName": REPLICA_SET,
        "setVersion": 1,
        "hosts": [engine.address],
        "primary": engine.address,
        "me": engine.address,
        "electionId": _ELECTION,
        "lastWrite": {
            "opTime": {"ts": engine.changes.operation_time, "t": Int64(1)},
            "lastWriteDate": now,
        },
    }
    if context.body.get("saslSupportedMechs"):
        reply["saslSupportedMechs"] = [MECHANISM]
    return reply


def ping(_context: Context) -> Document:
    """Answer `ping`."""
    return {}


def build_info(_context: Context) -> Document:
    """Answer `buildInfo`: which MongoDB this speaks like."""
    return {
        "version": VERSION_TEXT,
        "versionArray": list(VERSION),
        "gitVersion": "pocketmongo",
        "modules": ["pocketmongo"],
        "bits": 64,
        "maxBsonObjectSize": MAX_DOCUMENT_SIZE,
        "storageEngines": ["sqlite"],
    }


def uptime(context: Context) -> float:
    """Return the seconds since the server started."""
    return time.time() - context.engine.started_at
