"""The card of what the assistant is, and what it has cost this month."""

from __future__ import annotations

from typing import Literal

from qrev.assistant.cards import Card, _Shown
from qrev.assistant.requests import _Asked


class SettingsCard(Card):
    """Which assistant answers here, and what its language model has cost."""

    @property
    def key(self) -> str:
        return "settings"


class SettingsAsked(_Asked):
    """Nothing: it is about whoever asks, and their workspace."""


class SpentView(_Shown):
    """What was used in this month and what may be; a limit of 0 is none."""

    tokens: int
    dollars: float
    max_tokens: int
    max_dollars: float


class MemberSpentRow(_Shown):
    name: str
    is_me: bool
    calls: int
    tokens: int
    dollars: float


class SettingsView(_Shown):
    """`members` only for owners and admins. `month` is a first day, in ISO form, and so is `until`.

    `assistant`: rules, model, or another server that is not ours.
    """

    assistant: Literal["rules", "model", "other"]
    model: str
    has_prices: bool
    month: str
    until: str
    mine: SpentView
    workspace: SpentView
    members: list[MemberSpentRow]
