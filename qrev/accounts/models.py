"""Whose workspace it is, and on whose behalf something happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from qrev.kit.errors import NotAllowed

AccountId = NewType("AccountId", str)
UserId = NewType("UserId", str)


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    SELLER = "seller"
    VIEWER = "viewer"


MAY_CHANGE = frozenset({Role.OWNER, Role.ADMIN, Role.SELLER})
MAY_MANAGE = frozenset({Role.OWNER, Role.ADMIN})


@dataclass(frozen=True, kw_only=True)
class User:
    """A human who signs in. One per normalised address."""

    id: UserId
    email: str
    name: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """The workspace. `timezone` is an IANA name; `postal_address` goes under every mail.

    `version` grows with every change, so that a plan made from older settings can be told apart.
    """

    id: AccountId
    name: str
    timezone: str = "UTC"
    postal_address: str = ""
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Member:
    """A User in an Account."""

    account_id: AccountId
    user_id: UserId
    role: Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The Member on whose behalf something happens now.

    Made again at every click, so that someone removed a minute ago is stopped now.
    """

    account_id: AccountId
    user_id: UserId
    role: Role
    email: str
    name: str

    @property
    def may_change(self) -> bool:
        return self.role in MAY_CHANGE

    def must_be_able_to_change(self) -> None:
        """Raise NotAllowed for those who may only look."""
        if not self.may_change:
            raise NotAllowed(
                "Your role lets you look, not change. Ask an owner or admin of this workspace."
            )

    def must_be_able_to_manage(self) -> None:
        """Raise NotAllowed for everyone but owners and admins."""
        if self.role not in MAY_MANAGE:
            raise NotAllowed("Only an owner or admin of this workspace may do that.")
