"""Dangerous changes: what was shown is what happens, once."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store
from qrev.accounts.models import AccountId, Actor, Change, ChangeState, Newcomer, Role, Scope
from qrev.accounts.service import Accounts, Books
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.mongo import Document
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


async def test_a_removal_says_what_it_does_and_does_it(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    await room.own_a_sequence(bob, "spring")
    await room.own_a_sequence(bob, "autumn")

    change = await room.may.changes.propose_removal(ann, bob.user_id)
    done = await room.may.changes.confirm(ann, change.id, change.hash)

    assert change.facts[0].startswith("Bob (bob@acme.test), now seller, is out at once")
    assert change.facts[1] == "2 sequences of theirs go to you."
    assert done.state is ChangeState.DONE
    assert isinstance(await room.asked(bob), Newcomer)
    assert await room.owner_of("spring") == await room.owner_of("autumn") == ann.user_id


async def test_a_transfer_makes_another_the_owner_and_oneself_an_admin(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")

    change = await room.may.changes.propose_transfer(ann, bob.user_id)
    await room.may.changes.confirm(ann, change.id, change.hash)

    assert (await room.now(bob)).role is Role.OWNER
    assert (await room.now(ann)).role is Role.ADMIN


async def test_pressing_twice_or_at_once_does_it_once(room: Room) -> None:
    ann = await room.owner("Ann")
    change = await room.may.changes.propose_deletion(ann)

    answers = await asyncio.gather(
        *(room.may.changes.confirm(ann, change.id, change.hash) for _ in range(5)),
        return_exceptions=True,
    )

    assert [type(each) for each in answers].count(Change) == 1
    assert [type(each) for each in answers].count(Conflict) == 4
    assert (await room.actions(ann)).count("account.deletion_begun") == 1


async def test_after_a_quarter_of_an_hour_it_has_to_be_asked_for_again(room: Room) -> None:
    ann = await room.owner("Ann")
    change = await room.may.changes.propose_deletion(ann)
    room.clock.advance(minutes=15)

    with pytest.raises(Conflict, match="over"):
        await room.may.changes.confirm(ann, change.id, change.hash)

    assert (await room.may.accounts.account(ann)).deletes_at is None


async def test_when_the_world_moved_on_nothing_happens(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    change = await room.may.changes.propose_removal(ann, bob.user_id)
    await room.own_a_sequence(bob, "spring")

    with pytest.raises(Conflict, match="changed since"):
        await room.may.changes.confirm(ann, change.id, change.hash)

    assert (await room.now(bob)).role is Role.SELLER
    assert (await room.may.changes.get(ann, change.id)).state is ChangeState.VOID


async def test_another_hash_is_another_change(room: Room) -> None:
    ann = await room.owner("Ann")
    change = await room.may.changes.propose_deletion(ann)

    with pytest.raises(Conflict):
        await room.may.changes.confirm(ann, change.id, "other")

    assert (await room.may.changes.get(ann, change.id)).state is ChangeState.OPEN


async def test_only_who_proposed_it_sees_and_confirms_it(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.OWNER)
    mallory = await room.owner("Mallory", "Evil")
    change = await room.may.changes.propose_deletion(ann)

    for other in (bob, mallory):
        with pytest.raises(NotFound):
            await room.may.changes.get(other, change.id)
        with pytest.raises(NotFound):
            await room.may.changes.confirm(other, change.id, change.hash)


async def test_who_is_demoted_meanwhile_confirms_nothing(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.OWNER)
    change = await room.may.changes.propose_deletion(bob)
    await room.may.members.change_role(ann, bob.user_id, Role.ADMIN)

    with pytest.raises(NotAllowed):
        await room.may.changes.confirm(await room.now(bob), change.id, change.hash)

    assert (await room.may.accounts.account(ann)).deletes_at is None


async def test_a_dropped_proposal_is_over(room: Room) -> None:
    ann = await room.owner("Ann")
    change = await room.may.changes.propose_deletion(ann)

    dropped = await room.may.changes.cancel(ann, change.id)

    assert dropped.state is ChangeState.CANCELLED
    with pytest.raises(Conflict):
        await room.may.changes.confirm(ann, change.id, change.hash)


async def test_who_may_not_is_not_even_shown_a_proposal(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    eve = await room.joined(ann, "Eve")

    for asked in (
        room.may.changes.propose_deletion(bob),
        room.may.changes.propose_transfer(bob, bob.user_id),
        room.may.changes.propose_removal(bob, ann.user_id),
        room.may.changes.propose_removal(eve, bob.user_id),
    ):
        with pytest.raises(NotAllowed):
            await asked
    with pytest.raises(InvalidInput):
        await room.may.changes.propose_transfer(ann, ann.user_id)


async def test_a_program_proposes_and_confirms_nothing(room: Room) -> None:
    ann = await room.owner("Ann")
    change = await room.may.changes.propose_deletion(ann)
    made = await room.may.api_keys.create(ann, "Robot", [Scope.MANAGE])
    robot = await room.may.api_keys.check(made.secret)

    for asked in (
        room.may.changes.propose_deletion(robot),
        room.may.changes.confirm(robot, change.id, change.hash),
    ):
        with pytest.raises(NotAllowed, match="API key"):
            await asked


async def deleted(room: Room, owner: Actor) -> None:
    change = await room.may.changes.propose_deletion(owner)
    await room.may.changes.confirm(owner, change.id, change.hash)


async def test_a_workspace_can_be_restored_for_seven_days(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    await deleted(room, ann)
    room.clock.advance(days=6, hours=23)

    assert await room.may.accounts.erase_due() == 0
    with pytest.raises(NotAllowed):
        await room.may.accounts.restore(bob)
    with pytest.raises(Conflict, match="already"):
        await room.may.changes.propose_deletion(ann)
    assert (await room.may.accounts.restore(ann)).deletes_at is None
    room.clock.advance(days=30)

    assert await room.may.accounts.erase_due() == 0
    with pytest.raises(Conflict):
        await room.may.accounts.restore(ann)


async def everything_of(mongo: AsyncDatabase[Document], account_id: str) -> dict[str, int]:
    found = {
        name: await mongo[name].count_documents({"account_id": account_id})
        for name in await mongo.list_collection_names()
    }
    found["accounts"] = await mongo.accounts.count_documents({"_id": account_id})
    return {name: count for name, count in found.items() if count}


async def test_after_seven_days_nothing_of_it_is_left_and_others_lose_nothing(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    eve = await room.owner("Eve", "Other")
    await room.joined(eve, "Bob")
    await room.own_a_sequence(bob, "spring")
    await room.own_a_sequence(eve, "summer")
    await room.may.teams.create(ann, "North")
    await room.may.invitations.invite(ann, "zoe@acme.test", Role.VIEWER)
    before = await everything_of(room.mongo, eve.account_id)
    await deleted(room, ann)
    room.clock.advance(days=7, seconds=1)

    assert await room.may.accounts.erase_due() == 1

    assert await everything_of(room.mongo, ann.account_id) == {}
    assert await everything_of(room.mongo, eve.account_id) == before
    assert isinstance(await room.asked(ann), Newcomer)
    (workspace,) = await room.may.accounts.mine(bob)
    assert workspace.account.id == eve.account_id
    zoe = await room.newcomer("Zoe")
    assert await room.may.invitations.of_address(zoe) == []


async def test_what_was_said_in_a_workspace_is_erased_with_it(room: Room) -> None:
    ann, eve = await room.owner("Ann"), await room.owner("Eve", "Other")
    for actor in (ann, eve):
        thread_id = f"thread of {actor.name}"
        await room.mongo.threads.insert_one({"_id": thread_id, "account_id": actor.account_id})
        await room.mongo.steps.insert_one({"_id": actor.name, "thread_id": thread_id})
        await room.mongo.elements.insert_one({"_id": actor.name, "thread_id": thread_id})
    await deleted(room, ann)
    room.clock.advance(days=7, seconds=1)

    await room.may.accounts.erase_due()

    for name in ("threads", "steps", "elements"):
        left = [each["_id"] async for each in room.mongo[name].find({}, {"_id": 1})]
        assert [eve.name in each for each in left] == [True]


class RestoringMeanwhile:
    """Fills Eraser: while it erases one workspace, the owner of the other restores theirs."""

    def __init__(self, room: Room, owners: list[Actor]) -> None:
        self._eraser = store.MongoEraser(room.mongo)
        self._room = room
        self._owners = owners
        self.restored: list[str] = []

    async def erase(self, account_id: AccountId) -> int:
        for owner in self._owners:
            if owner.account_id != account_id:
                await self._room.may.accounts.restore(owner)
                self.restored.append(owner.account_id)
        with pytest.raises(NotFound):
            await self._room.may.accounts.set_deletion(
                next(o for o in self._owners if o.account_id == account_id), is_wanted=False
            )
        return await self._eraser.erase(account_id)


async def test_what_is_restored_while_another_is_erased_stays_whole(room: Room) -> None:
    owners = [await room.owner("Ann"), await room.owner("Eve", "Other")]
    for owner in owners:
        await room.may.teams.create(owner, "North")
        await deleted(room, owner)
    room.clock.advance(days=7, seconds=1)
    eraser = RestoringMeanwhile(room, owners)
    books = Books(
        accounts=store.MongoAccountBook(room.mongo),
        users=store.MongoUserBook(room.mongo),
        members=store.MongoMemberBook(room.mongo),
        sessions=store.MongoSessionBook(room.mongo),
    )
    sweep = Accounts(books=books, eraser=eraser, audit=room.may.audit, clock=room.clock)

    assert await sweep.erase_due() == 1

    [kept] = eraser.restored
    assert {"teams", "members", "accounts"} <= (await everything_of(room.mongo, kept)).keys()
