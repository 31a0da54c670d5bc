"""What the cards of the log of changes and of API keys may ask, by name."""

from __future__ import annotations

from qrev.assistant.audit_cards import AuditPageAsked
from qrev.assistant.audit_desk import AuditDesk
from qrev.assistant.keys_cards import KeyCreateAsked, KeyRevokeAsked, KeysAsked
from qrev.assistant.keys_desk import KeysDesk
from qrev.assistant.questions import Desks, Question, viewed


def _audit(desks: Desks) -> AuditDesk:
    return desks.audit


def _keys(desks: Desks) -> KeysDesk:
    return desks.keys


QUESTIONS: dict[str, Question] = {
    "audit_page": viewed(AuditPageAsked, _audit, AuditDesk.audit_page),
    "keys_page": viewed(KeysAsked, _keys, KeysDesk.keys_page),
    "key_create": viewed(KeyCreateAsked, _keys, KeysDesk.key_create),
    "key_revoke": viewed(KeyRevokeAsked, _keys, KeysDesk.key_revoke),
}
