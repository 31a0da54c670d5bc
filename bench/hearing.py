"""A reply heard: how long until no further mail to them is possible."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from bench.house import a_house
from bench.measuring import Measured, rounded
from bench.world import MONDAY
from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox, Message, MessageStatus, message_id
from qrev.campaigns.store.messages import MongoMessages

REPLIES = 300
STEPS = 4
TARGET = 100.0  # milliseconds, in 99 of 100
ACCOUNT = AccountId("acme")
MAILBOX = Mailbox(
    id="m1",
    account_id=ACCOUNT,
    email="alice@acme.test",
    name="Alice",
    channel="outbox",
    timezone="UTC",
    cap=50,
    ramp_started_on=None,
)


def reply_to_stop_ms(*, replies: int = REPLIES) -> Measured:
    """Take replies one by one, from their bytes on: until all mails still to leave are cancelled.

    `value` is what 99 of 100 keep. What a provider takes to tell us comes on top.
    """
    return asyncio.run(_measured(replies))


async def _measured(replies: int) -> Measured:
    async with a_house() as house:
        book = MongoMessages(house.database)
        people = [f"person{number}@pine{number % 97}.test" for number in range(replies)]
        await book.add_planned(
            [_message(email, step) for email in people for step in range(1, STEPS + 1)]
        )
        took = []
        for number, email in enumerate(people):
            raw = f"From: {email}\nTo: alice@acme.test\nSubject: Re: Roofs\n\nYes, on Monday.\n"
            began = time.perf_counter()
            await house.services.hearing.take(MAILBOX, f"letter-{number}", raw.encode())
            took.append((time.perf_counter() - began) * 1000)
        left = await house.database.messages.count_documents({"status": "planned"})
        if left:
            raise RuntimeError(f"{left} mails could still leave.")
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    return Measured(
        value=p99,
        unit="ms",
        target=TARGET,
        is_ok=p99 <= TARGET,
        more={"p50": rounded(p50), "replies": replies, "steps": STEPS},
    )


def _message(email: str, step: int) -> Message:
    is_first = step == 1
    return Message(
        id=message_id(f"s1:{email}", step),
        account_id=ACCOUNT,
        sequence_id="s1",
        prospect_id=f"s1:{email}",
        person_id=email,
        proposal_id="p1",
        step=step,
        mailbox_id=MAILBOX.id,
        to=email,
        to_name="",
        company=email.partition("@")[2],
        timezone="UTC",
        country="",
        subject="Roofs",
        body="Hi",
        send_at=MONDAY + timedelta(days=step),
        held_until=MONDAY,
        because="",
        status=MessageStatus.SENT if is_first else MessageStatus.PLANNED,
        created_at=MONDAY,
        attempts=int(is_first),
        sent_at=MONDAY if is_first else None,
    )
