"""Invitations, teams, changes, the audit log and grants in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from qrev.accounts.grant import Grant
from qrev.accounts.models import (
    AccountId,
    AuditEntry,
    Change,
    ChangeKind,
    ChangeState,
    Invitation,
    InvitationState,
    Team,
    TeamMember,
    UserId,
)
from qrev.campaigns.models import Sequence
from tests.fakes.sequences import FakeSequenceBook

WAITING = (InvitationState.OPEN, InvitationState.ACCEPTING)


class FakeInvitationBook:
    """Fills InvitationBook."""

    def __init__(self) -> None:
        self.invitations: dict[str, Invitation] = {}

    async def put(self, invitation: Invitation) -> None:
        self.invitations[invitation.id] = invitation

    async def get(self, account_id: AccountId, invitation_id: str) -> Invitation | None:
        found = self.invitations.get(invitation_id)
        return None if found is None or found.account_id != account_id else found

    async def find(self, invitation_id: str, email: str) -> Invitation | None:
        found = self.invitations.get(invitation_id)
        return None if found is None or found.email != email else found

    async def of_account(self, account_id: AccountId, now: datetime) -> list[Invitation]:
        return [i for i in self._waiting(now) if i.account_id == account_id]

    async def of_address(self, email: str, now: datetime) -> list[Invitation]:
        return [i for i in self._waiting(now) if i.email == email]

    async def move(
        self,
        invitation: Invitation,
        *,
        before: Collection[InvitationState],
        after: InvitationState,
        now: datetime | None = None,
    ) -> bool:
        kept = self.invitations.get(invitation.id)
        if kept is None or kept.serial != invitation.serial or kept.state not in before:
            return False
        if now is not None and kept.expires_at <= now:
            return False
        self.invitations[kept.id] = replace(kept, state=after)
        return True

    async def close(self, account_id: AccountId, email: str) -> None:
        for key, each in self.invitations.items():
            if (each.account_id, each.email) == (account_id, email):
                self.invitations[key] = replace(each, state=InvitationState.REVOKED)

    def _waiting(self, now: datetime) -> list[Invitation]:
        every = self.invitations.values()
        found = [i for i in every if i.state in WAITING and i.expires_at > now]
        return sorted(found, key=lambda i: i.created_at, reverse=True)


class FakeTeamBook:
    """Fills TeamBook."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}

    async def add(self, team: Team) -> bool:
        if self._is_taken(team.account_id, team.name):
            return False
        self.teams[team.id] = team
        return True

    async def get(self, account_id: AccountId, team_id: str) -> Team | None:
        team = self.teams.get(team_id)
        return None if team is None or team.account_id != account_id else team

    async def of_account(self, account_id: AccountId) -> list[Team]:
        found = [team for team in self.teams.values() if team.account_id == account_id]
        return sorted(found, key=lambda team: team.name.casefold())

    async def rename(self, account_id: AccountId, team_id: str, name: str) -> bool | None:
        team = await self.get(account_id, team_id)
        if team is None:
            return None
        if self._is_taken(account_id, name, besides=team_id):
            return False
        self.teams[team_id] = replace(team, name=name, version=team.version + 1)
        return True

    async def remove(self, account_id: AccountId, team_id: str) -> bool:
        if await self.get(account_id, team_id) is None:
            return False
        del self.teams[team_id]
        return True

    async def put_member(self, account_id: AccountId, team_id: str, member: TeamMember) -> bool:
        team = await self.get(account_id, team_id)
        if team is None:
            return False
        if team.member(member.user_id) is None:
            self._set(team, (*team.members, member))
        else:
            kept = (member if m.user_id == member.user_id else m for m in team.members)
            self._set(team, tuple(kept))
        return True

    async def remove_member(self, account_id: AccountId, team_id: str, user_id: UserId) -> bool:
        team = await self.get(account_id, team_id)
        if team is None or team.member(user_id) is None:
            return False
        self._set(team, tuple(m for m in team.members if m.user_id != user_id))
        return True

    async def forget(self, account_id: AccountId, user_id: UserId) -> int:
        found = await self.of_account(account_id)
        return sum([await self.remove_member(account_id, team.id, user_id) for team in found])

    def _set(self, team: Team, members: tuple[TeamMember, ...]) -> None:
        self.teams[team.id] = replace(team, members=members, version=team.version + 1)

    def _is_taken(self, account_id: AccountId, name: str, besides: str = "") -> bool:
        return any(
            team.account_id == account_id
            and team.id != besides
            and team.name.casefold() == name.casefold()
            for team in self.teams.values()
        )


