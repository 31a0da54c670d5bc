"""The one place that knows every class: who is handed what, one file a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.grants import NoIssuer
from qrev.accounts.models import ChangeKind
from qrev.accounts.ports import ChangeMaker, GrantIssuer
from qrev.accounts.store import MongoAccountBook, MongoMemberBook
from qrev.assistant.ports import AiServer
from qrev.bootstrap import afterwards, assistant, campaigns, desks, mailboxes, vendors
from qrev.bootstrap.accounts import WhoMay, grants_of, who_may
from qrev.bootstrap.assistant import Assistant
from qrev.bootstrap.campaigns import Campaigns
from qrev.bootstrap.channels import Channels, channels_of, logins_of
from qrev.bootstrap.databases import INDEXES, Databases
from qrev.bootstrap.google import at_google
from qrev.bootstrap.life import CampaignStores
from qrev.bootstrap.mailboxes import MailboxCare
from qrev.bootstrap.people import WhoWeKnow, mail_domains, who_we_know
from qrev.bootstrap.privacy import privacy
from qrev.bootstrap.vendors import Vendors
from qrev.campaigns.inviting import InvitationMail
from qrev.campaigns.logins import Logins
from qrev.crm.privacy import Privacy
from qrev.crm.veiling import Veil
from qrev.integrations.google.sign_in import GoogleSignIn
from qrev.kit.clock import Clock
from qrev.kit.limits import Limits
from qrev.kit.mongo import Document
from qrev.kit.pulse import Pulse
from qrev.kit.reporting import LoggedReports, Reports
from qrev.settings import Settings

__all__ = ["INDEXES", "Databases", "Services", "build"]
ONLY_LOGGED = LoggedReports()


@dataclass(frozen=True, kw_only=True)
class Services(WhoMay, WhoWeKnow, Campaigns, MailboxCare, Assistant, Vendors):
    """What the doors call: what every room offers, and what belongs to none."""

    google: GoogleSignIn | None  # None where no client is set up
    privacy: Privacy
    channels: Channels
    logins: Logins
    limits: Limits
    pulse: Pulse
    reports: Reports
    clock: Clock


def build(
    settings: Settings,
    databases: Databases,
    ai: AiServer,
    *,
    clock: Clock,
    reports: Reports = ONLY_LOGGED,
) -> Services:
    """Wire the application. Call once per process, inside its event loop."""
    db = databases.main
    stores = CampaignStores(db)
    google = at_google(settings, clock)
    issuer = google.grants if google else NoIssuer()
    logins, channels = _ways_out(settings, db, issuer if google else None, clock)
    post = InvitationMail(mailboxes=stores.mailboxes, channels=channels.reaching, clock=clock)
    veil = Veil(settings.link_secret.get_secret_value())
    erasing = privacy(databases, channels, veil, clock=clock)
    makers: dict[ChangeKind, ChangeMaker] = {ChangeKind.ERASE_PERSON: erasing}
    may = who_may(settings, db, post, issuer, clock=clock, makers=makers)
    domains = mail_domains(settings, clock)
    known = who_we_know(db, may.audit, veil, mails=stores.messages, domains=domains, clock=clock)
    selling = campaigns.wire(stores, _around(settings, db, may, known, channels, reports, clock))
    outside = _outside(settings, db, may, known, selling, veil, clock)
    makers |= _makers(selling, outside)
    care = _care(settings, db, stores, channels, logins, may, clock)
    around_desks = desks.Around(
        settings=settings,
        may=may,
        known=known,
        campaigns=selling,
        stores=stores,
        channels=channels,
        mailboxes=care,
        privacy=erasing,
        vendors=outside,
        clock=clock,
    )
    helping = assistant.wire(databases, ai, around_desks)
    return Services(
        **_offers(may, known, selling, care, helping, outside),
        limits=Limits(db, clock),
        pulse=Pulse(db, clock),
        clock=clock,
        google=None if google is None else google.sign_in,
        privacy=erasing,
        channels=channels,
        logins=logins,
        reports=reports,
    )


def _outside(
    settings: Settings,
    db: AsyncDatabase[Document],
    may: WhoMay,
    known: WhoWeKnow,
    selling: Campaigns,
    veil: Veil,
    clock: Clock,
) -> Vendors:
    around = vendors.Around(
        settings=settings, may=may, known=known, campaigns=selling, veil=veil, clock=clock
    )
    return vendors.wire(db, around)


def _makers(selling: Campaigns, outside: Vendors) -> dict[ChangeKind, ChangeMaker]:
    """Return what the changes come to that only later rooms can make."""
    return {
        ChangeKind.WRITE_TO_HUBSPOT: outside.hubspot,
        ChangeKind.BOOK_CALL: outside.booking,
        ChangeKind.SETTLE_AS_SENT: selling.decision_it_left,
        ChangeKind.SETTLE_AS_NOT_SENT: selling.decision_it_did_not,
    }


def _care(
    settings: Settings,
    db: AsyncDatabase[Document],
    stores: CampaignStores,
    channels: Channels,
    logins: Logins,
    may: WhoMay,
    clock: Clock,
) -> MailboxCare:
    return mailboxes.wire(
        db,
        mailboxes.Around(
            settings=settings,
            stores=stores,
            channels=channels,
            logins=logins,
            grants=may.grants,
            audit=may.audit,
            clock=clock,
        ),
    )


def _ways_out(
    settings: Settings, db: AsyncDatabase[Document], issuer: GrantIssuer | None, clock: Clock
) -> tuple[Logins, Channels]:
    """Return how mailboxes sign in, and what mail leaves by."""
    logins = logins_of(settings, db)
    tokens = grants_of(settings, db, issuer, clock=clock) if issuer else None
    return logins, channels_of(settings, logins=logins, tokens=tokens, clock=clock)


def _offers(*rooms: object) -> dict[str, Any]:
    return {name: offered for room in rooms for name, offered in vars(room).items()}


def _around(
    settings: Settings,
    db: AsyncDatabase[Document],
    may: WhoMay,
    known: WhoWeKnow,
    channels: Channels,
    reports: Reports,
    clock: Clock,
) -> afterwards.Around:
    return afterwards.Around(
        settings=settings,
        accounts=MongoAccountBook(db),
        members=MongoMemberBook(db),
        suppressions=known.suppressions,
        reachability=known.reaching,
        audit=may.audit,
        channels=channels,
        pulse=Pulse(db, clock),
        reports=reports,
        clock=clock,
    )
