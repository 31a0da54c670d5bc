"""The house's own figures, by name. Another table is one more line in `TABLES`."""

from __future__ import annotations

from collections.abc import Mapping

from bench import importing, memory, operations, planning, starting, turns
from bench.accounts import ACCOUNTS
from bench.measuring import Measure
from bench.pocketmongo import POCKETMONGO

HOUSE: Mapping[str, Measure] = {
    "plan_10k_s": planning.plan_10k_s,
    "import_10k_s": importing.import_10k_s,
    "turn_vs_echo": turns.turn_vs_echo,
    "plan_db_ops_per_1000": operations.plan_db_ops_per_1000,
    "web_rss_mb": memory.web_rss_mb,
    "cold_start_s": starting.cold_start_s,
}
TABLES: tuple[Mapping[str, Measure], ...] = (HOUSE, POCKETMONGO, ACCOUNTS)
