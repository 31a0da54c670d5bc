"""Campaigns as CSV files: who is in one and how far they got, and the mails that left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Protocol

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.models import OPEN, Message, MessageStatus, Prospect
from qrev.campaigns.ports import Mailboxes, Messages, SequenceBook
from qrev.kit.csv_writing import csv_of
from qrev.kit.errors import NotFound
from qrev.kit.mongo import BATCH

MAILS = ("sent", "to", "name", "campaign", "mail", "from", "subject", "text")
PEOPLE = (
    *("email", "name", "company", "job title", "state"),
    *("mails sent", "mails ahead", "mails failed", "last sent", "next mail"),
)


class CampaignRows(Protocol):
    """A campaign as long as it likes to be, read piece by piece."""

    async def prospects(
        self, account_id: AccountId, sequence_id: str, *, after: int | None, limit: int
    ) -> list[Prospect]:
        """Return prospects in the order of their positions, behind that of `after`."""

    async def mails(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, list[Message]]:
        """Return all mails of these prospects by step, by prospect."""


class CampaignExport:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        rows: CampaignRows,
        messages: Messages,
        mailboxes: Mailboxes,
        audit: Audit,
    ) -> None:
        self._sequences = sequences
        self._rows = rows
        self._messages = messages
        self._mailboxes = mailboxes
        self._audit = audit

    async def people(self, actor: Actor, sequence_id: str) -> AsyncIterator[bytes]:
        """Return who is in a campaign and how far they got, as a CSV file. Raises NotFound."""
        await self._name_of(actor, sequence_id)
        await self._audit.record(actor, "campaign.people_exported", sequence_id)
        return csv_of(PEOPLE, self._people(actor, sequence_id))

    async def mails(self, actor: Actor, sequence_id: str | None) -> AsyncIterator[bytes]:
        """Return the mails that left, of one campaign or of all, as a CSV file. Raises NotFound."""
        if sequence_id is not None:
            await self._name_of(actor, sequence_id)
        await self._audit.record(actor, "campaign.mails_exported", sequence_id or "")
        found = self._newest(actor) if sequence_id is None else self._of(actor, sequence_id)
        return csv_of(MAILS, self._told(actor, found))

    async def _people(self, actor: Actor, sequence_id: str) -> AsyncIterator[list[tuple[str, ...]]]:
        async for prospects, mails in self._pages(actor, sequence_id):
            yield [_person(each, mails.get(each.id, [])) for each in prospects]

    async def _pages(
        self, actor: Actor, sequence_id: str
    ) -> AsyncIterator[tuple[list[Prospect], Mapping[str, list[Message]]]]:
        after: int | None = None
        while True:
            found = await self._rows.prospects(
                actor.account_id, sequence_id, after=after, limit=BATCH
            )
            yield found, await self._rows.mails(actor.account_id, [each.id for each in found])
            if len(found) < BATCH:
                return
            after = found[-1].position

    async def _newest(self, actor: Actor) -> AsyncIterator[list[Message]]:
        before: tuple[datetime, str] | None = None
        while True:
            found = await self._messages.page(
                actor.account_id,
                status=MessageStatus.SENT,
                sequence_id=None,
                before=before,
                limit=BATCH,
            )
            yield found
            last = found[-1] if found else None
            if len(found) < BATCH or last is None or last.sent_at is None:
                return
            before = last.sent_at, last.id

    async def _of(self, actor: Actor, sequence_id: str) -> AsyncIterator[list[Message]]:
        async for prospects, mails in self._pages(actor, sequence_id):
            yield [
                mail
                for each in prospects
                for mail in mails.get(each.id, [])
                if mail.status is MessageStatus.SENT
            ]

    async def _told(
        self, actor: Actor, found: AsyncIterator[list[Message]]
    ) -> AsyncIterator[list[tuple[str, ...]]]:
        boxes = {m.id: m.email for m in await self._mailboxes.of_account(actor.account_id)}
        names: defaultdict[str, str] = defaultdict(str)
        async for mails in found:
            for id_ in {mail.sequence_id for mail in mails} - names.keys():
                sequence = await self._sequences.get(actor.account_id, id_)
                names[id_] = "" if sequence is None else sequence.name
            yield [_mail(mail, names[mail.sequence_id], boxes) for mail in mails]

    async def _name_of(self, actor: Actor, sequence_id: str) -> str:
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that campaign.")
        return sequence.name


def _mail(mail: Message, campaign: str, boxes: Mapping[str, str]) -> tuple[str, ...]:
    return (
        _moment(mail.sent_at),
        mail.to,
        mail.to_name,
        campaign,
        str(mail.step),
        boxes.get(mail.mailbox_id, ""),
        mail.subject,
        mail.body,
    )


def _person(prospect: Prospect, mails: Collection[Message]) -> tuple[str, ...]:
    sent = [m.sent_at for m in mails if m.status is MessageStatus.SENT and m.sent_at is not None]
    ahead = [m.send_at for m in mails if m.status in OPEN]
    failed = sum(m.status is MessageStatus.FAILED for m in mails)
    return (
        prospect.email,
        prospect.name,
        prospect.company_name,
        prospect.job_title,
        prospect.status.value,
        *(str(len(sent)), str(len(ahead)), str(failed)),
        *(_moment(max(sent, default=None)), _moment(min(ahead, default=None))),
    )


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
