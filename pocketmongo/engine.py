"""Everything the commands work with, made once per server."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from pocketmongo.accounts import Accounts
from pocketmongo.changelog import WATCH_IS_OVER, ChangeLog
from pocketmongo.cursors import Cursors
from pocketmongo.moments import Moments
from pocketmongo.sessions import Sessions
from pocketmongo.settings import Settings
from pocketmongo.storage.store import Store


@dataclass(slots=True)
class Clients:
    """How many clients there are and have been."""

    current: int = 0
    total: int = 0


@dataclass(slots=True)
class Engine:
    """The database behind the wire."""

    store: Store
    accounts: Accounts
    changes: ChangeLog
    cursors: Cursors
    sessions: Sessions
    settings: Settings
    moments: Moments
    address: str = ""
    clients: Clients = field(default_factory=Clients)
    started_at: float = field(default_factory=time.time)


def build_engine(store: Store, accounts: Accounts) -> Engine:
    """Put the parts together around an open store."""
    settings = Settings()
    kept = store.kept_changes(time.time() - WATCH_IS_OVER)
    changes = ChangeLog(store.incarnation, kept)
    sessions = Sessions(store, settings)
    store.log = changes
    store.expire_transactions = sessions.expire_transactions
    return Engine(store, accounts, changes, Cursors(settings), sessions, settings, Moments(store))
