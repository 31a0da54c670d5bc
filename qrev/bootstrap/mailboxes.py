"""Mailboxes, wired: members connect them, look after them, and see what receivers see."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.grants import Grants
from qrev.bootstrap.channels import Channels, first_mailbox
from qrev.bootstrap.life import CampaignStores
from qrev.campaigns.connecting import AtProviders, Connecting, MailboxStores
from qrev.campaigns.logins import Logins
from qrev.campaigns.mailboxes import MailboxDesk
from qrev.campaigns.sender_domains import DomainChecks
from qrev.campaigns.store.mailbox_care import MongoMailboxMails, MongoMailboxRecords
from qrev.integrations.dns.sender_records import DnsSenderRecords
from qrev.integrations.google.client import MAILBOX
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document
from qrev.settings import Settings


@dataclass(frozen=True, kw_only=True)
class MailboxCare:
    """What is done with mailboxes."""

    connecting: Connecting
    domain_checks: DomainChecks
    first_mailboxes: MailboxDesk


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What mailboxes are handed from the other rooms."""

    settings: Settings
    stores: CampaignStores
    channels: Channels
    logins: Logins
    grants: Grants
    audit: Audit
    clock: Clock


def wire(db: AsyncDatabase[Document], around: Around) -> MailboxCare:
    """Wire what is done with mailboxes."""
    settings, stores = around.settings, around.stores
    return MailboxCare(
        connecting=Connecting(
            stores=MailboxStores(
                mailboxes=stores.mailboxes,
                records=MongoMailboxRecords(db),
                mails=MongoMailboxMails(db),
                outbox=stores.messages,
                logins=around.logins,
            ),
            outside=AtProviders(
                channels=around.channels.every,
                login_check=around.channels.smtp,
                grants=around.grants if settings.google_client_id else None,
                needed=MAILBOX,
            ),
            audit=around.audit,
            clock=around.clock,
        ),
        domain_checks=DomainChecks(
            records=DnsSenderRecords(clock=around.clock) if settings.check_mail_domains else None
        ),
        first_mailboxes=MailboxDesk(
            mailboxes=stores.mailboxes, first=first_mailbox(settings), clock=around.clock
        ),
    )
