"""Logging in and out.

https://www.mongodb.com/docs/manual/core/security-scram/
"""

from __future__ import annotations

from pocketmongo.accounts import failed
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.values import Document

CONVERSATION = 1


def sasl_start(context: Context) -> Document:
    """Answer `saslStart`."""
    accounts = context.engine.accounts
    if not accounts.is_required:
        raise ServerError(
            ErrorCode.AuthenticationFailed, "Authentication is not enabled: nobody has an account"
        )
    mechanism = context.arguments.value("mechanism")
    conversation, answer = accounts.begin(mechanism, _payload(context))
    context.client.conversation = conversation
    return {"conversationId": CONVERSATION, "done": False, "payload": answer}


def sasl_continue(context: Context) -> Document:
    """Answer `saslContinue`."""
    client = context.client
    conversation = client.conversation
    if conversation is None:
        raise failed()
    payload = _payload(context)
    if conversation.is_proven and not payload:
        # Older clients ask once more before they believe it.
        client.conversation = None
        return {"conversationId": CONVERSATION, "done": True, "payload": b""}
    client.conversation = None
    answer = context.engine.accounts.proceed(conversation, payload)
    client.conversation = conversation
    client.is_authenticated, client.user = True, conversation.user
    return {"conversationId": CONVERSATION, "done": True, "payload": answer}


def logout(context: Context) -> Document:
    """Answer `logout`."""
    context.client.user = None
    context.client.is_authenticated = not context.engine.accounts.is_required
    return {}


def connection_status(context: Context) -> Document:
    """Answer `connectionStatus`."""
    user = context.client.user
    users = [{"user": user, "db": "admin"}] if user else []
    return {"authInfo": {"authenticatedUsers": users, "authenticatedUserRoles": []}}


def _payload(context: Context) -> bytes:
    payload = context.arguments.required("payload")
    if not isinstance(payload, bytes):
        raise ServerError(ErrorCode.TypeMismatch, "payload must be binary")
    return bytes(payload)
