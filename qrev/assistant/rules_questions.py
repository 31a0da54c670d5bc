"""What the cards of the sending rules may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import rules_cards as asked
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.rules_desk import RulesDesk


def _rules(desks: Desks) -> RulesDesk:
    return desks.rules


async def _card(desks: Desks, actor: Actor, ask: asked.DefaultsAsked) -> Answered:
    """Show the rules of a sequence as a card of their own. Raises NotFound for none of theirs."""
    view = await desks.rules.defaults_get(actor, ask)
    return Answered(cards=(asked.DefaultsCard(sequence_id=view.sequence_id),))


QUESTIONS: dict[str, Question] = {
    "defaults_card": Question(asks=asked.DefaultsAsked, answer=_card),
    "defaults_get": viewed(asked.DefaultsAsked, _rules, RulesDesk.defaults_get),
    "defaults_try": viewed(asked.DefaultsTryAsked, _rules, RulesDesk.defaults_try),
    "defaults_save": viewed(asked.DefaultsSaveAsked, _rules, RulesDesk.defaults_save),
    "rule_try": viewed(asked.RuleAsked, _rules, RulesDesk.rule_try),
    "rule_confirm": viewed(asked.RuleConfirmAsked, _rules, RulesDesk.rule_confirm),
    "rule_switch": viewed(asked.PolicySwitchAsked, _rules, RulesDesk.rule_switch),
    "rule_remove": viewed(asked.PolicyAsked, _rules, RulesDesk.rule_remove),
    "sender_save": viewed(asked.SenderSaveAsked, _rules, RulesDesk.sender_save),
}
