"""Telling HubSpot what is ours: people who are new or changed, mails that left, who opted out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from qrev.accounts.behalf import Behalf
from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.models import Message
from qrev.crm.models import Origin, Person
from qrev.crm.ports import Suppressions
from qrev.crm.service import People
from qrev.integrations.hubspot.client import PAGE, HubSpot
from qrev.integrations.hubspot.contacts import properties_of
from qrev.integrations.hubspot.digests import digest_of
from qrev.integrations.hubspot.models import EVERY, Link, Sync, SyncState
from qrev.integrations.hubspot.ports import HeardSince, LinkBook, MailsThatLeft
from qrev.integrations.hubspot.pulling import OPTED_OUT
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound
from qrev.kit.http import Clash, NotTaken
from qrev.kit.mongo import BATCH

MAX_SUBJECT = 500
MAX_TEXT = 60_000
# Of what was heard: its direction, its state and its subject in HubSpot.
HEARD: Mapping[EventKind, tuple[str, str, str]] = {
    EventKind.REPLIED: ("INCOMING_EMAIL", "SENT", "They answered"),
    EventKind.BOUNCED: ("EMAIL", "BOUNCED", "A mail to them came back"),
}


class Pushing:
    def __init__(
        self,
        *,
        hubspot: HubSpot,
        people: People,
        suppressions: Suppressions,
        mails: MailsThatLeft,
        heard: HeardSince,
        links: LinkBook,
        behalf: Behalf,
        clock: Clock,
    ) -> None:
        self._hubspot = hubspot
        self._people = people
        self._suppressions = suppressions
        self._mails = mails
        self._heard = heard
        self._links = links
        self._behalf = behalf
        self._clock = clock

    async def step(self, actor: Actor, sync: Sync) -> Sync:
        """Tell a hundred people, and after the last of them mails and opt-outs; return how far."""
        page = await self._people.page(actor, after=sync.pushed_after, limit=PAGE)
        await self._tell(sync.account_id, page.people)
        if page.next is not None:
            return replace(sync, pushed_after=page.next, problem="")
        now = self._clock()
        mails_after = await self._note_mails(sync)
        heard_after = await self._note_heard(sync)
        await self._tell_opt_outs(sync)
        return replace(
            sync,
            state=SyncState.IDLE,
            pushed_after=None,
            mails_after=mails_after,
            heard_after=heard_after,
            opt_outs_since=now,
            last_at=now,
            due_at=now + EVERY,
            problem="",
        )

    async def _tell(self, account_id: AccountId, people: tuple[Person, ...]) -> None:
        """Write those whom HubSpot does not know as they are now."""
        links = await self._links.get_many(account_id, [person.id for person in people])
        told = {person.email: properties_of(person) for person in people}
        digests = {email: digest_of(each) for email, each in told.items()}
        new = [p for p in people if _is_news(links.get(p.id), digests[p.email])]
        if not new:
            return
        owners = await self._owners(account_id) if any(p.owner_id for p in new) else {}
        written = await self._hubspot.upsert(
            account_id,
            [properties_of(p, owners.get(str(p.owner_id), "")) for p in new],
        )
        await self._links.put(
            account_id,
            [
                Link(person_id=p.id, contact_id=written[p.email], digest=digests[p.email])
                for p in new
                if p.email in written
            ],
        )

    async def _owners(self, account_id: AccountId) -> Mapping[str, str]:
        """Return what HubSpot calls our members: those who have the same address there."""
        members = await self._behalf.by_address(account_id)
        theirs = await self._hubspot.owners(account_id)
        return {
            str(members[address.lower()]): id_
            for id_, address in theirs.items()
            if address.lower() in members
        }

    async def _note_mails(self, sync: Sync) -> tuple[datetime, str]:
        """Put each mail that left since the last time onto its contact, the earliest first."""
        place = sync.mails_after or (self._clock(), "")
        while found := await self._mails.after(sync.account_id, place, PAGE):
            links = await self._links.get_many(sync.account_id, [m.person_id for m in found])
            for message in found:
                assert message.sent_at is not None
                if (link := links.get(message.person_id)) is not None:
                    said = email_of(message)
                    await self._note(sync.account_id, link.contact_id, message.to, said)
                place = (message.sent_at, message.id)
        return place

    async def _note_heard(self, sync: Sync) -> tuple[datetime, str]:
        """Put each answer, and each mail that came back, onto its contact."""
        place = sync.heard_after or sync.mails_after or (self._clock(), "")
        while found := await self._heard.after(
            sync.account_id, place, kinds=list(HEARD), limit=PAGE
        ):
            links = await self._links.get_many(sync.account_id, [e.person_id for e in found])
            for event in found:
                if (link := links.get(event.person_id)) is not None:
                    said = heard_as_email(event)
                    await self._note(sync.account_id, link.contact_id, event.email, said)
                place = (event.at, event.id)
        return place

    async def _note(
        self, account_id: AccountId, contact_id: str, about: str, said: Mapping[str, str]
    ) -> None:
        try:
            await self._hubspot.note_email(account_id, contact_id, about, said)
        except (NotFound, NotTaken, Clash):
            return  # deleted there; the log says so

    async def _tell_opt_outs(self, sync: Sync) -> None:
        """Tell of everybody who asked us to stop since the last time."""
        since = sync.opt_outs_since
        after: str | None = None
        while found := await self._suppressions.page(sync.account_id, after=after, limit=BATCH):
            after = found[-1].value
            for each in found:
                is_new = since is None or each.created_at >= since
                is_theirs = each.origin is Origin.OPT_OUT and each.reason != OPTED_OUT
                if is_new and is_theirs and "@" in each.value:
                    await self._opt_out(sync.account_id, each.value)

    async def _opt_out(self, account_id: AccountId, email: str) -> None:
        try:
            await self._hubspot.opt_out(account_id, email)
        except (NotFound, NotTaken, Clash):
            return  # not known there, or opted out already; the log says which


def email_of(message: Message) -> dict[str, str]:
    """Return a mail as HubSpot's email engagement."""
    assert message.sent_at is not None
    return {
        "hs_timestamp": f"{message.sent_at:%Y-%m-%dT%H:%M:%S.000Z}",
        "hs_email_direction": "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_subject": message.subject[:MAX_SUBJECT],
        "hs_email_text": message.body[:MAX_TEXT],
    }


def heard_as_email(event: Event) -> dict[str, str]:
    """Return an answer, or a mail that came back, as HubSpot's email engagement."""
    direction, status, subject = HEARD[event.kind]
    return {
        "hs_timestamp": f"{event.at:%Y-%m-%dT%H:%M:%S.000Z}",
        "hs_email_direction": direction,
        "hs_email_status": status,
        "hs_email_subject": subject,
        "hs_email_text": event.note[:MAX_TEXT],
    }


def _is_news(link: Link | None, digest: str) -> bool:
    return link is None or link.digest != digest
