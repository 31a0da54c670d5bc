"""Which index answers a query, and how it is read."""

from __future__ import annotations

from pocketmongo.planning.planner import KeyRange, Plan, choose_plan

__all__ = ["KeyRange", "Plan", "choose_plan"]
