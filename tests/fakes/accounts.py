"""Accounts, users and members in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import (
    Account,
    AccountId,
    Colleague,
    Member,
    Picture,
    Role,
    User,
    UserId,
    WorkingHours,
)
from qrev.kit.ids import new_id


@dataclass(kw_only=True)
class Register:
    """What the three books below share."""

    users: dict[UserId, User] = field(default_factory=dict)
    accounts: dict[AccountId, Account] = field(default_factory=dict)
    members: dict[tuple[AccountId, UserId], Member] = field(default_factory=dict)
    owners: dict[AccountId, set[UserId]] = field(default_factory=dict)
    hours: dict[tuple[AccountId, UserId], WorkingHours] = field(default_factory=dict)
    erasing: set[AccountId] = field(default_factory=set)


class FakeAccountBook:
    """Fills AccountBook."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register or Register()

    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        if account.id not in self.register.accounts:
            self.register.accounts[account.id] = account
            owners = {member.user_id} if member.role is Role.OWNER else set()
            self.register.owners[account.id] = owners
        key = (member.account_id, member.user_id)
        self.register.members.setdefault(key, replace(member, mark=member.mark or new_id()))
        is_new = user.id not in self.register.users
        self.register.users.setdefault(user.id, user)
        return is_new

    async def get_account(self, account_id: AccountId) -> Account | None:
        return self.register.accounts.get(account_id)

    async def get_many(self, account_ids: Collection[AccountId]) -> list[Account]:
        return [a for key, a in self.register.accounts.items() if key in account_ids]

    async def change(
        self,
        account_id: AccountId,
        *,
        name: str | None = None,
        domain: str | None = None,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        given = {
            "name": name,
            "domain": domain,
            "postal_address": postal_address,
            "timezone": timezone,
        }
        return self._update(account_id, {k: v for k, v in given.items() if v is not None})

    async def set_deletion(self, account_id: AccountId, at: datetime | None) -> Account | None:
        if account_id in self.register.erasing:
            return None
        return self._update(account_id, {"deletes_at": at})

    async def claim_deleted(self, now: datetime) -> Account | None:
        for account in self.register.accounts.values():
            if account.deletes_at is not None and account.deletes_at < now:
                self.register.erasing.add(account.id)
                return account
        return None

    def _update(self, account_id: AccountId, new: dict[str, Any]) -> Account | None:
        account = self.register.accounts.get(account_id)
        if account is None:
            return None
        changed = replace(account, **new, version=account.version + 1)
        self.register.accounts[account_id] = changed
        return changed


class FakeUserBook:
    """Fills UserBook."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register or Register()

    async def add_if_new(self, user: User) -> bool:
        is_new = user.id not in self.register.users
        self.register.users.setdefault(user.id, user)
        return is_new

    async def get(self, user_id: UserId) -> User | None:
        return self.register.users.get(user_id)

    async def change(
        self,
        user_id: UserId,
        *,
        name: str | None = None,
        phone: str | None = None,
        timezone: str | None = None,
        is_disabled: bool | None = None,
    ) -> User | None:
        given = {"name": name, "phone": phone, "timezone": timezone, "is_disabled": is_disabled}
        return self._update(user_id, {k: v for k, v in given.items() if v is not None})

    async def chose(self, member: Member) -> None:
        self._update(member.user_id, {"account_id": member.account_id})

    async def unbind(self, user_id: UserId) -> None:
        user = self.register.users.get(user_id)
        if user is not None:
            self.register.users[user_id] = replace(user, subject="")

    async def bind(self, user_id: UserId, subject: str) -> bool:
        user = self.register.users.get(user_id)
        if user is None or user.subject not in ("", subject):
            return False
        self._update(user_id, {"subject": subject})
        return True

    def _update(self, user_id: UserId, new: dict[str, Any]) -> User | None:
        if user_id in self.register.users:
            self.register.users[user_id] = replace(self.register.users[user_id], **new)
        return self.register.users.get(user_id)


class FakeMemberBook:
    """Fills MemberBook."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register or Register()

    async def get(self, account_id: AccountId, user_id: UserId) -> Member | None:
        return self.register.members.get((account_id, user_id))

    async def of_account(self, account_id: AccountId) -> list[Colleague]:
        users = self.register.users
        return [
            Colleague(user=users[m.user_id], member=m)
            for m in self.register.members.values()
            if m.account_id == account_id and m.user_id in users
        ]

    async def of_user(self, user_id: UserId) -> list[Member]:
        found = [m for m in self.register.members.values() if m.user_id == user_id]
        return sorted(found, key=lambda m: (m.joined_at is not None, m.joined_at))

    async def add_if_new(self, member: Member) -> bool:
        key = (member.account_id, member.user_id)
        is_new = key not in self.register.members
        self.register.members.setdefault(key, replace(member, mark=member.mark or new_id()))
        return is_new

    async def make_owner(self, member: Member) -> bool:
        has_changed = self._set(member, Role.OWNER)
        if has_changed:
            self.register.owners.setdefault(member.account_id, set()).add(member.user_id)
        return has_changed

    async def give_up_ownership(self, account_id: AccountId, user_id: UserId) -> bool:
        owners = self.register.owners.get(account_id, set())
        if not owners - {user_id}:
            return False
        owners.discard(user_id)
        return True

    async def set_role(self, member: Member, role: Role) -> bool:
        return self._set(member, role)

    async def remove(self, member: Member) -> bool:
        if not self._is_as_read(member):
            return False
        self.register.hours.pop((member.account_id, member.user_id), None)
        del self.register.members[member.account_id, member.user_id]
        return True

    async def working_hours(self, account_id: AccountId, user_id: UserId) -> WorkingHours | None:
        return self.register.hours.get((account_id, user_id))

    async def save_working_hours(
        self, account_id: AccountId, user_id: UserId, hours: WorkingHours
    ) -> bool:
        if (account_id, user_id) not in self.register.members:
            return False
        self.register.hours[account_id, user_id] = hours
        return True

    def _set(self, member: Member, role: Role) -> bool:
        is_as_read = self._is_as_read(member)
        if is_as_read:
            key = (member.account_id, member.user_id)
            self.register.members[key] = replace(member, role=role, mark=new_id())
        return is_as_read

    def _is_as_read(self, member: Member) -> bool:
        kept = self.register.members.get((member.account_id, member.user_id))
        return kept is not None and (kept.role, kept.mark) == (member.role, member.mark)


class FakePictures:
    """Fills Pictures."""

    def __init__(self) -> None:
        self.pictures: dict[UserId, Picture] = {}

    async def get(self, user_id: UserId) -> Picture | None:
        return self.pictures.get(user_id)

    async def put(self, user_id: UserId, picture: Picture) -> None:
        self.pictures[user_id] = picture

    async def remove(self, user_id: UserId) -> None:
        self.pictures.pop(user_id, None)
