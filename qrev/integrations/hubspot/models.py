"""How far the account and HubSpot are with each other. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId

EVERY = timedelta(minutes=15)
ALL = "all"
CHANGES = "changes"
LIST = "list:"


class SyncState(StrEnum):
    IDLE = "idle"
    PULLING = "pulling"  # contacts are read, page by page; nothing is written here
    PROPOSED = "proposed"  # waits for somebody to confirm the import
    COMPANIES = "companies"  # confirmed; companies and owners follow
    PUSHING = "pushing"  # what is ours is written there


@dataclass(frozen=True, kw_only=True)
class Sync:
    """`by` is on whose behalf; `run_id` the pull under way, `after` where in it we are.

    `since` is from when on changes there are still unknown here, None before the first confirmed
    pull: only from then on it runs by itself. `is_pushing` once somebody confirmed that too.
    `pushed_after` is how far among our people we are, `mails_after` among mails that left, and
    `heard_after` among what was heard of them.
    """

    account_id: AccountId
    by: UserId
    due_at: datetime
    state: SyncState = SyncState.IDLE
    scope: str = ALL
    run_id: str = ""
    after: str = ""
    pages: int = 0
    rows: int = 0
    began_at: datetime | None = None
    floor: datetime | None = None  # where the search of a pull of changes begins
    since: datetime | None = None
    import_id: str = ""
    is_pushing: bool = False
    pushed_after: tuple[str, str] | None = None
    mails_after: tuple[datetime, str] | None = None
    heard_after: tuple[datetime, str] | None = None
    opt_outs_since: datetime | None = None
    last_at: datetime | None = None
    problem: str = ""
    version: int = 1

    @property
    def is_running(self) -> bool:
        return self.state not in (SyncState.IDLE, SyncState.PROPOSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A contact as it was pulled, until its import is over."""

    contact_id: str
    email: str
    cells: tuple[str, ...]
    owner_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What a person is in HubSpot, and a digest of what it was told of them last."""

    person_id: str
    contact_id: str
    digest: str
