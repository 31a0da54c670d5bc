"""One good example of what is kept of conversations, and of what AI servers leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from qrev.accounts.models import (
    UserId,
)
from qrev.assistant.contract import spending_id
from qrev.assistant.models import Line
from qrev.campaigns.models import (
    Step,
)
from tests.conftest import ACME, TUESDAY_10AM

ALICE = UserId("alice")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
STEPS = (Step(number=1, delay=timedelta(0)), Step(number=2, delay=3 * DAY))


def a_line(key: str = "l1", **changes: Any) -> Line:
    line = Line(
        id=key,
        account_id=ACME,
        conversation_id="c1",
        role="user",
        content="Write to them",
        at=TUESDAY_10AM,
    )
    return replace(line, **changes)


def a_spending(user_id: str = "", **changes: Any) -> dict[str, Any]:
    """Return a month's count as the AI server keeps it beside the drop box."""
    month = "2026-03"
    return {
        "_id": spending_id(ACME, month, user_id),
        "account_id": ACME,
        "user_id": user_id,
        "month": month,
        "calls": 2,
        "read": 100,
        "written": 20,
        "dollars": 0.5,
    } | changes


def a_row(key: str = "r1", **changes: Any) -> dict[str, Any]:
    """Return a row as the AI server lays it into the drop box."""
    return {"_id": key, "sequence_id": "ai-s1", "email": "bob@pine.test"} | changes
