"""A rule about sending that somebody said: shown, tried and confirmed before it counts."""

from __future__ import annotations

from pydantic import ValidationError

from qrev.assistant.cards import Card, TextCard
from qrev.assistant.contract import ProposalAction
from qrev.assistant.rules_cards import DefaultsCard, RuleAsked, RuleCard

CANNOT_READ = (
    "I did not understand that rule. Try *“never on Fridays after 14”*, *“never more than two "
    "people per company a week”* or *“no one at gmail.com”*. Here are the rules in force."
)


def rule_cards(action: ProposalAction) -> list[Card]:
    """Return the rule as it was understood. Only its button puts it in force."""
    try:
        rule = RuleAsked.model_validate(action.arguments)
    except ValidationError:
        return [TextCard(text=CANNOT_READ), DefaultsCard()]
    return [RuleCard(rule=rule)]
