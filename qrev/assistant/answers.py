"""Reading what an AI server answered: one action that cannot be read never costs the others."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from qrev.assistant.contract import MAX_ACTIONS, MAX_ANSWER, Action, KnownAction, UnknownAction

_KNOWN: TypeAdapter[Any] = TypeAdapter(KnownAction)


class UnreadableAnswer(ValueError):
    """The AI server's answer is not one. The text says what it was instead, for the log."""


def read_answer(raw: bytes) -> list[Action]:
    """Return the actions of an answer, in order. Raises UnreadableAnswer if there is no reading it.

    An empty or missing list is an empty list: saying sorry for it is the caller's business.
    """
    if len(raw) > MAX_ANSWER:
        raise UnreadableAnswer(f"{len(raw):,} bytes are more than an answer may have")
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        kind = "HTML" if raw.lstrip()[:1] == b"<" else "text"
        raise UnreadableAnswer(f"{kind} instead of JSON: {raw[:80]!r}") from error
    if not isinstance(answer, dict):
        raise UnreadableAnswer(f"a JSON {type(answer).__name__} instead of an object")
    actions = answer.get("actions")
    if actions is None:
        return []
    if not isinstance(actions, list):
        raise UnreadableAnswer(f"actions is a {type(actions).__name__}, not a list")
    return [read_action(each) for each in actions[:MAX_ACTIONS]]


def read_action(raw: object) -> Action:
    """Return one action; what cannot be read is an UnknownAction."""
    if not isinstance(raw, dict):
        return UnknownAction(type=type(raw).__name__, reason="not an object")
    kind = raw.get("type") or raw.get("action")
    try:
        action: Action = _KNOWN.validate_python({**raw, "type": kind})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return UnknownAction(type=str(kind)[:100], reason=f"{where}: {first['msg']}"[:300])
    return action
