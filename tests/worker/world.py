"""The application as production wires it, on a real database, with mail that is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, Member, Role, User, UserId
from qrev.accounts.store import MongoAccountBook
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.ports import OnWords
from qrev.bootstrap import Databases, Services, build
from qrev.campaigns.models import (
    Mailbox,
    Message,
    MessageStatus,
    Sequence,
    SequenceStatus,
    Step,
    message_id,
)
from qrev.campaigns.rulebook import Rulebook
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.messages import MongoMessages
from qrev.campaigns.store.rulebooks import MongoRulebooks
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.kit.errors import Unavailable
from qrev.kit.mongo import Document
from qrev.settings import Settings
from tests.conftest import ACME
from tests.fakes import FakeClock

SEQUENCE = "seq_1"
MAILBOX = "mbx_1"
ALICE = UserId("alice")


class NoAiServer:
    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        raise Unavailable


# Real workers go by the real clock, whatever it says.
AT_ANY_HOUR = Rulebook(
    values={
        "min_gap_minutes": 0,
        "windows": {str(day): [["00:00", "24:00"]] for day in range(7)},
        "skips_holidays": False,
    }
)


async def a_workspace(
    database: AsyncDatabase[Document], folder: Path, clock: FakeClock
) -> Services:
    """Return services for Acme, with one mailbox and one active sequence."""
    await MongoAccountBook(database).add_if_new(
        User(id=ALICE, email="alice@acme.test", name="Alice", created_at=clock()),
        Account(id=ACME, name="Acme", postal_address="Acme Ltd, 1 High Street, London"),
        Member(account_id=ACME, user_id=ALICE, role=Role.OWNER),
    )
    await MongoMailboxes(database).add_if_new(
        Mailbox(
            id=MAILBOX,
            account_id=ACME,
            email="alice@acme.test",
            name="Alice",
            channel="outbox",
            timezone="UTC",
            cap=30,
            ramp_started_on=None,
        )
    )
    await MongoSequenceBook(database).add_if_new(
        Sequence(
            id=SEQUENCE,
            account_id=ACME,
            owner_id=ALICE,
            dropbox_id="box_1",
            conversation_id="conversation_1",
            name="Solar roofs",
            steps=(Step(number=1, delay=timedelta()),),
            status=SequenceStatus.ACTIVE,
            upload_id=None,
            people=1,
            is_enrolled=True,
            is_drafting=False,
            created_at=clock(),
        )
    )
    # So that the mailbox may send several mails in a minute.
    await MongoRulebooks(database).put(ACME, AT_ANY_HOUR)
    settings = Settings(data_dir=folder, link_secret=SecretStr("a secret of the tests"))
    databases = Databases(main=database, dropbox=database)
    return build(settings, databases, NoAiServer(), clock=clock)


async def plan_mails(database: AsyncDatabase[Document], clock: FakeClock, count: int = 1) -> None:
    """Plan mails for this minute, to one person each."""
    messages = [a_message(number, clock) for number in range(count)]
    assert await MongoMessages(database).add_planned(messages) == count


def a_message(number: int, clock: FakeClock) -> Message:
    prospect_id = f"{SEQUENCE}:per_{number}"
    return Message(
        id=message_id(prospect_id, 1),
        account_id=ACME,
        sequence_id=SEQUENCE,
        prospect_id=prospect_id,
        person_id=f"per_{number}",
        proposal_id="prp_1",
        step=1,
        mailbox_id=MAILBOX,
        to=f"bob{number}@solarex.test",
        to_name="Bob",
        company="solarex.test",
        timezone="UTC",
        country="",
        subject="Solar roofs",
        body="Hi Bob,\n\nshall we talk?",
        send_at=clock(),
        held_until=clock(),
        because="the first free minute",
        status=MessageStatus.HELD,
        created_at=clock(),
    )


async def statuses(database: AsyncDatabase[Document]) -> set[str]:
    return set(await database.messages.distinct("status"))
