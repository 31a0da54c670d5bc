"""What the card of other services may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant.integrations_cards import (
    CallsAsked,
    HubSpotPullAsked,
    IntegrationAsked,
    IntegrationsAsked,
)
from qrev.assistant.integrations_desk import IntegrationsDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed


def _integrations(desks: Desks) -> IntegrationsDesk:
    return desks.integrations


async def _push(desks: Desks, actor: Actor, ask: IntegrationsAsked) -> Answered:
    """Show what writing to HubSpot would do, as a card of its own."""
    return Answered(cards=(await desks.integrations.push(actor),))


QUESTIONS: dict[str, Question] = {
    "integrations_list": viewed(IntegrationsAsked, _integrations, IntegrationsDesk.list),
    "integration_disconnect": viewed(IntegrationAsked, _integrations, IntegrationsDesk.disconnect),
    "integration_calls": viewed(CallsAsked, _integrations, IntegrationsDesk.calls),
    "hubspot_pull": viewed(HubSpotPullAsked, _integrations, IntegrationsDesk.pull),
    "hubspot_push": Question(asks=IntegrationsAsked, answer=_push),
    "hubspot_push_stop": viewed(IntegrationsAsked, _integrations, IntegrationsDesk.stop_pushing),
}
