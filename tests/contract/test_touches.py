"""What every Touches promises: the ledger without its words."""

from __future__ import annotations

import pytest

from qrev.campaigns.models import MessageStatus, Touch
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

BOB = Touch(
    prospect_id="s1:bob",
    step=1,
    mailbox_id="m1",
    send_at=TUESDAY_10AM,
    email="bob@pine.test",
    name="Bob",
    company="pine.test",
    timezone="Europe/Berlin",
    country="DE",
    because="first mail",
    status=MessageStatus.SENT,
    reason="",
    sent_at=TUESDAY_10AM + DAY,
)


async def fill(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(step=3, status=MessageStatus.CANCELLED, reason="stopped"),
            a_message(status=MessageStatus.SENT, sent_at=TUESDAY_10AM + DAY),
            a_message(step=2, status=MessageStatus.HELD),
            a_message("ann", status=MessageStatus.FAILED),
            a_message("eve", sequence_id="s2", prospect_id="s2:eve"),
            a_message("mal", account_id=OTHER),
        ]
    )


async def test_what_is_ahead_or_left_of_a_sequence_is_told(stores: Stores) -> None:
    await fill(stores)

    found = sorted(await stores.touches.of_sequence(ACME, "s1"), key=lambda t: t.step)

    assert found == [BOB, BOB._replace(step=2, status=MessageStatus.HELD, sent_at=None)]


async def test_of_one_person_everything_is_told_in_order(stores: Stores) -> None:
    await fill(stores)

    found = await stores.touches.of_prospect(ACME, "s1:bob")

    assert [(t.step, t.status.value, t.reason) for t in found] == [
        (1, "sent", ""),
        (2, "held", ""),
        (3, "cancelled", "stopped"),
    ]
    assert await stores.touches.of_prospect(OTHER, "s1:bob") == []
