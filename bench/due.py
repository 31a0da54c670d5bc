"""Mails whose minute has come, as a worker finds them: inserted raw, one of each mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, AccountId, Member, Role, User, UserId
from qrev.accounts.store import MongoAccountBook
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
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.message_documents import to_document
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.kit.mongo import Document, batches

MAILBOXES = 50  # of a workspace; a mailbox keeps its gap, so each has one mail that is due
BODY = "Hi,\n\n" + "may I ask how you plan your demand for the coming season? " * 8 + "\n\nAlice"


async def lay_due(db: AsyncDatabase[Document], count: int, *, at: datetime, channel: str) -> None:
    """Write so many mails, due one after the other in the minute before `at`."""
    workspaces = -(-count // MAILBOXES)
    for number in range(workspaces):
        await _workspace(db, number, channel, at)
    for batch in batches(_documents(count, at)):
        await db["messages"].insert_many(batch, ordered=False)


async def lay_ahead(db: AsyncDatabase[Document], count: int, *, at: datetime) -> None:
    """Write so many mails of one workspace for the hours and months after `at`."""
    minutes = (at + timedelta(minutes=1 + n) for n in range(count))
    rows = (
        _document(0, n % MAILBOXES, MAILBOXES + n, send_at) for n, send_at in enumerate(minutes)
    )
    for batch in batches(rows):
        await db["messages"].insert_many(batch, ordered=False)


async def _workspace(db: AsyncDatabase[Document], number: int, channel: str, at: datetime) -> None:
    account_id, user_id = AccountId(f"acc_{number}"), UserId(f"usr_{number}")
    await MongoAccountBook(db).add_if_new(
        User(id=user_id, email=f"owner{number}@acme.test", name="Owner", created_at=at),
        Account(id=account_id, name="Acme", timezone="UTC", postal_address="1 Main St, Town"),
        Member(account_id=account_id, user_id=user_id, role=Role.OWNER),
    )
    await MongoSequenceBook(db).add_if_new(_sequence(account_id, user_id, number, at))
    for place in range(MAILBOXES):
        await MongoMailboxes(db).add_if_new(
            Mailbox(
                id=f"mbx_{number}_{place}",
                account_id=account_id,
                email=f"seller{place}@acme{number}.test",
                name="A Seller",
                channel=channel,
                timezone="UTC",
                cap=30,
                ramp_started_on=None,
            )
        )


def _documents(count: int, at: datetime) -> Iterator[Document]:
    step = timedelta(minutes=1) / count
    for n in range(count):
        yield _document(n // MAILBOXES, n % MAILBOXES, n, at - timedelta(minutes=1) + step * n)


def _document(workspace: int, mailbox: int, person: int, send_at: datetime) -> Document:
    prospect_id = f"seq_{workspace}:per_{person}"
    told: dict[str, Any] = {"at": send_at, "status": MessageStatus.PLANNED}
    return to_document(
        Message(
            id=message_id(prospect_id, 1),
            account_id=AccountId(f"acc_{workspace}"),
            sequence_id=f"seq_{workspace}",
            prospect_id=prospect_id,
            person_id=f"per_{person}",
            proposal_id=f"prp_{workspace}",
            step=1,
            mailbox_id=f"mbx_{workspace}_{mailbox}",
            to=f"person{person}@firm{person}.test",
            to_name=f"Person Number{person}",
            company=f"firm{person}.test",
            timezone="UTC",
            country="",
            subject="Your demand planning",
            body=BODY,
            send_at=send_at,
            held_until=send_at,
            because="the first free minute",
            status=MessageStatus.PLANNED,
            created_at=send_at,
            ledger=(LedgerEntry(kind="planned", **told),),
        )
    )


def _sequence(account_id: AccountId, user_id: UserId, number: int, at: datetime) -> Sequence:
    return Sequence(
        id=f"seq_{number}",
        account_id=account_id,
        owner_id=user_id,
        dropbox_id=f"box_{number}",
        conversation_id=f"conversation_{number}",
        name="Spring",
        steps=(Step(number=1, delay=timedelta()),),
        status=SequenceStatus.ACTIVE,
        upload_id=None,
        people=1,
        is_enrolled=True,
        is_drafting=False,
        created_at=at,
    )
