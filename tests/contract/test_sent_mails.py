"""What every SentMails promises: the mails that a later one goes on with."""

from __future__ import annotations

import pytest

from qrev.campaigns.delivery import Earlier
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Outcome
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_message
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_what_was_sent_to_a_prospect_is_told_by_step(stores: Stores) -> None:
    sent = MessageStatus.SENT
    await stores.messages.add_planned(
        [
            a_message(step=2, status=sent, subject="Re: Hello", header_id="<2@x>", thread_id="t"),
            a_message(step=1, status=sent),
            a_message(step=3),
            a_message("ann", status=MessageStatus.UNKNOWN),
            a_message("mal", account_id=OTHER, status=sent),
        ]
    )

    found = await stores.sent_mails.earlier(ACME, ["s1:bob", "s1:ann", "s1:mal", "s1:none"])

    assert found == {
        "s1:bob": (Earlier(1, "Hello", "", ""), Earlier(2, "Re: Hello", "<2@x>", "t")),
    }


async def test_what_the_provider_calls_a_mail_is_kept_with_its_outcome(stores: Stores) -> None:
    await stores.messages.add_planned([a_message()])
    now = TUESDAY_10AM
    (claimed,) = await stores.outbox.claim_due(
        since=now - DAY, now=now, lease=now + MINUTE, limit=1
    )
    await stores.outbox.record(
        claimed,
        Outcome(
            status=MessageStatus.SENT,
            note="sent",
            at=now,
            provider_id="17f",
            header_id="<a@mail.gmail.com>",
            thread_id="17e",
        ),
    )

    found = await stores.sent_mails.earlier(ACME, ["s1:bob"])

    assert found == {"s1:bob": (Earlier(1, "Hello", "<a@mail.gmail.com>", "17e"),)}


async def test_a_linked_mail_is_found_whose_ever_it_is(stores: Stores) -> None:
    await stores.messages.add_planned([a_message("mal", account_id=OTHER)])

    found = await stores.sent_mails.linked("s1:mal:1")

    assert found is not None
    assert found.account_id == OTHER
    assert await stores.sent_mails.linked("s1:none:1") is None