class FakeAuditBook:
    """Fills AuditBook."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def add(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def page(
        self,
        account_id: AccountId,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        by: UserId | None = None,
        actions: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        found = [
            entry
            for entry in self.entries
            if entry.account_id == account_id
            and (before is None or (entry.at, entry.id) < before)
            and (by is None or entry.by == by)
            and (actions is None or entry.action in actions)
        ]
        return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)[:limit]


class FakeChangeBook:
    """Fills ChangeBook."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}

    async def add(self, change: Change) -> None:
        self.changes[change.id] = change

    async def get(self, account_id: AccountId, change_id: str) -> Change | None:
        change = self.changes.get(change_id)
        return None if change is None or change.account_id != account_id else change

    async def move(
        self,
        change: Change,
        *,
        before: ChangeState,
        after: ChangeState,
        now: datetime | None = None,
    ) -> bool:
        kept = self.changes.get(change.id)
        if kept is None or (kept.state, kept.hash) != (before, change.hash):
            return False
        if now is not None and kept.expires_at <= now:
            return False
        self.changes[change.id] = replace(kept, state=after)
        return True

    async def unmade_erasures(self, now: datetime) -> list[Change]:
        return [
            change
            for change in self.changes.values()
            if change.kind is ChangeKind.ERASE_PERSON
            and change.state is ChangeState.CONFIRMED
            and change.expires_at <= now
        ]

    async def forget(self, change: Change, facts: tuple[str, ...]) -> bool:
        kept = await self.get(change.account_id, change.id)
        if kept is None or kept.state is not ChangeState.CONFIRMED:
            return False
        self.changes[change.id] = replace(
            kept, state=ChangeState.DONE, subject="", facts=facts, hash=""
        )
        return True


class FakeGrantBook:
    """Fills GrantBook."""

    def __init__(self) -> None:
        self.grants: dict[UserId, Grant] = {}

    async def get(self, user_id: UserId) -> Grant | None:
        return self.grants.get(user_id)

    async def put(self, grant: Grant) -> None:
        kept = self.grants.get(grant.user_id)
        self.grants[grant.user_id] = replace(grant, version=1 if kept is None else kept.version + 1)

    async def replace(self, grant: Grant, *, was: int) -> bool:
        kept = self.grants.get(grant.user_id)
        if kept is None or kept.version != was:
            return False
        self.grants[grant.user_id] = replace(grant, version=was + 1)
        return True

    async def remove(self, user_id: UserId) -> bool:
        return self.grants.pop(user_id, None) is not None

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Grant]:
        return [grant for grant in self.grants.values() if grant.key_id in key_ids][:limit]


class FakeBelongings:
    """Fills Belongings with the sequences of a book."""

    def __init__(self, sequences: FakeSequenceBook) -> None:
        self._sequences = sequences

    async def count(self, account_id: AccountId, user_id: UserId) -> int:
        return len(self._of(account_id, user_id))

    async def hand_over(self, account_id: AccountId, user_id: UserId, to: UserId) -> int:
        theirs = self._of(account_id, user_id)
        for sequence in theirs:
            self._sequences.by_id[sequence.id] = replace(sequence, owner_id=to)
        return len(theirs)

    def _of(self, account_id: AccountId, user_id: UserId) -> list[Sequence]:
        every = self._sequences.by_id.values()
        return [s for s in every if (s.account_id, s.owner_id) == (account_id, user_id)]
