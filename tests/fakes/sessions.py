"""Sessions and API keys in memory: what shows who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId, ApiKey, Member, Session, SessionId, UserId
from tests.fakes.accounts import Register


class FakeSessionBook:
    """Fills SessionBook."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register or Register()
        self.sessions: dict[SessionId, Session] = {}
        self.fingerprints: dict[SessionId, str] = {}

    async def add(self, session: Session, fingerprint: str) -> None:
        self.sessions[session.id] = session
        self.fingerprints[session.id] = fingerprint

    async def get(self, session_id: SessionId) -> Session | None:
        return self.sessions.get(session_id)

    async def who(
        self, session_id: SessionId, now: datetime
    ) -> tuple[Session, Member | None] | None:
        session = self._living(session_id, now)
        if session is None or session.account_id is None:
            return None if session is None else (session, None)
        return session, self.register.members.get((session.account_id, session.user_id))

    async def rotate(
        self,
        session_id: SessionId,
        *,
        was: str | None,
        fingerprint: str,
        now: datetime,
        until: datetime,
    ) -> bool:
        is_right = was is None or self.fingerprints.get(session_id) == was
        if self._living(session_id, now) is None or not is_right:
            return False
        self.fingerprints[session_id] = fingerprint
        self._update(session_id, last_seen_at=now, expires_at=until)
        return True

    async def end(self, session_id: SessionId, *, at: datetime, because: str) -> bool:
        session = self.sessions.get(session_id)
        if session is None or session.ended_at is not None:
            return False
        self._end(session, at, because)
        return True

    async def end_all(self, user_id: UserId, *, at: datetime, because: str) -> int:
        living = await self.of_user(user_id, at)
        for session in living:
            self._end(session, at, because)
        return len(living)

    def _end(self, session: Session, at: datetime, because: str) -> None:
        until = min(session.expires_at, at)
        self._update(session.id, ended_at=at, ended_because=because, expires_at=until)

    async def of_user(self, user_id: UserId, now: datetime) -> list[Session]:
        found = [
            s
            for s in self.sessions.values()
            if s.user_id == user_id and self._living(s.id, now) is not None
        ]
        return sorted(found, key=lambda s: s.last_seen_at, reverse=True)

    async def choose(self, session_id: SessionId, member: Member) -> bool:
        session = self.sessions.get(session_id)
        if session is None or session.user_id != member.user_id or session.ended_at is not None:
            return False
        self._update(session_id, account_id=member.account_id)
        return True

    async def seen(
        self, session_id: SessionId, *, at: datetime, until: datetime, address: str
    ) -> None:
        session = self._living(session_id, at)
        if session is not None:
            self._update(
                session_id,
                last_seen_at=at,
                expires_at=until,
                address=address or session.address,
            )

    async def rename(self, user_id: UserId, name: str) -> None:
        for session in [s for s in self.sessions.values() if s.user_id == user_id]:
            self._update(session.id, name=name)

    def _living(self, session_id: SessionId, now: datetime) -> Session | None:
        session = self.sessions.get(session_id)
        if session is None or session.ended_at is not None or session.expires_at <= now:
            return None
        return session

    def _update(self, session_id: SessionId, **new: Any) -> None:
        self.sessions[session_id] = replace(self.sessions[session_id], **new)


class FakeApiKeyBook:
    """Fills ApiKeyBook."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register or Register()
        self.keys: dict[str, ApiKey] = {}
        self.fingerprints: dict[str, str] = {}

    async def add(self, key: ApiKey, fingerprint: str) -> None:
        self.keys[key.id] = key
        self.fingerprints[key.id] = fingerprint

    async def get(self, account_id: AccountId, key_id: str) -> ApiKey | None:
        key = self.keys.get(key_id)
        return None if key is None or key.account_id != account_id else key

    async def of_account(self, account_id: AccountId) -> list[ApiKey]:
        every = self.keys.values()
        found = [k for k in every if k.account_id == account_id and k.revoked_at is None]
        return sorted(found, key=lambda k: k.created_at, reverse=True)

    async def check(
        self, key_id: str, fingerprint: str, now: datetime
    ) -> tuple[ApiKey, Member | None] | None:
        key = self.keys.get(key_id)
        if key is None or self.fingerprints[key_id] != fingerprint or key.revoked_at is not None:
            return None
        if key.expires_at is not None and key.expires_at <= now:
            return None
        return key, self.register.members.get((key.account_id, key.user_id))

    async def used(self, account_id: AccountId, key_id: str, at: datetime) -> None:
        if await self.get(account_id, key_id) is not None:
            self.keys[key_id] = replace(self.keys[key_id], last_used_at=at)

    async def revoke(self, account_id: AccountId, key_id: str, at: datetime) -> bool:
        key = await self.get(account_id, key_id)
        if key is None or key.revoked_at is not None:
            return False
        self.keys[key_id] = replace(key, revoked_at=at)
        return True

    async def revoke_of(self, account_id: AccountId, user_id: UserId, at: datetime) -> int:
        theirs = [k for k in await self.of_account(account_id) if k.user_id == user_id]
        for key in theirs:
            self.keys[key.id] = replace(key, revoked_at=at)
        return len(theirs)
