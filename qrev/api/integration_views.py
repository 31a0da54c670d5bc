"""Connections and what is said through them, as programs see it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.accounts.connection import ConnectionState, Vendor
from qrev.accounts.connections import Status
from qrev.crm.calls import VendorCall
from qrev.integrations.hubspot.models import Sync, SyncState


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ConnectionView(_View):
    """`is_set_up` says whether this installation has an app there."""

    is_set_up: bool
    is_connected: bool
    state: ConnectionState
    label: str
    connected_at: datetime | None

    @classmethod
    def of(cls, status: Status, *, is_set_up: bool) -> ConnectionView:
        return cls(
            is_set_up=is_set_up,
            is_connected=status.state is ConnectionState.GOOD,
            state=status.state,
            label=status.label,
            connected_at=status.connected_at,
        )


class CallView(_View):
    """One call to another service: what it did, about whom, and which fields were sent."""

    vendor: Vendor
    at: datetime
    what: str
    about: list[str]
    fields: list[str]
    outcome: str

    @classmethod
    def of(cls, call: VendorCall) -> CallView:
        return cls(
            vendor=call.vendor,
            at=call.at,
            what=call.what,
            about=list(call.about),
            fields=list(call.fields),
            outcome=call.outcome,
        )


class CallsView(_View):
    calls: list[CallView]
    next: str | None


class PullAsked(BaseModel):
    """Everything, or the contacts of one list of HubSpot's, by its number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    list_number: Annotated[str, Field(max_length=20)] = ""


class SyncView(_View):
    """How far HubSpot and the workspace are. `import_id` is the import to confirm."""

    state: SyncState
    rows: Annotated[int, Field(description="Contacts that were read.")]
    import_id: str
    is_pushing: bool
    runs_by_itself: bool
    last_at: datetime | None
    problem: str

    @classmethod
    def of(cls, sync: Sync | None) -> SyncView:
        if sync is None:
            return cls(
                state=SyncState.IDLE,
                rows=0,
                import_id="",
                is_pushing=False,
                runs_by_itself=False,
                last_at=None,
                problem="",
            )
        return cls(
            state=sync.state,
            rows=sync.rows,
            import_id=sync.import_id,
            is_pushing=sync.is_pushing,
            runs_by_itself=sync.since is not None,
            last_at=sync.last_at,
            problem=sync.problem,
        )
