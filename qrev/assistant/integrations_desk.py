"""What the card of other services can ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from qrev.accounts.changes import Changes
from qrev.accounts.connection import ConnectionState, Vendor
from qrev.accounts.connections import Connections
from qrev.accounts.models import Actor
from qrev.assistant.cards import ChangeCard
from qrev.assistant.integrations_cards import (
    CallRow,
    CallsAsked,
    CallsView,
    HubSpotPullAsked,
    IntegrationAsked,
    IntegrationRow,
    IntegrationsAsked,
    IntegrationsView,
    SyncShown,
)
from qrev.assistant.viewing import from_moment_cursor, to_cursor
from qrev.crm.calls import CallLog, VendorCall
from qrev.kit.errors import NotFound

PAGE = 20
NAMED = 3  # addresses of one call that are written out
# What a member gets of each.
WORDS: Mapping[Vendor, str] = {
    Vendor.HUBSPOT: "Bring HubSpot's contacts here, and write your people, mails and opt-outs "
    "there. For the whole workspace.",
    Vendor.ZOOM: "Write “book a call with Anna on Tuesday at 3”: it is made in your own Zoom, "
    "and the next mail carries the invitation. For you alone.",
}
FIELDS = {
    "email": "email",
    "firstname": "first name",
    "lastname": "last name",
    "company": "company",
    "website": "website",
    "jobtitle": "job title",
    "phone": "phone",
    "country": "country",
    "hubspot_owner_id": "owner",
    "hs_timestamp": "time",
    "start_time": "time",
    "duration": "length",
    "hs_email_direction": "direction",
    "hs_email_status": "status",
    "hs_email_subject": "subject",
    "hs_email_text": "text",
}


class Syncing(Protocol):
    """Keeping people in step with another service."""

    async def shown(self, actor: Actor) -> SyncShown | None:
        """Return how far it is, None before anything was asked for."""

    async def pull(self, actor: Actor, *, list_number: str) -> object: ...

    async def stop_pushing(self, actor: Actor) -> object: ...


class IntegrationsDesk:
    """`syncing` is by service: those that people are kept in step with."""

    def __init__(
        self,
        *,
        connections: Connections,
        log: CallLog,
        changes: Changes,
        syncing: Mapping[Vendor, Syncing],
    ) -> None:
        self._connections = connections
        self._log = log
        self._changes = changes
        self._syncing = syncing

    async def list(self, actor: Actor, ask: IntegrationsAsked) -> IntegrationsView:
        """Return every service there is, and how it is connected."""
        return IntegrationsView(rows=[await self._row(actor, vendor) for vendor in WORDS])

    async def disconnect(self, actor: Actor, ask: IntegrationAsked) -> IntegrationsView:
        """Give a connection back, and keep nothing of it."""
        await self._connections.disconnect(actor, ask.vendor)
        return await self.list(actor, IntegrationsAsked())

    async def pull(self, actor: Actor, ask: HubSpotPullAsked) -> IntegrationsView:
        """Begin to read HubSpot's contacts."""
        number = ask.list_number.strip()
        await self._sync(Vendor.HUBSPOT).pull(actor, list_number=number)
        return await self.list(actor, IntegrationsAsked())

    async def push(self, actor: Actor) -> ChangeCard:
        """Propose to write our people to HubSpot."""
        change = await self._changes.propose_writing_to_hubspot(actor)
        return ChangeCard(change_id=change.id)

    async def stop_pushing(self, actor: Actor, ask: IntegrationsAsked) -> IntegrationsView:
        """Write nothing to HubSpot from now on."""
        await self._sync(Vendor.HUBSPOT).stop_pushing(actor)
        return await self.list(actor, ask)

    async def calls(self, actor: Actor, ask: CallsAsked) -> CallsView:
        """Return what was said to other services, about one address where one is given."""
        page = await self._log.page(
            actor, about=ask.about, before=from_moment_cursor(ask.after), limit=PAGE
        )
        return CallsView(
            rows=[_call(call) for call in page.calls],
            next=None if page.next is None else to_cursor(page.next[0].isoformat(), page.next[1]),
        )

    async def _row(self, actor: Actor, vendor: Vendor) -> IntegrationRow:
        is_set_up = self._connections.is_set_up(vendor)
        status = await self._connections.status(actor, vendor)
        is_good = status.state is ConnectionState.GOOD
        syncing = self._syncing.get(vendor)
        may = actor.may_change if vendor.is_of_member else actor.may_manage
        return IntegrationRow(
            vendor=vendor.value,
            name=vendor.product,
            words=WORDS[vendor],
            state=status.state.value if is_set_up else "off",
            label=status.label,
            connected_at=status.connected_at,
            connect_path=f"/api/{vendor.value}/connect",
            may_connect=may and actor.scopes is None,
            sync=await syncing.shown(actor) if syncing is not None and is_good else None,
        )

    def _sync(self, vendor: Vendor) -> Syncing:
        found = self._syncing.get(vendor)
        if found is None:
            raise NotFound(f"{vendor.product} is not set up here.")
        return found


def _call(call: VendorCall) -> CallRow:
    shown = [FIELDS.get(name, name.replace("_", " ")) for name in call.fields]
    return CallRow(
        at=call.at,
        name=call.vendor.product,
        what=call.what,
        about=list(call.about[:NAMED]),
        more=max(0, len(call.about) - NAMED),
        fields=", ".join(shown),
        outcome="" if call.outcome == "done" else call.outcome,
    )
