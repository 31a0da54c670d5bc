"""From a command to its reply: who may run it, in which session, and what its errors say."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any

from bson.errors import BSONError

from pocketmongo.commands import COMMANDS, NOT_SUPPORTED, Command
from pocketmongo.context import Context
from pocketmongo.engine import Engine
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.replies import Reply, failure, success
from pocketmongo.sessions import Session
from pocketmongo.storage.codec import encode
from pocketmongo.storage.file import server_error
from pocketmongo.storage.units import Retry
from pocketmongo.transactions import Transaction, no_such_transaction
from pocketmongo.values import Document

if TYPE_CHECKING:
    from pocketmongo.clients import Client

log = logging.getLogger(__name__)

NUMBER_NOT_ALLOWED = 50768
_READ_LEVELS = (None, "local", "available", "majority", "linearizable", "snapshot")
_SNAPSHOT_READS = ("find", "aggregate", "distinct", "getMore")
_ENDINGS = ("commitTransaction", "abortTransaction")


def run_command(engine: Engine, client: Client, body: Document) -> Reply:
    """Return the reply to a command. Never raises for what the command itself does wrong."""
    try:
        return success(_run(engine, client, body), engine.changes.moment)
    except Exception as error:
        return failure(_told(error, body), engine.changes.moment)


def _told(error: Exception, body: Document) -> ServerError:
    """Return what to tell the client about whatever went wrong."""
    if isinstance(error, ServerError):
        return error
    if isinstance(error, sqlite3.Error):
        return server_error(error)
    if isinstance(error, RecursionError):
        return ServerError(ErrorCode.Overflow, "the command is nested too deeply")
    if isinstance(error, BSONError | OverflowError | UnicodeError):
        return ServerError(ErrorCode.BadValue, f"a value cannot be stored: {error}")
    log.error("The command %s failed.", next(iter(body)), exc_info=error)
    message = f"internal error: {type(error).__name__}: {error}"
    return ServerError(ErrorCode.InternalError, message)


def _run(engine: Engine, client: Client, body: Document) -> bytes:
    """Return what the command has to say, as the bytes of a document."""
    name = next(iter(body))
    command = COMMANDS.get(name)
    if not client.is_authenticated and not (command and command.is_open_to_all):
        raise ServerError(ErrorCode.Unauthorized, f"Command {name} requires authentication")
    if command is None:
        raise _unknown(name)
    context = Context(engine, client, name, body)
    _check(context, command)
    session_id = _session_id(body)
    if "txnNumber" not in body:
        return _complete(context, command)
    if session_id is None:
        raise ServerError(ErrorCode.InvalidOptions, "Transaction number requires a session ID")
    session = engine.sessions.find(session_id)
    with session.lock:
        if body.get("autocommit") is False:
            return encode(_run_in_transaction(context, command, session))
        return _run_once(context, command, session)


def _unknown(name: str) -> ServerError:
    if name in NOT_SUPPORTED:
        return ServerError(
            ErrorCode.CommandNotSupported,
            f"{name} is not supported by pocketmongo: {NOT_SUPPORTED[name]}",
        )
    return ServerError(ErrorCode.CommandNotFound, f"no such command: '{name}'")


def _check(context: Context, command: Command) -> None:
    """Raise ServerError for fields nobody asked for or that ask for what there is not."""
    body, arguments = context.body, context.arguments
    if not isinstance(context.database, str):
        raise ServerError(ErrorCode.TypeMismatch, "$db must be a string")
    if body.get("apiVersion") not in (None, "1"):
        raise ServerError(ErrorCode.APIVersionError, 'API version must be "1"')
    if body.get("apiStrict") and not command.is_in_stable_api:
        raise ServerError(
            ErrorCode.APIStrictError,
            f"Provided apiStrict:true, but the command {context.name} is not in API Version 1.",
        )
    if not command.takes_anything:
        arguments.refuse_unknown(command.all_fields)
    if command.refused:
        arguments.refuse(command.refused)
    if "readConcern" not in body:
        return
    level = arguments.document("readConcern").get("level")
    if level not in _READ_LEVELS:
        raise ServerError(ErrorCode.FailedToParse, f"unknown read concern level '{level}'")
    if level == "snapshot" and "autocommit" not in body and context.name not in _SNAPSHOT_READS:
        raise ServerError(
            ErrorCode.InvalidOptions,
            f"read concern level snapshot is not supported for {context.name} "
            "outside a transaction",
        )


def _session_id(body: Document) -> bytes | None:
    session = body.get("lsid")
    if session is None:
        return None
    if not isinstance(session, dict) or not isinstance(session.get("id"), bytes):
        raise ServerError(ErrorCode.TypeMismatch, "lsid must be a document with a binary id")
    return bytes(session["id"])


def _number(body: Document) -> int:
    number = body["txnNumber"]
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ServerError(ErrorCode.TypeMismatch, "txnNumber must be a whole number")
    return int(number)


def _complete(
    context: Context, command: Command, session: Session | None = None, number: int = 0
) -> bytes:
    """Run a command outside any transaction and commit what it wrote.

    With a session, the outcome is kept with it, to be told again if the client asks again.
    """
    try:
        reply = command.run(context)
        if "writeConcern" in context.body:
            _add_write_concern_error(context, reply)
        if "readConcern" in context.body:
            _add_cluster_time(context, reply)
        told = encode(reply)
        if session is None:
            context.finish()
        else:
            retry = Retry(number, told)
            context.finish(session.session_id, retry)
            session.retry = retry
        return told
    finally:
        context.close()


def _run_once(context: Context, command: Command, session: Session) -> bytes:
    """Run a retryable write, or tell again how it went the first time."""
    number = _number(context.body)
    if not command.is_retryable:
        raise ServerError(
            NUMBER_NOT_ALLOWED,
            "txnNumber may only be provided for multi-document transactions and retryable write "
            f"commands. autocommit:false was not provided, and {context.name} is not retryable.",
        )
    last = session.retry
    if last is not None and number < last.number:
        raise ServerError(
            ErrorCode.TransactionTooOld,
            f"Retryable write with txnNumber {number} is prohibited: a newer one "
            f"with txnNumber {last.number} has already started on this session.",
        )
    if last is not None and number == last.number and not last.is_commit:
        return last.reply
    return _complete(context, command, session, number)


def _run_in_transaction(context: Context, command: Command, session: Session) -> Document:
    number = _number(context.body)
    if context.body.get("startTransaction"):
        _refuse_old(session, number)
        transaction: Transaction | None = context.engine.sessions.begin_transaction(
            session, number, context.client.number
        )
    else:
        transaction = session.transaction
    if context.name in _ENDINGS:
        return _end_transaction(context, session, number)
    if transaction is None or transaction.number != number or not transaction.is_open:
        raise no_such_transaction()
    with transaction.lock:
        if not transaction.is_open:
            raise no_such_transaction()
        context.transaction = transaction
        transaction.client_id = context.client.number
        try:
            _check_in_transaction(context)
            if not command.is_in_transactions:
                raise ServerError(
                    ErrorCode.OperationNotSupportedInTransaction,
                    f"Cannot run '{context.name}' in a multi-document transaction.",
                )
            reply = command.run(context)
        except BaseException:
            transaction.abort()
            raise
        finally:
            context.close()
        if reply.get("writeErrors") or reply.get("nErrors"):
            transaction.abort()
        return reply


def _check_in_transaction(context: Context) -> None:
    """Raise ServerError for concerns that belong to the transaction as a whole."""
    if "writeConcern" in context.body:
        raise ServerError(
            ErrorCode.InvalidOptions,
            "writeConcern is not allowed within a multi-statement transaction",
        )
    if "readConcern" in context.body and not context.body.get("startTransaction"):
        raise ServerError(
            ErrorCode.InvalidOptions,
            "Only the first command in a transaction may specify a readConcern",
        )


def _refuse_old(session: Session, number: int) -> None:
    newest = max(
        session.retry.number if session.retry else -1,
        session.transaction.number if session.transaction else -1,
    )
    if number < newest:
        raise ServerError(
            ErrorCode.TransactionTooOld,
            f"Cannot start transaction {number} on a session whose newest is {newest}.",
        )


def _end_transaction(context: Context, session: Session, number: int) -> Document:
    transaction, last = session.transaction, session.retry
    is_commit = context.name == "commitTransaction"
    was_committed = last is not None and last.is_commit and last.number == number
    if was_committed:
        if is_commit:
            return {}
        raise ServerError(
            ErrorCode.TransactionCommitted, "Transaction has been committed and cannot be aborted"
        )
    if transaction is None or transaction.number != number:
        raise no_such_transaction(is_transient=is_commit)
    with transaction.lock:
        if not transaction.is_open:
            raise no_such_transaction(is_transient=is_commit)
        if is_commit:
            transaction.commit(session.session_id)
            session.retry = Retry(number, b"", is_commit=True)
        else:
            transaction.abort()
    return {}


def _add_write_concern_error(context: Context, reply: Document) -> None:
    """Tell a client that asked for more machines than one that there are none."""
    wanted: Any = context.arguments.document("writeConcern").get("w", 1)
    if isinstance(wanted, int) and wanted > 1:
        code, message = ErrorCode.UnsatisfiableWriteConcern, "Not enough data-bearing nodes"
    elif isinstance(wanted, str) and wanted != "majority":
        code = ErrorCode.UnknownReplWriteConcern
        message = f"No write concern mode named '{wanted}' found in replica set configuration"
    else:
        return
    if context.has_written():
        reply["writeConcernError"] = {
            "code": int(code),
            "codeName": code.name,
            "errmsg": message,
        }


def _add_cluster_time(context: Context, reply: Document) -> None:
    """Tell a client that reads snapshots which moment it saw, to ask for the same again."""
    if context.read_time is not None:
        reply.get("cursor", reply)["atClusterTime"] = context.read_time
