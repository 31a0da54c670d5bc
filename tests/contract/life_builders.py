"""Orders, pauses and approvals of Acme's, as tests begin with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qrev.campaigns.life.models import (
    Approval,
    Order,
    OrderKind,
    OrderState,
    Pause,
    Terms,
    Touched,
)
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, DAY, MINUTE


def an_order(key: str = "o1", **changes: Any) -> Order:
    order = Order(
        id=key,
        account_id=ACME,
        kind=OrderKind.PAUSE,
        terms=Terms(sequence_id="s1"),
        conversation_id="c1",
        created_by=ALICE,
        created_by_name="Alice",
        title="Pause “Spring”",
        facts=("2 mails to 1 person wait.",),
        rows=(Touched(name="Bob", email="bob@pine.test", step=1, before="Tue", after="waits"),),
        touched=2,
        people=1,
        hash="h1",
        seed=7,
        planned_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + 15 * MINUTE,
        state=OrderState.OPEN,
        changed_at=TUESDAY_10AM,
    )
    return replace(order, **changes)


def a_pause(key: str = "o4", **changes: Any) -> Pause:
    pause = Pause(
        id=key,
        account_id=ACME,
        sequence_id="s1",
        mailbox_id="",
        country="DE",
        company="",
        until=TUESDAY_10AM + DAY,
        by=ALICE,
        by_name="Alice",
        at=TUESDAY_10AM,
    )
    return replace(pause, **changes)


def an_approval(key: str = "a1", **changes: Any) -> Approval:
    approval = Approval(
        id=key,
        account_id=ACME,
        subject_id="p1",
        is_send=True,
        title="Send “Spring”",
        people=300,
        asked_by=ALICE,
        asked_by_name="Alice",
        asked_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + DAY,
        conversation_id="c1",
    )
    return replace(approval, **changes)
