"""Stand-ins for what connections and syncing keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from qrev.accounts.connection import Connection, ConnectionAttempt, Vendor
from qrev.accounts.models import AccountId, SessionId, UserId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.models import Message, MessageStatus
from qrev.crm.calls import VendorCall
from qrev.crm.meetings import Meeting, MeetingState
from qrev.integrations.hubspot.models import Link, Row, Sync
from tests.fakes.hearing import FakeEventBook
from tests.fakes.messages import FakeMessages


class FakeConnectionBook:
    def __init__(self) -> None:
        self._kept: dict[tuple[AccountId, str], Connection] = {}
        self._leases: dict[tuple[AccountId, str], datetime] = {}

    async def get(self, account_id: AccountId, connection_id: str) -> Connection | None:
        return self._kept.get((account_id, connection_id))

    async def put(self, connection: Connection) -> None:
        before = self._kept.get(_key(connection))
        version = before.version + 1 if before else 1
        self._kept[_key(connection)] = replace(connection, version=version)
        self._leases.pop(_key(connection), None)

    async def lease(self, connection: Connection, *, now: datetime, until: datetime) -> bool:
        kept, held = self._kept.get(_key(connection)), self._leases.get(_key(connection))
        if kept is None or kept.version != connection.version or (held and held > now):
            return False
        self._leases[_key(connection)] = until
        return True

    async def release(self, connection: Connection) -> None:
        self._leases.pop(_key(connection), None)

    async def replace(self, connection: Connection, *, was: int) -> bool:
        kept = self._kept.get(_key(connection))
        if kept is None or kept.version != was:
            return False
        await self.put(connection)
        return True

    async def remove(self, account_id: AccountId, connection_id: str) -> bool:
        return self._kept.pop((account_id, connection_id), None) is not None

    async def of_vendor(self, vendor: Vendor, *, external_id: str = "") -> list[Connection]:
        return [
            each
            for each in self._kept.values()
            if each.vendor is vendor
            and (each.external_id == external_id if external_id else not each.is_revoked)
        ]

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Connection]:
        return [each for each in self._kept.values() if each.key_id in key_ids][:limit]


class FakeConnectionAttempts:
    def __init__(self) -> None:
        self._kept: dict[str, ConnectionAttempt] = {}

    async def add(self, attempt: ConnectionAttempt) -> None:
        self._kept[attempt.digest] = attempt

    async def take(
        self,
        digest: str,
        *,
        vendor: Vendor,
        account_id: AccountId,
        user_id: UserId,
        session_id: SessionId | None,
        now: datetime,
    ) -> ConnectionAttempt | None:
        found = self._kept.get(digest)
        if found is None or found.ends_at <= now:
            return None
        theirs = (found.vendor, found.account_id, found.user_id, found.session_id)
        if theirs != (vendor, account_id, user_id, session_id):
            return None
        return self._kept.pop(digest)


class FakeVendorCalls:
    def __init__(self) -> None:
        self._kept: list[VendorCall] = []

    async def add(self, call: VendorCall) -> None:
        self._kept.append(call)

    async def page(
        self,
        account_id: AccountId,
        *,
        vendor: Vendor | None,
        email: str,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[VendorCall]:
        found = [
            each
            for each in self._kept
            if each.account_id == account_id
            and vendor in (None, each.vendor)
            and (not email or email in each.about)
            and (before is None or (each.at, each.id) < before)
        ]
        return sorted(found, key=lambda each: (each.at, each.id), reverse=True)[:limit]


class FakeSyncBook:
    def __init__(self) -> None:
        self._kept: dict[AccountId, Sync] = {}

    async def get(self, account_id: AccountId) -> Sync | None:
        return self._kept.get(account_id)

    async def add_if_new(self, sync: Sync) -> bool:
        is_new = sync.account_id not in self._kept
        self._kept.setdefault(sync.account_id, replace(sync, version=1))
        return is_new

    async def save(self, sync: Sync) -> bool:
        kept = self._kept.get(sync.account_id)
        if kept is None or kept.version != sync.version:
            return False
        self._kept[sync.account_id] = replace(sync, version=sync.version + 1)
        return True

    async def claim_due(self, *, now: datetime, until: datetime) -> Sync | None:
        due = sorted((s for s in self._kept.values() if s.due_at <= now), key=lambda s: s.due_at)
        if not due:
            return None
        claimed = replace(due[0], due_at=until, version=due[0].version + 1)
        self._kept[claimed.account_id] = claimed
        return claimed

    async def hasten(self, account_id: AccountId, at: datetime) -> None:
        if (kept := self._kept.get(account_id)) is not None:
            self._kept[account_id] = replace(kept, due_at=min(kept.due_at, at))

    def forget(self, account_id: AccountId) -> None:
        self._kept.pop(account_id, None)


class FakeRowBook:
    def __init__(self) -> None:
        self._kept: dict[tuple[AccountId, str, int], list[Row]] = {}

    async def put(
        self,
        account_id: AccountId,
        run_id: str,
        page: int,
        rows: Collection[Row],
        *,
        at: datetime,
    ) -> None:
        self._kept[account_id, run_id, page] = list(rows)

    async def of_run(self, account_id: AccountId, run_id: str) -> list[Row]:
        pages = sorted(key for key in self._kept if key[:2] == (account_id, run_id))
        return [row for key in pages for row in self._kept[key]]

    async def forget(self, account_id: AccountId) -> None:
        self._kept = {key: rows for key, rows in self._kept.items() if key[0] != account_id}


class FakeLinkBook:
    def __init__(self, syncs: FakeSyncBook) -> None:
        self._kept: dict[tuple[AccountId, str], Link] = {}
        self._syncs = syncs

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Link]:
        kept = self._kept
        return {id_: kept[account_id, id_] for id_ in person_ids if (account_id, id_) in kept}

    async def put(self, account_id: AccountId, links: Collection[Link]) -> None:
        self._kept.update({(account_id, link.person_id): link for link in links})

    async def forget(self, account_id: AccountId) -> None:
        self._syncs.forget(account_id)
        self._kept = {key: link for key, link in self._kept.items() if key[0] != account_id}


class FakeMailsThatLeft:
    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def after(
        self, account_id: AccountId, place: tuple[datetime, str], limit: int
    ) -> list[Message]:
        found = await self._messages.page(
            account_id, status=MessageStatus.SENT, sequence_id=None, before=None, limit=10_000
        )
        behind = [m for m in found if m.sent_at and (m.sent_at, m.id) > place]
        return list(reversed(behind))[:limit]


def _key(connection: Connection) -> tuple[AccountId, str]:
    return connection.account_id, connection.id


class FakeMeetings:
    def __init__(self) -> None:
        self._kept: dict[str, Meeting] = {}

    async def add(self, meeting: Meeting) -> None:
        self._kept[meeting.id] = meeting

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Meeting]:
        found = self._of(account_id, [person_id])
        return sorted(found, key=lambda meeting: meeting.starts_at, reverse=True)[:50]

    async def move(
        self, external_id: str, state: MeetingState, *, among: Collection[MeetingState]
    ) -> Meeting | None:
        for id_, kept in self._kept.items():
            if kept.external_id == external_id and kept.state in among:
                self._kept[id_] = replace(kept, state=state)
                return self._kept[id_]
        return None

    async def booked(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, int]:
        whom: dict[str, set[str]] = {}
        for each in self._kept.values():
            is_theirs = each.account_id == account_id and each.sequence_id in sequence_ids
            if is_theirs and each.state is not MeetingState.CANCELLED:
                whom.setdefault(each.sequence_id, set()).add(each.person_id)
        return {sequence_id: len(people) for sequence_id, people in whom.items()}

    async def to_invite(
        self, account_id: AccountId, person_ids: Collection[str], *, now: datetime
    ) -> list[Meeting]:
        return [
            each
            for each in self._of(account_id, person_ids)
            if each.starts_at > now and each.state is MeetingState.PLANNED
        ]

    async def invite_in(self, account_id: AccountId, meeting_id: str, message_id: str) -> bool:
        kept = self._kept.get(meeting_id)
        if kept is None or kept.account_id != account_id:
            return False
        if kept.invited_in not in ("", message_id):
            return False
        self._kept[meeting_id] = replace(kept, invited_in=message_id)
        return True

    async def forget(self, account_id: AccountId, user_id: UserId | None) -> None:
        self._kept = {
            id_: kept
            for id_, kept in self._kept.items()
            if (kept.account_id, kept.by) != (account_id, user_id)
        }

    def _of(self, account_id: AccountId, person_ids: Collection[str]) -> list[Meeting]:
        return [
            each
            for each in self._kept.values()
            if each.account_id == account_id and each.person_id in person_ids
        ]


class FakeLastCampaign:
    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def of_address(self, account_id: AccountId, email: str) -> str:
        found = await self._messages.page(
            account_id, status=MessageStatus.SENT, sequence_id=None, before=None, limit=10_000
        )
        return next((m.sequence_id for m in found if m.to == email), "")


class FakeHeardSince:
    def __init__(self, events: FakeEventBook) -> None:
        self._events = events

    async def after(
        self,
        account_id: AccountId,
        place: tuple[datetime, str],
        *,
        kinds: Collection[EventKind],
        limit: int,
    ) -> list[Event]:
        found = [
            each
            for each in self._events.by_id.values()
            if each.account_id == account_id and each.kind in kinds and (each.at, each.id) > place
        ]
        return sorted(found, key=lambda each: (each.at, each.id))[:limit]
