"""Other services, wired: connecting them, and what is done there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store as accounts_store
from qrev.accounts.behalf import Behalf
from qrev.accounts.connection import Forgetting, Vendor, VendorOAuth
from qrev.accounts.connections import Connections, ConnectionStores
from qrev.bootstrap.accounts import WhoMay
from qrev.bootstrap.campaigns import Campaigns
from qrev.bootstrap.people import WhoWeKnow
from qrev.campaigns.store.mails_that_left import MongoMailsThatLeft
from qrev.crm import store as crm_store
from qrev.crm.calls import CallLog
from qrev.crm.veiling import Veil
from qrev.integrations.hubspot import store as hubspot_store
from qrev.integrations.hubspot.client import HubSpot
from qrev.integrations.hubspot.oauth import HubSpotApp, HubSpotOAuth
from qrev.integrations.hubspot.pulling import Crm, Pulling
from qrev.integrations.hubspot.pushing import Pushing
from qrev.integrations.hubspot.syncing import Syncing
from qrev.integrations.hubspot.webhooks import HubSpotEvents
from qrev.kit.clock import Clock
from qrev.kit.crypto import Vault
from qrev.kit.http import Api, Budget
from qrev.kit.mongo import Document
from qrev.settings import Settings

HUBSPOT_PATH = "/api/hubspot/redirect"
# HubSpot's smallest allowance is 100 requests in ten seconds for each account.
HUBSPOT_BUDGET = (90, timedelta(seconds=10))


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What is spoken through with other services. `close` at the end."""

    apis: dict[Vendor, Api] = field(default_factory=dict)

    async def close(self) -> None:
        for api in self.apis.values():
            await api.close()


@dataclass(frozen=True, kw_only=True)
class Vendors:
    connections: Connections
    call_log: CallLog
    hubspot: Syncing
    hubspot_events: HubSpotEvents
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
    outside, forgetting = Outside(), dict[Vendor, Forgetting]()
    apps: dict[Vendor, VendorOAuth] = {}
    hubspot_api = Api("HubSpot", settings.hubspot_api_url, budget=Budget(*HUBSPOT_BUDGET))
    outside.apis[Vendor.HUBSPOT] = hubspot_api
    if settings.hubspot_client_id:
        apps[Vendor.HUBSPOT] = HubSpotOAuth(_hubspot_app(settings), hubspot_api, clock=clock)
    connections = Connections(
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
    log = CallLog(calls=crm_store.MongoVendorCalls(db), clock=clock)
    hubspot = _syncing(db, HubSpot(hubspot_api, connections, log), connections, around)
    forgetting[Vendor.HUBSPOT] = hubspot
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
        outside=outside,
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
