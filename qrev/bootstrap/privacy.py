"""What is held on somebody, and its erasure, wired: every room answers for its own part."""

from __future__ import annotations

from qrev.accounts.audit import Audit
from qrev.accounts.store import MongoAuditBook, MongoChangeBook, MongoMemberBook, MongoMentions
from qrev.assistant.store import MongoDropBoxRoom
from qrev.bootstrap.channels import Channels
from qrev.bootstrap.databases import Databases
from qrev.campaigns.reading import Shredder
from qrev.campaigns.store.privacy import MongoCampaignsRoom
from qrev.crm import store as crm_store
from qrev.crm.mentioned import MentionsRoom
from qrev.crm.privacy import Privacy
from qrev.crm.privacy_ports import Room
from qrev.crm.veiling import Veil
from qrev.integrations.hubspot.store import MongoHubSpotRoom
from qrev.kit.clock import Clock


def rooms(databases: Databases, shredder: Shredder) -> tuple[Room, ...]:
    """Return every part of what is kept, in the order it is erased in."""
    db = databases.main
    return (
        MongoCampaignsRoom(db, shredder),
        MongoDropBoxRoom(db, databases.dropbox),
        crm_store.MongoFilesRoom(db),
        crm_store.MongoPeopleRoom(db),
        crm_store.MongoCallsRoom(db),
        crm_store.MongoMeetingsRoom(db),
        MongoHubSpotRoom(db),
        MentionsRoom(MongoMentions(db)),
    )


def privacy(databases: Databases, channels: Channels, veil: Veil, *, clock: Clock) -> Privacy:
    """Wire it. Mails go first, so that none leaves; what speaks of somebody goes last."""
    db = databases.main
    return Privacy(
        veiling=crm_store.MongoVeiling(db, veil, clock),
        rooms=rooms(databases, channels.outbox),
        members=MongoMemberBook(db),
        changes=MongoChangeBook(db),
        audit=Audit(entries=MongoAuditBook(db), clock=clock),
        clock=clock,
    )
