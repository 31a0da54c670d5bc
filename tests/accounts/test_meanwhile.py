"""What happens in the very moment between two writes of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from qrev.accounts.audit import Audit
from qrev.accounts.invitations import InvitationLinks, Invitations
from qrev.accounts.models import AccountId, Member, Role, TeamMember
from qrev.accounts.service import Books
from qrev.accounts.store import (
    MongoAccountBook,
    MongoAuditBook,
    MongoInvitationBook,
    MongoMemberBook,
    MongoSessionBook,
    MongoTeamBook,
    MongoUserBook,
)
from qrev.accounts.teams import Teams
from qrev.kit.errors import NotFound
from qrev.kit.signing import Signer
from tests.accounts.world import Room, address_of

pytestmark = pytest.mark.anyio
Meanwhile = Callable[[], Awaitable[Any]]


class MembersMeanwhile(MongoMemberBook):
    """A book in which something happens once, after a role was written or before someone joins."""

    after_a_role: Meanwhile | None = None
    before_joining: Meanwhile | None = None

    async def _set(self, member: Member, role: Role) -> bool:
        has_changed = await super()._set(member, role)
        if (deed := self.after_a_role) is not None:
            self.after_a_role = None
            await deed()
        return has_changed

    async def add_if_new(self, member: Member) -> bool:
        if (deed := self.before_joining) is not None:
            self.before_joining = None
            await deed()
        return await super().add_if_new(member)


class TeamsMeanwhile(MongoTeamBook):
    """A book in which something happens before someone is put into a team."""

    before_putting: Meanwhile

    async def put_member(self, account_id: AccountId, team_id: str, member: TeamMember) -> bool:
        await self.before_putting()
        return await super().put_member(account_id, team_id, member)


def books_with(room: Room, members: MongoMemberBook) -> Books:
    return Books(
        accounts=MongoAccountBook(room.mongo),
        users=MongoUserBook(room.mongo),
        members=members,
        sessions=MongoSessionBook(room.mongo),
    )


async def test_who_is_demoted_while_being_promoted_is_not_on_the_list_of_owners(
    room: Room,
) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    book = MembersMeanwhile(room.mongo)

    async def demote() -> None:
        await room.may.members.change_role(ann, bob.user_id, Role.SELLER)

    book.after_a_role = demote
    member = await book.get(ann.account_id, bob.user_id)
    assert member is not None

    assert not await book.make_owner(member)

    account = await room.mongo.accounts.find_one({"_id": ann.account_id})
    assert account is not None
    assert (account["owners"], account["promoting"]) == ([ann.user_id], [])
    assert (await room.now(bob)).role is Role.SELLER


async def test_who_is_promoted_while_being_demoted_stays_an_owner(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.OWNER)
    book = MongoMemberBook(room.mongo)
    as_read = await book.get(ann.account_id, bob.user_id)
    assert as_read is not None

    assert await book.give_up_ownership(ann.account_id, bob.user_id)
    assert await book.make_owner(as_read)

    assert not await book.set_role(as_read, Role.ADMIN)
    assert await book.give_up_ownership(ann.account_id, ann.user_id)


async def test_who_is_removed_while_accepting_in_a_second_tab_stays_out(room: Room) -> None:
    ann = await room.owner("Ann")
    sent = await room.may.invitations.invite(ann, address_of("Bob"), Role.SELLER)
    bob = await room.newcomer("Bob")
    book = MembersMeanwhile(room.mongo)

    async def join_and_be_removed() -> None:
        await room.may.invitations.accept(bob, sent.invitation.id)
        await room.may.members.remove(ann, bob.user_id)

    book.before_joining = join_and_be_removed
    second_tab = Invitations(
        invitations=MongoInvitationBook(room.mongo),
        books=books_with(room, book),
        links=InvitationLinks(Signer("l" * 64, "invitation"), "http://localhost/invitation"),
        post=room.post,
        audit=Audit(entries=MongoAuditBook(room.mongo), clock=room.clock),
        clock=room.clock,
    )

    with pytest.raises(NotFound):
        await second_tab.accept(bob, sent.invitation.id)

    assert [each.user.id for each in await room.may.members.all(ann)] == [ann.user_id]


async def test_who_is_removed_while_being_put_into_a_team_is_taken_out_again(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    team = await room.may.teams.create(ann, "North")
    book = TeamsMeanwhile(room.mongo)
    book.before_putting = lambda: room.may.members.remove(ann, bob.user_id)
    teams = Teams(
        teams=book,
        members=MongoMemberBook(room.mongo),
        audit=Audit(entries=MongoAuditBook(room.mongo), clock=room.clock),
        clock=room.clock,
    )

    with pytest.raises(NotFound):
        await teams.put_member(ann, team.id, bob.user_id)

    assert (await room.may.teams.get(ann, team.id)).members == ()
