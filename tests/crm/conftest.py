"""The CRM on a real database, wired as in production."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.accounts.store import MongoAuditBook
from qrev.bootstrap import Databases
from qrev.bootstrap.people import WhoWeKnow, who_we_know
from qrev.campaigns.store.messages import MongoMessages
from qrev.crm.imports import Import
from qrev.crm.models import Person
from qrev.crm.veiling import Veil
from qrev.kit.mongo import Document
from tests.fakes import FakeClock


@dataclass(frozen=True, kw_only=True)
class Crm:
    known: WhoWeKnow
    mongo: AsyncDatabase[Document]
    clock: FakeClock

    async def looked_at(self, actor: Actor, data: bytes, name: str = "people.csv") -> Import:
        """Drop a list and have it looked at."""
        self.clock.advance(seconds=1)
        upload = await self.known.importing.keep_upload(actor, name, data)
        made = await self.known.importing.begin(actor, upload.id)
        return await self.work(actor, made)

    async def confirmed(self, actor: Actor, made: Import) -> Import:
        """Confirm a list as it is, and have it brought in."""
        await self.known.importing.confirm(actor, made.id, made.version)
        return await self.work(actor, made)

    async def imported(self, actor: Actor, data: bytes, name: str = "people.csv") -> Import:
        return await self.confirmed(actor, await self.looked_at(actor, data, name))

    async def undone(self, actor: Actor, made: Import) -> Import:
        await self.known.importing.undo(actor, made.id)
        return await self.work(actor, made)

    async def work(self, actor: Actor, made: Import) -> Import:
        return await self.known.import_work.work(actor.account_id, made.id)

    async def everybody(self, actor: Actor) -> dict[str, Person]:
        """Return all people of an account, by address."""
        page = await self.known.people.page(actor, limit=100)
        return {person.email: person for person in page.people}


@pytest.fixture
async def crm(mongo: AsyncDatabase[Document], clock: FakeClock) -> Crm:
    await Databases(main=mongo, dropbox=mongo).ensure_indexes()
    audit = Audit(entries=MongoAuditBook(mongo), clock=clock)
    return Crm(
        known=who_we_know(mongo, audit, Veil("house"), mails=MongoMessages(mongo), clock=clock),
        mongo=mongo,
        clock=clock,
    )
