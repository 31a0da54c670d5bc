"""Every service of who may do what, wired as in production on a real database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store
from qrev.accounts.grants import NoIssuer
from qrev.accounts.models import Actor, Invitation, Newcomer, Role, Who
from qrev.accounts.ports import GrantIssuer
from qrev.bootstrap.accounts import WhoMay, who_may
from qrev.campaigns.store import sequences
from qrev.kit.mongo import Document, ensure_indexes
from qrev.settings import Settings
from tests.fakes import FakeClock
from tests.sites import SECRETS

BROWSER = "Firefox on Linux"


@dataclass
class Post:
    """Fills InvitationPost: mails whatever it is given, unless nothing can be sent."""

    can_send: bool = True
    sent: list[tuple[Invitation, str]] = field(default_factory=list)

    async def send(self, invitation: Invitation, link: str) -> bool:
        if self.can_send:
            self.sent.append((invitation, link))
        return self.can_send


@dataclass(kw_only=True)
class Room:
    """The services, and shorter ways to have someone sit in it."""

    may: WhoMay
    mongo: AsyncDatabase[Document]
    clock: FakeClock
    post: Post

    async def newcomer(self, name: str) -> Newcomer:
        """Return someone who has just signed in with Google and belongs nowhere."""
        who = await self.signed_in(name)
        assert isinstance(who, Newcomer)
        return who

    async def signed_in(self, name: str) -> Who:
        user = self.may.accounts.new_user(address_of(name), name)
        books = store.MongoUserBook(self.mongo), store.MongoMemberBook(self.mongo)
        await books[0].add_if_new(user)
        known = await books[0].get(user.id)
        assert known is not None
        home = await self.may.accounts.home_of(known)
        begun = await self.may.sessions.begin(known, home, device=BROWSER, address="127.0.0.1")
        return begun.who

    async def owner(self, name: str, workspace: str = "Acme") -> Actor:
        """Return someone who has made a workspace."""
        return await self.may.accounts.create(await self.signed_in(name), workspace)

    async def joined(self, owner: Actor, name: str, role: Role = Role.SELLER) -> Actor:
        """Return someone who was invited and has come, as what is asked."""
        is_owner = role is Role.OWNER
        invited = await self.may.invitations.invite(
            owner, address_of(name), Role.ADMIN if is_owner else role
        )
        who = await self.signed_in(name)
        actor = await self.may.invitations.accept(who, invited.invitation.id)
        if is_owner:
            await self.may.members.change_role(owner, actor.user_id, role)
        return await self.now(actor)

    async def now(self, who: Who) -> Actor:
        """Return whoever this was as they are now."""
        found = await self.asked(who)
        assert isinstance(found, Actor)
        return found

    async def asked(self, who: Who) -> Who:
        assert who.session_id is not None
        return await self.may.sessions.who(who.session_id)

    async def own_a_sequence(self, actor: Actor, key: str) -> None:
        await self.mongo.sequences.insert_one(
            {
                "_id": key,
                "account_id": actor.account_id,
                "owner_id": actor.user_id,
                "dropbox_id": key,
            }
        )

    async def owner_of(self, key: str) -> str:
        document = await self.mongo.sequences.find_one({"_id": key})
        assert document is not None
        return str(document["owner_id"])

    async def actions(self, actor: Actor) -> list[str]:
        """Return what the audit log says was done, the latest first."""
        return [entry.action for entry in await self.may.audit.page(actor, limit=200)]


def address_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@acme.test"


async def a_room(
    mongo: AsyncDatabase[Document],
    clock: FakeClock,
    *,
    issuer: GrantIssuer | None = None,
    **changes: Any,
) -> Room:
    await ensure_indexes(mongo, (*store.INDEXES, sequences.INDEXES))
    values = {"data_dir": Path("nowhere"), "link_secret": "l" * 64, **SECRETS, **changes}
    settings = Settings(_env_file=None, **values)
    post = Post()
    may = who_may(settings, mongo, post, issuer or NoIssuer(), clock=clock)
    return Room(may=may, mongo=mongo, clock=clock, post=post)
