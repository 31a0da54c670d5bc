"""Ending sessions. Transactions are begun and ended where commands are dispatched.

https://www.mongodb.com/docs/manual/reference/command/nav-sessions/
"""

from __future__ import annotations

from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.transactions import no_such_transaction
from pocketmongo.values import Document


def end_sessions(context: Context) -> Document:
    """Answer `endSessions` and `killSessions`."""
    context.engine.sessions.end(_session_ids(context))
    return {}


def refresh_sessions(context: Context) -> Document:
    """Answer `refreshSessions`."""
    for session_id in _session_ids(context):
        context.engine.sessions.find(session_id)
    return {}


def end_without_transaction(_context: Context) -> Document:
    """Answer `commitTransaction` and `abortTransaction` outside a transaction."""
    raise no_such_transaction(is_transient=False)


def _session_ids(context: Context) -> list[bytes]:
    sessions = context.arguments.documents(context.name)
    ids = [each.get("id") for each in sessions]
    if not all(isinstance(each, bytes) for each in ids):
        raise ServerError(ErrorCode.TypeMismatch, "a session has a binary id")
    return [bytes(each) for each in ids if each is not None]
