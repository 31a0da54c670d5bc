"""Bringing in a list the whole way, as a member does who has nothing to decide."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from qrev.accounts.models import Actor
from qrev.crm.import_work import ImportWork
from qrev.crm.importing import Importing
from qrev.crm.imports import Import


class Importers(Protocol):
    @property
    def importing(self) -> Importing: ...

    @property
    def import_work(self) -> ImportWork: ...


async def bring_in(
    services: Importers, actor: Actor, data: bytes | BinaryIO, name: str = "people.csv"
) -> Import:
    """Drop a list, confirm it as it is, and return what became of it."""
    upload = await services.importing.keep_upload(actor, name, data)
    made = await services.importing.begin(actor, upload.id)
    seen = await services.import_work.work(actor.account_id, made.id)
    await services.importing.confirm(actor, made.id, seen.version)
    return await services.import_work.work(actor.account_id, made.id)
