"""What a message's time on the wire was like, as its ledger keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qrev.campaigns.delivery import Accepted
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Outcome, SendError


@dataclass(frozen=True, kw_only=True, slots=True)
class Wire:
    """`began_at` is None for what never came to the wire. `note` and `code` are the server's."""

    channel: str = ""
    began_at: datetime | None = None
    note: str = ""
    code: str = ""
    provider_id: str = ""
    header_id: str = ""
    thread_id: str = ""

    def refused(self, error: SendError) -> Wire:
        return replace(self, note=str(error), code=error.code)

    def said(self, note: str) -> Wire:
        return replace(self, note=note)

    def taken(self, accepted: Accepted) -> Wire:
        return replace(
            self,
            note="sent",
            provider_id=accepted.provider_id,
            header_id=accepted.header_id,
            thread_id=accepted.thread_id,
        )

    def outcome(
        self,
        status: MessageStatus,
        at: datetime,
        *,
        send_at: datetime | None = None,
        held_for: timedelta | None = None,
    ) -> Outcome:
        """Return what is recorded of it. Before the wire, it was no attempt."""
        return Outcome(
            status=status,
            note=self.note,
            at=at,
            provider_id=self.provider_id,
            header_id=self.header_id,
            thread_id=self.thread_id,
            send_at=send_at,
            held_until=None if held_for is None else at + held_for,
            is_attempt=self.began_at is not None,
            channel=self.channel,
            began_at=self.began_at,
            code=self.code,
        )
