"""What the cards of the sending rules may ask, by name."""

from __future__ import annotations

from qrev.assistant import rules_cards as asked
from qrev.assistant.questions import Desks, Question, viewed
from qrev.assistant.rules_desk import RulesDesk


def _rules(desks: Desks) -> RulesDesk:
    return desks.rules


QUESTIONS: dict[str, Question] = {
    "defaults_get": viewed(asked.DefaultsAsked, _rules, RulesDesk.defaults_get),
    "defaults_try": viewed(asked.DefaultsTryAsked, _rules, RulesDesk.defaults_try),
    "defaults_save": viewed(asked.DefaultsSaveAsked, _rules, RulesDesk.defaults_save),
    "rule_try": viewed(asked.RuleAsked, _rules, RulesDesk.rule_try),
    "rule_confirm": viewed(asked.RuleConfirmAsked, _rules, RulesDesk.rule_confirm),
    "rule_switch": viewed(asked.PolicySwitchAsked, _rules, RulesDesk.rule_switch),
    "rule_remove": viewed(asked.PolicyAsked, _rules, RulesDesk.rule_remove),
    "sender_save": viewed(asked.SenderSaveAsked, _rules, RulesDesk.sender_save),
}
