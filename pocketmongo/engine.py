"""Everything the commands work with, made once per server."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from pocketmongo.accounts import Accounts
from pocketmongo.changelog import ChangeLog
from pocketmongo.cursors import IDLE_TIMEOUT, Cursors
from pocketmongo.sessions import Sessions
from pocketmongo.storage.store import Store
from pocketmongo.transactions import LIFETIME


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
    address: str = ""
    clients: Clients = field(default_factory=Clients)
    started_at: float = field(default_factory=time.time)


def build_engine(
    store: Store,
    accounts: Accounts,
    *,
    cursor_timeout: float = IDLE_TIMEOUT,
    transaction_lifetime: float = LIFETIME,
) -> Engine:
    """Put the parts together around an open store."""
    changes = ChangeLog(store.incarnation)
    sessions = Sessions(store, transaction_lifetime)
    store.publish = changes.publish
    store.expire_transactions = sessions.expire_transactions
    return Engine(store, accounts, changes, Cursors(cursor_timeout), sessions)
