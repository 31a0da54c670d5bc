"""What the server refuses, with MongoDB's own codes.

The table follows https://www.mongodb.com/docs/manual/reference/error-codes/.
A code without a row here is one of MongoDB's numbered source locations and is
called `Location<code>`, as MongoDB calls it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any


class ErrorCode(IntEnum):
    """The one table of error codes; a member's name is the code name sent to the client."""

    InternalError = 1
    BadValue = 2
    GraphContainsCycle = 5
    FailedToParse = 9
    Unauthorized = 13
    TypeMismatch = 14
    Overflow = 15
    InvalidLength = 16
    ProtocolError = 17
    AuthenticationFailed = 18
    IllegalOperation = 20
    NamespaceNotFound = 26
    IndexNotFound = 27
    PathNotViable = 28
    ConflictingUpdateOperators = 40
    CursorNotFound = 43
    NoMatchingDocument = 47
    NamespaceExists = 48
    MaxTimeMSExpired = 50
    DollarPrefixedFieldName = 52
    InvalidIdField = 53
    NotSingleValueField = 54
    EmptyFieldName = 56
    CommandNotFound = 59
    ImmutableField = 66
    CannotCreateIndex = 67
    InvalidOptions = 72
    InvalidNamespace = 73
    UnknownReplWriteConcern = 79
    IndexOptionsConflict = 85
    IndexKeySpecsConflict = 86
    OperationFailed = 96
    UnsatisfiableWriteConcern = 100
    WriteConflict = 112
    CommandNotSupported = 115
    DocumentValidationFailure = 121
    CursorInUse = 143
    ViewDepthLimitExceeded = 165
    CommandNotSupportedOnView = 166
    InvalidPipelineOperator = 168
    CannotIndexParallelArrays = 171
    QueryPlanKilled = 175
    InvalidIndexSpecificationOption = 197
    TransactionTooOld = 225
    NotImplemented = 238
    SnapshotTooOld = 239
    ConversionFailure = 241
    NoSuchTransaction = 251
    TransactionCommitted = 256
    InvalidResumeToken = 260
    OperationNotSupportedInTransaction = 263
    ChangeStreamFatalError = 280
    ChangeStreamHistoryLost = 286
    NoQueryExecutionPlans = 291
    DataCorruptionDetected = 301
    APIVersionError = 322
    APIStrictError = 323
    MechanismUnavailable = 334
    ResourceExhausted = 402
    BSONObjectTooLarge = 10334
    DuplicateKey = 11000
    MergeStageNoMatchingDocument = 13113
    OutOfDiskSpace = 14031


_NAMES = {int(code): code.name for code in ErrorCode}


def code_name(code: int) -> str:
    """Return the name MongoDB gives to a code."""
    return _NAMES.get(code, f"Location{code}")


class ServerError(Exception):
    """A command, or one statement of it, cannot be carried out."""

    def __init__(
        self, code: int, message: str, *, labels: Iterable[str] = (), **details: Any
    ) -> None:
        super().__init__(message)
        self.code = int(code)
        self.message = message
        self.labels = list(labels)
        self.details = details

    @property
    def code_name(self) -> str:
        """The code in words, as the client is told it."""
        return code_name(self.code)


def unsupported(what: str) -> ServerError:
    """Return the refusal of something MongoDB can do and pocketmongo cannot."""
    return ServerError(ErrorCode.NotImplemented, f"{what} is not supported by pocketmongo")
