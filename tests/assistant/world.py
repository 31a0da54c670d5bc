"""One process, wired as in production on a real database, with an AI server we speak for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, Actor, Member, User
from qrev.accounts.store import MongoAccountBook
from qrev.assistant.cards import Card, DraftCard, ImportCard
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    PROSPECTS_COLLECTION,
    Action,
    DraftedSequence,
    DraftedStep,
    MessageRow,
    ProspectRow,
    SequenceDraftAction,
    TimeOfDispatch,
)
from qrev.assistant.models import Turn
from qrev.assistant.ports import AiServer
from qrev.bootstrap import Databases, Services, build
from qrev.campaigns.models import Sequence
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.crm.imports import ImportState
from qrev.crm.models import Upload
from qrev.kit.mongo import Document
from qrev.settings import Settings
from tests.fakes import FakeAiServer, FakeClock

SAMPLE = (Path(__file__).parents[2] / "docs" / "sample.csv").read_bytes()
CONVERSATION = "c1"
PEOPLE = ("maria@x.test", "james@x.test")
CSV = (
    b"name,email,company_name\nMaria Gomez,maria@x.test,Solarex\nJames Okafor,james@x.test,Bright\n"
)


@dataclass(kw_only=True)
class World:
    mongo: AsyncDatabase[Document]
    services: Services
    ai: FakeAiServer
    clock: FakeClock
    _turns: int = field(default=0)

    async def say(
        self,
        actor: Actor,
        words: str,
        *answer: Action,
        upload: Upload | None = None,
        turn_id: str = "",
        conversation_id: str = CONVERSATION,
    ) -> list[Card]:
        """Take a turn to which the AI server answers so, and return the cards."""
        self._turns += 1
        self.clock.advance(seconds=1)
        if answer:
            self.ai.answers.append(list(answer))
        turn = Turn(
            id=turn_id or f"turn{self._turns}", conversation_id=conversation_id, words=words
        )
        return [card async for card in self.services.conversation.take(actor, turn, upload=upload)]

    async def drop(self, actor: Actor, data: bytes = CSV, name: str = "people.csv") -> Upload:
        return await self.services.importing.keep_upload(actor, name, data)

    async def confirm(self, actor: Actor, import_id: str) -> list[Card]:
        """Bring in a list that waits for somebody, and return what its wish comes to."""
        made = await self.services.importing.get(actor, import_id)
        if made.state is not ImportState.OPEN:
            return []
        await self.services.importing.confirm(actor, import_id, made.version)
        return [card async for card in self.services.conversation.bring_in(actor, import_id)]

    async def lay_prospects(self, *rows: ProspectRow | dict[str, Any]) -> None:
        await self._lay(PROSPECTS_COLLECTION, rows)

    async def lay_messages(self, *rows: MessageRow | dict[str, Any]) -> None:
        await self._lay(MESSAGES_COLLECTION, rows)

    async def _lay(
        self, collection: str, rows: tuple[ProspectRow | MessageRow | dict[str, Any], ...]
    ) -> None:
        for row in rows:
            document = row if isinstance(row, dict) else {"_id": row.id, **row.model_dump()}
            await self.mongo[collection].replace_one(
                {"_id": document["_id"]}, document, upsert=True
            )

    async def a_campaign(self, actor: Actor, *, steps: int = 2, dropbox_id: str = "ai1") -> str:
        """Make a campaign from the little list and return its sequence id. No drafts yet."""
        upload = await self.drop(actor)
        draft = a_draft_action(dropbox_id, steps=steps)
        cards = await self.say(actor, "sell tea", draft, upload=upload)
        [listed] = [card for card in cards if isinstance(card, ImportCard)]
        cards += await self.confirm(actor, listed.import_id)
        return next(card.sequence_id for card in cards if isinstance(card, DraftCard))

    async def a_drafted_campaign(self, actor: Actor, *, dropbox_id: str = "ai1") -> str:
        """As `a_campaign`, with every draft taken in."""
        await self.lay_prospects(*people_of(dropbox_id))
        await self.lay_messages(*messages_of(dropbox_id))
        sequence_id = await self.a_campaign(actor, dropbox_id=dropbox_id)
        await self.services.taking_in.take_in(dropbox_id, is_last=True)
        return sequence_id

    async def sequence(self, dropbox_id: str = "ai1") -> Sequence:
        found = await MongoSequenceBook(self.mongo).by_dropbox_id(dropbox_id)
        assert found is not None
        return found

    async def said_later(self) -> list[str]:
        """Return the sentences posted into the conversation, in order."""
        told = await self.services.notices.since([CONVERSATION], self.clock().replace(year=2000))
        return [notice.text for notice in told if notice.text]


async def a_world(
    mongo: AsyncDatabase[Document],
    clock: FakeClock,
    data_dir: Path,
    *members: Actor,
    ai: AiServer | None = None,
) -> World:
    """Return a world with these members. `ai` stands in the place of the one we speak for."""
    fake = FakeAiServer()
    databases = Databases(main=mongo, dropbox=mongo)
    await databases.ensure_indexes()
    book = MongoAccountBook(mongo)
    for actor in members:
        await book.add_if_new(
            User(id=actor.user_id, email=actor.email, name=actor.name, created_at=clock()),
            Account(
                id=actor.account_id,
                name=f"{actor.account_id.title()} Ltd",
                postal_address="1 Road\nTown",
            ),
            Member(account_id=actor.account_id, user_id=actor.user_id, role=actor.role),
        )
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        link_secret=SecretStr("links"),
        encryption_key=SecretStr("seal" * 16),
        access_token_jwt_secret=SecretStr("pass" * 16),
        refresh_token_jwt_secret=SecretStr("anew" * 16),
        hold_minutes=2,
    )
    services = build(settings, databases, ai or fake, clock=clock)
    return World(mongo=mongo, services=services, ai=fake, clock=clock)


def a_draft_action(
    dropbox_id: str = "ai1", *, steps: int = 2, name: str = "Tea"
) -> SequenceDraftAction:
    days = [
        DraftedStep(id=str(n + 1), time_of_dispatch=TimeOfDispatch(time_value=3 * n))
        for n in range(steps)
    ]
    return SequenceDraftAction(
        title=name, sequence=DraftedSequence(id=dropbox_id, name=name, steps=days)
    )


def people_of(dropbox_id: str = "ai1", emails: tuple[str, ...] = PEOPLE) -> list[ProspectRow]:
    return [
        ProspectRow(sequence_id=dropbox_id, email=email, name=email.partition("@")[0].title())
        for email in emails
    ]


def messages_of(
    dropbox_id: str = "ai1", emails: tuple[str, ...] = PEOPLE, *, steps: int = 2
) -> list[MessageRow]:
    return [
        MessageRow(
            sequence_id=dropbox_id,
            step_id=str(step),
            step=step,
            email=email,
            subject=f"Tea {step}",
            body=f"Hi {email.partition('@')[0]},\n\nmail {step} about tea.\n\nBest,\nAlice",
        )
        for email in emails
        for step in range(1, steps + 1)
    ]
