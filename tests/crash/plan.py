"""The plan a run begins with: made by the planner, written to the database and to a file.

The file is for the verdict: who was to get which mail, and what rules hold. It is written before
anything is sent.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, AccountId, Member, Role, User, UserId
from qrev.accounts.store import MongoAccountBook
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.models import (
    LedgerEntry,
    Mailbox,
    Message,
    MessageStatus,
    Sequence,
    SequenceStatus,
    Step,
    message_id,
)
from qrev.campaigns.planning import PlannedMessage, PlanProspect, PlanStep, Rules, plan
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.messages import MongoMessages
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.kit.mongo import Document

ACME = AccountId("acme")
SEQUENCE = "seq_crash"
BEGIN = datetime(2026, 3, 2, 8, 50, tzinfo=UTC)  # a Monday, ten minutes before the window opens
CAP = 30
CHANNELS = ("smtp", "outbox")
MANNERS = ("", "", "", "", "", "", "cut", "slow", "busy", "refused")  # of the mail server


def mailboxes(count: int) -> list[Mailbox]:
    return [
        Mailbox(
            id=f"mbx_{n}",
            account_id=ACME,
            email=f"seller{n}@acme.test",
            name=f"Seller {n}",
            channel=CHANNELS[n % len(CHANNELS)],
            timezone="UTC",
            cap=CAP,
            ramp_started_on=None,
        )
        for n in range(count)
    ]


async def lay_out(
    db: AsyncDatabase[Document], folder: Path, *, people: int, seed: int
) -> list[Message]:
    """Write the plan of that many people, two mails each. Return its messages."""
    boxes = mailboxes(max(8, people // 6))
    await MongoAccountBook(db).add_if_new(
        User(id=UserId("alice"), email="alice@acme.test", name="Alice", created_at=BEGIN),
        Account(id=ACME, name="Acme", timezone="UTC", postal_address="1 Main St, 12345 Town"),
        Member(account_id=ACME, user_id=UserId("alice"), role=Role.OWNER),
    )
    await MongoSequenceBook(db).add_if_new(_sequence(people))
    for mailbox in boxes:
        await MongoMailboxes(db).add_if_new(mailbox)
    chance = random.Random(seed)
    addresses = {f"per_{n}": _address(n, chance) for n in range(people)}
    steps = (PlanStep(number=1, day=0), PlanStep(number=2, day=1))
    planned = plan(
        [PlanProspect(id=f"{SEQUENCE}:{p}", steps=steps, timezone="UTC") for p in addresses],
        [planner_mailbox(each) for each in boxes],
        Rules(account_timezone="UTC"),
        [],
        now=BEGIN,
        seed=seed,
    )
    messages = [_message(each, addresses) for each in planned.messages]
    await MongoMessages(db).add_planned(messages)
    _write_down(folder, boxes, messages)
    return messages


def _address(number: int, chance: random.Random) -> str:
    manner = chance.choice(MANNERS)
    return f"{manner}{'-' if manner else ''}person{number}@firm{number}.test"


def _write_down(folder: Path, boxes: list[Mailbox], messages: list[Message]) -> None:
    lines = [{"id": m.id, "to": m.to, "step": m.step} for m in messages]
    rules = {"cap": CAP, "gap_s": 240, "opens": 9, "closes": 17}
    kept = {"rules": rules, "mailboxes": [m.email for m in boxes], "planned": lines}
    (folder / "plan.json").write_text(json.dumps(kept))


def _message(planned: PlannedMessage, addresses: dict[str, str]) -> Message:
    person_id = planned.prospect_id.partition(":")[2]
    to = addresses[person_id]
    return Message(
        id=message_id(planned.prospect_id, planned.step),
        account_id=ACME,
        sequence_id=SEQUENCE,
        prospect_id=planned.prospect_id,
        person_id=person_id,
        proposal_id="prp_crash",
        step=planned.step,
        mailbox_id=planned.mailbox_id,
        to=to,
        to_name="",
        company=to.rpartition("@")[2],
        timezone="UTC",
        country="",
        subject="A question",
        body="Hi,\n\nmay I ask something?\n\nAlice",
        send_at=planned.send_at,
        held_until=BEGIN,
        because="planned",
        status=MessageStatus.PLANNED,
        created_at=BEGIN,
        ledger=(LedgerEntry(kind="planned", at=BEGIN, status=MessageStatus.PLANNED),),
    )


def _sequence(people: int) -> Sequence:
    return Sequence(
        id=SEQUENCE,
        account_id=ACME,
        owner_id=UserId("alice"),
        dropbox_id="crash",
        conversation_id="conversation",
        name="Crash",
        steps=(Step(number=1, delay=timedelta()), Step(number=2, delay=timedelta(days=1))),
        status=SequenceStatus.ACTIVE,
        upload_id=None,
        people=people,
        is_enrolled=True,
        is_drafting=False,
        created_at=BEGIN,
    )
