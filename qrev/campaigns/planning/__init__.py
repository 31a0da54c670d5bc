"""Who is written to when. Pure: no clock, no database, no chance but the seed."""

from __future__ import annotations

from qrev.campaigns.planning.planner import plan
from qrev.campaigns.planning.rules import (
    MOVES,
    Because,
    Plan,
    PlanMailbox,
    PlannedMessage,
    PlanProspect,
    PlanStep,
    Refused,
    Rules,
    Taken,
    company_of,
)

__all__ = [
    "MOVES",
    "Because",
    "Plan",
    "PlanMailbox",
    "PlanProspect",
    "PlanStep",
    "PlannedMessage",
    "Refused",
    "Rules",
    "Taken",
    "company_of",
    "plan",
]
