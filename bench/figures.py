"""The house's own figures, by name. Another table is one more line in `TABLES`."""

from __future__ import annotations

from collections.abc import Mapping

from bench import (
    hearing,
    importing,
    mailing,
    memory,
    operations,
    planning,
    sending,
    starting,
    turns,
)
from bench.accounts import ACCOUNTS
from bench.assistant import ASSISTANT
from bench.leaving import LEAVING
from bench.measuring import Measure
from bench.people import PEOPLE
from bench.pocketmongo import POCKETMONGO
from bench.understanding import UNDERSTANDING

HOUSE: Mapping[str, Measure] = {
    "plan_10k_s": planning.plan_10k_s,
    "plan_100k_s": planning.plan_100k_s,
    "plan_growth": planning.plan_growth,
    "write_40k_s": sending.write_40k_s,
    "dry_run_card_s": sending.dry_run_card_s,
    "what_if_s": sending.what_if_s,
    "reply_to_stop_ms": hearing.reply_to_stop_ms,
    "smtp_vs_bare": mailing.smtp_vs_bare,
    "import_10k_s": importing.import_10k_s,
    "import_100k_s": importing.import_100k_s,
    "import_100k_vs_raw": importing.import_100k_vs_raw,
    "import_100k_known_s": importing.import_100k_known_s,
    "import_1m_rss_mb": importing.import_1m_rss_mb,
    "turn_vs_echo": turns.turn_vs_echo,
    "plan_db_ops_per_1000": operations.plan_db_ops_per_1000,
    "web_rss_mb": memory.web_rss_mb,
    "cold_start_s": starting.cold_start_s,
}
TABLES: tuple[Mapping[str, Measure], ...] = (
    HOUSE,
    LEAVING,
    POCKETMONGO,
    ACCOUNTS,
    ASSISTANT,
    PEOPLE,
    UNDERSTANDING,
)
