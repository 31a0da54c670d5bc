"""What the card of settings may ask, by name."""

from __future__ import annotations

from qrev.assistant.questions import Desks, Question, viewed
from qrev.assistant.settings_cards import SettingsAsked
from qrev.assistant.settings_desk import SettingsDesk


def _settings(desks: Desks) -> SettingsDesk:
    return desks.settings


QUESTIONS: dict[str, Question] = {
    "settings_get": viewed(SettingsAsked, _settings, SettingsDesk.settings_get),
}
