"""What accounts keep in MongoDB: one module per thing, its indexes beside its questions."""

from __future__ import annotations

from qrev.accounts.store import (
    accounts,
    api_keys,
    audit,
    connections,
    grants,
    invitations,
    members,
    sessions,
    teams,
)
from qrev.accounts.store.accounts import MongoAccountBook, MongoEraser
from qrev.accounts.store.api_keys import MongoApiKeyBook
from qrev.accounts.store.audit import MongoAuditBook, MongoChangeBook
from qrev.accounts.store.connections import MongoConnectionAttempts, MongoConnectionBook
from qrev.accounts.store.grants import MongoGrantBook
from qrev.accounts.store.invitations import MongoInvitationBook
from qrev.accounts.store.members import MongoMemberBook
from qrev.accounts.store.mentions import MongoMentions
from qrev.accounts.store.sessions import MongoSessionBook
from qrev.accounts.store.teams import MongoTeamBook
from qrev.accounts.store.users import MongoPictures, MongoUserBook
from qrev.kit.mongo import Indexes

INDEXES: tuple[Indexes, ...] = (
    accounts.INDEXES,
    members.INDEXES,
    sessions.INDEXES,
    invitations.INDEXES,
    teams.INDEXES,
    api_keys.INDEXES,
    audit.INDEXES,
    audit.CHANGES,
    grants.INDEXES,
    connections.INDEXES,
    connections.ATTEMPTS,
)

__all__ = [
    "INDEXES",
    "MongoAccountBook",
    "MongoApiKeyBook",
    "MongoAuditBook",
    "MongoChangeBook",
    "MongoConnectionAttempts",
    "MongoConnectionBook",
    "MongoEraser",
    "MongoGrantBook",
    "MongoInvitationBook",
    "MongoMemberBook",
    "MongoMentions",
    "MongoPictures",
    "MongoSessionBook",
    "MongoTeamBook",
    "MongoUserBook",
]
