"""Other services, wired: connecting them, and what is done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store as accounts_store
from qrev.accounts.behalf import Behalf
from qrev.accounts.connection import Forgetting, Vendor, VendorOAuth
from qrev.accounts.connections import Connections, ConnectionStores
from qrev.bootstrap.accounts import WhoMay
from qrev.bootstrap.campaigns import Campaigns
from qrev.bootstrap.people import WhoWeKnow
from qrev.campaigns.store.heard_since import MongoHeardSince
from qrev.campaigns.store.last_campaign import MongoLastCampaign
from qrev.campaigns.store.mails_that_left import MongoMailsThatLeft
from qrev.crm import store as crm_store
from qrev.crm.booking import Booking
from qrev.crm.calls import CallLog
from qrev.crm.veiling import Veil
from qrev.integrations.hubspot import store as hubspot_store
from qrev.integrations.hubspot.client import HubSpot
from qrev.integrations.hubspot.oauth import HubSpotApp, HubSpotOAuth
from qrev.integrations.hubspot.pulling import Crm, Pulling
from qrev.integrations.hubspot.pushing import Pushing
from qrev.integrations.hubspot.syncing import Syncing
from qrev.integrations.hubspot.webhooks import HubSpotEvents
from qrev.integrations.zoom.client import Zoom
from qrev.integrations.zoom.events import ZoomEvents, ZoomSecrets
from qrev.integrations.zoom.oauth import ZoomApp, ZoomOAuth
from qrev.kit.clock import Clock
from qrev.kit.crypto import Vault
from qrev.kit.http import Api, Budget
from qrev.kit.mongo import Document
from qrev.settings import Settings

HUBSPOT_PATH = "/api/hubspot/redirect"
ZOOM_PATH = "/api/zoom/redirect"
# HubSpot's smallest allowance is 100 requests in ten seconds for each account.
HUBSPOT_BUDGET = (90, timedelta(seconds=10))
ZOOM_BUDGET = (20, timedelta(seconds=1))  # Zoom allows 30 light requests a second


class Outside:
    """What is spoken through with other services. `close` at the end."""

    def __init__(self, settings: Settings) -> None:
        api_of_zoom = settings.zoom_api_url
        self.hubspot = Api("HubSpot", settings.hubspot_api_url, budget=Budget(*HUBSPOT_BUDGET))
        self.zoom_web = Api("Zoom", settings.zoom_web_url, budget=Budget(*ZOOM_BUDGET))
        self.zoom = Api("Zoom", api_of_zoom, budget=Budget(*ZOOM_BUDGET))
        # The end of an app is answered beside the API, not below its version.
        root = api_of_zoom.removesuffix("/v2")
        self.zoom_root = Api("Zoom", root, budget=Budget(*ZOOM_BUDGET))

    async def close(self) -> None:
        for api in (self.hubspot, self.zoom_web, self.zoom, self.zoom_root):
            await api.close()


@dataclass(frozen=True, kw_only=True)
class Vendors:
    connections: Connections
    call_log: CallLog
    hubspot: Syncing
    hubspot_events: HubSpotEvents
    booking: Booking
    zoom_events: ZoomEvents
    outside: Outside


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What other services are handed from the rooms."""

    settings: Settings
    may: WhoMay
    known: WhoWeKnow
    campaigns: Campaigns
    veil: Veil
    clock: Clock


def wire(db: AsyncDatabase[Document], around: Around) -> Vendors:
    """Wire every other service. One that is not set up has no app and does nothing."""
    settings, clock = around.settings, around.clock
    outside, forgetting = Outside(settings), dict[Vendor, Forgetting]()
    connections = _connections(db, outside, forgetting, around)
    log = CallLog(calls=crm_store.MongoVendorCalls(db), clock=clock)
    hubspot = _syncing(db, HubSpot(outside.hubspot, connections, log), connections, around)
    forgetting[Vendor.HUBSPOT] = hubspot
    meetings = crm_store.MongoMeetings(db)
    forgetting[Vendor.ZOOM] = meetings
    return Vendors(
        connections=connections,
        call_log=log,
        hubspot=hubspot,
        hubspot_events=HubSpotEvents(
            secret=settings.hubspot_client_secret.get_secret_value(),
            app_id=settings.hubspot_app_id,
            syncing=hubspot,
            clock=clock,
        ),
        booking=_booking(db, Zoom(outside.zoom, connections, log), around),
        zoom_events=ZoomEvents(
            _zoom_secrets(settings),
            api=outside.zoom_root,
            connections=connections,
            meetings=meetings,
            clock=clock,
        ),
        outside=outside,
    )


