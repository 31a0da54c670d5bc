"""Someone else in the workspace, for what takes two."""

from __future__ import annotations

from qrev.accounts.models import Account, Actor, Member, Role, User
from qrev.accounts.store import MongoAccountBook
from tests.assistant.world import World
from tests.conftest import an_actor


async def a_colleague(world: World, alice: Actor, *, role: Role = Role.SELLER) -> Actor:
    bob = an_actor("Bob", alice.account_id, role)
    await MongoAccountBook(world.mongo).add_if_new(
        User(id=bob.user_id, email=bob.email, name=bob.name, created_at=world.clock()),
        Account(id=alice.account_id, name="there already"),
        Member(account_id=alice.account_id, user_id=bob.user_id, role=role),
    )
    return bob
