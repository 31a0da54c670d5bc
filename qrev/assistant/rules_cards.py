"""The sending rules on the screen: their cards, what they ask for and what they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Id
from qrev.campaigns.policies import PolicyKind

Clock = Annotated[str, Field(max_length=10)]
Hash = Annotated[str, Field(max_length=100)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DefaultsCard(Card):
    """The sending rules of the workspace, or of one sequence."""

    sequence_id: str = ""

    @property
    def key(self) -> str:
        return "defaults"


class RuleAsked(_Asked):
    """A rule as it was understood. What its kind does not name may be left out."""

    rule: PolicyKind
    count: int = 0
    days: int = 7
    weekdays: Annotated[list[int], Field(max_length=7)] = [0, 1, 2, 3, 4, 5, 6]
    begins: Clock = "00:00"
    ends: Clock = "24:00"
    domains: Annotated[list[Annotated[str, Field(max_length=253)]], Field(max_length=200)] = []
    said: Annotated[str, Field(max_length=300)] = ""


class RuleConfirmAsked(RuleAsked):
    hash: Hash = ""


class RuleCard(Card):
    """A rule somebody said, with what it would mean, to confirm or to drop."""

    rule: RuleAsked

    @property
    def key(self) -> str:
        return "defaults"


class DefaultsAsked(_Asked):
    sequence_id: Annotated[str, Field(max_length=300)] = ""


class DefaultsTryAsked(DefaultsAsked):
    """Every setting that is to be in force; what is missing is the default again."""

    values: dict[str, Any]
    version: Annotated[int, Field(ge=0)]


class DefaultsSaveAsked(DefaultsTryAsked):
    hash: Hash = ""


class PolicyAsked(_Asked):
    policy_id: Id


class PolicySwitchAsked(PolicyAsked):
    is_on: bool


class SenderSaveAsked(_Asked):
    mailbox_id: Id
    cap: int | None = None
    timezone: Annotated[str, Field(max_length=100)] | None = None
    is_warmed: bool | None = None


class SettingView(_Shown):
    """`kind` is number, switch or windows. `is_own`: set here, not taken over."""

    name: str
    title: str
    unit: str
    kind: str
    value: Any
    default: Any
    low: int
    high: int
    reason: str
    source: str
    is_own: bool


class PolicyView(_Shown):
    id: str
    sentence: str
    said: str
    is_on: bool
    created_at: datetime | None


class SenderView(_Shown):
    """`today` is how many mails it may send today, while it is growing."""

    id: str
    email: str
    cap: int
    timezone: str
    is_warmed: bool
    is_paused: bool
    today: int


class DefaultsView(_Shown):
    """`subject` names the sequence, empty for the workspace."""

    version: int
    subject: str
    sequence_id: str
    timezone: str
    may_change: bool
    settings: list[SettingView]
    policies: list[PolicyView]
    senders: list[SenderView]


class TriedRow(_Shown):
    """A mail that would not keep the rules. `at` is when it leaves or left."""

    name: str
    email: str
    step: int
    at: datetime
    reason: str
    is_for_good: bool


class TrialView(_Shown):
    """What a change would mean. `planned` would move, of them `dropped` would not leave at all.

    `past` are mails of the last 90 days that would not have left as they did.
    """

    sentence: str
    policy_id: str  # of the rule, once it is in force
    is_on: bool
    may_change: bool
    timezone: str
    planned: int
    dropped: int
    planned_of: int
    past: int
    past_of: int
    rows: list[TriedRow]
    past_rows: list[TriedRow]
    hash: str