def _connections(
    db: AsyncDatabase[Document],
    outside: Outside,
    forgetting: Mapping[Vendor, Forgetting],
    around: Around,
) -> Connections:
    """Wire connecting. `forgetting` is filled by whoever keeps something for a connection."""
    settings, clock = around.settings, around.clock
    apps: dict[Vendor, VendorOAuth] = {}
    if settings.hubspot_client_id:
        apps[Vendor.HUBSPOT] = HubSpotOAuth(_hubspot_app(settings), outside.hubspot, clock=clock)
    if settings.zoom_client_id:
        apps[Vendor.ZOOM] = ZoomOAuth(
            _zoom_app(settings), web=outside.zoom_web, api=outside.zoom, clock=clock
        )
    return Connections(
        stores=ConnectionStores(
            book=accounts_store.MongoConnectionBook(db),
            attempts=accounts_store.MongoConnectionAttempts(db),
        ),
        vendors=apps,
        forgetting=forgetting,
        vault=Vault(settings.encryption_keys),
        audit=around.may.audit,
        clock=clock,
    )


def _booking(db: AsyncDatabase[Document], zoom: Zoom, around: Around) -> Booking:
    return Booking(
        rooms=zoom,
        meetings=crm_store.MongoMeetings(db),
        people=crm_store.MongoPeopleBook(db),
        campaigns=MongoLastCampaign(db),
        audit=around.may.audit,
        clock=around.clock,
    )


def _zoom_app(settings: Settings) -> ZoomApp:
    return ZoomApp(
        client_id=settings.zoom_client_id,
        client_secret=settings.zoom_client_secret.get_secret_value(),
        redirect_uri=settings.base_url + ZOOM_PATH,
        web=settings.zoom_web_url,
    )


def _zoom_secrets(settings: Settings) -> ZoomSecrets:
    return ZoomSecrets(
        client_id=settings.zoom_client_id,
        client_secret=settings.zoom_client_secret.get_secret_value(),
        secret_token=settings.zoom_secret_token.get_secret_value(),
        verification_token=settings.zoom_verification_token.get_secret_value(),
    )


def _hubspot_app(settings: Settings) -> HubSpotApp:
    return HubSpotApp(
        app_id=settings.hubspot_app_id,
        client_id=settings.hubspot_client_id,
        client_secret=settings.hubspot_client_secret.get_secret_value(),
        redirect_uri=settings.base_url + HUBSPOT_PATH,
        web=settings.hubspot_web_url,
        api=settings.hubspot_api_url,
    )


def _syncing(
    db: AsyncDatabase[Document], hubspot: HubSpot, connections: Connections, around: Around
) -> Syncing:
    known, clock = around.known, around.clock
    rows, links = hubspot_store.MongoRowBook(db), hubspot_store.MongoLinkBook(db)
    behalf = Behalf(
        members=accounts_store.MongoMemberBook(db), users=accounts_store.MongoUserBook(db)
    )
    pulling = Pulling(
        hubspot=hubspot,
        crm=Crm(
            importing=known.importing,
            import_work=known.import_work,
            people=known.people,
            companies=crm_store.MongoCompanyBook(db),
            grouping=known.grouping,
            stopping=around.campaigns.stopping,
        ),
        rows=rows,
        links=links,
        behalf=behalf,
        clock=clock,
    )
    pushing = Pushing(
        hubspot=hubspot,
        people=known.people,
        suppressions=crm_store.MongoSuppressions(db, around.veil),
        mails=MongoMailsThatLeft(db),
        heard=MongoHeardSince(db),
        links=links,
        behalf=behalf,
        clock=clock,
    )
    return Syncing(
        syncs=hubspot_store.MongoSyncBook(db),
        rows=rows,
        links=links,
        connections=connections,
        pulling=pulling,
        pushing=pushing,
        behalf=behalf,
        audit=around.may.audit,
        clock=clock,
    )
