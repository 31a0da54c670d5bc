"""What every UserBook, MemberBook, Pictures and AccountBook promises about people."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.accounts.models import Member, Picture, Role, UserId, WorkingHours
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, DAY, MINUTE, a_member, a_user, an_account
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
BOB = UserId("bob")


async def with_alice(stores: Stores) -> Member:
    await stores.accounts.add_if_new(a_user(), an_account(), a_member())
    return await found(stores, ALICE)


async def with_bob(stores: Stores, role: Role = Role.SELLER) -> Member:
    await stores.users.add_if_new(a_user(id=BOB, email="bob@acme.test", name="Bob"))
    await stores.members.add_if_new(a_member(user_id=BOB, role=role))
    return await found(stores, BOB)


async def found(stores: Stores, user_id: UserId) -> Member:
    member = await stores.members.get(ACME, user_id)
    assert member is not None
    return member


async def test_a_user_is_new_once_and_changes_by_what_is_given(stores: Stores) -> None:
    assert await stores.users.add_if_new(a_user())
    assert not await stores.users.add_if_new(a_user(name="Other"))

    changed = await stores.users.change(ALICE, name="Alice Ahn", phone="1", is_disabled=True)
    again = await stores.users.change(ALICE, phone="", timezone="Asia/Tokyo")

    assert changed == a_user(name="Alice Ahn", phone="1", is_disabled=True)
    assert again == a_user(name="Alice Ahn", timezone="Asia/Tokyo", is_disabled=True)
    assert await stores.users.change(ALICE) == await stores.users.get(ALICE) == again
    assert await stores.users.change(BOB, name="Bob") is None
    assert await stores.users.change(BOB) is None


async def test_a_user_is_bound_to_one_subject(stores: Stores) -> None:
    await stores.users.add_if_new(a_user())

    were_bound = await asyncio.gather(
        *(stores.users.bind(ALICE, f"google:{number}") for number in range(5))
    )

    user = await stores.users.get(ALICE)
    assert were_bound.count(True) == 1
    assert user is not None
    assert await stores.users.bind(ALICE, user.subject)
    assert not await stores.users.bind(BOB, "google:1")


async def test_who_was_unbound_is_whoever_comes_next(stores: Stores) -> None:
    await with_alice(stores)
    await stores.users.bind(ALICE, "google:1")

    assert not await stores.users.bind(ALICE, "google:2")
    await stores.users.unbind(ALICE)
    assert await stores.users.bind(ALICE, "google:2")
    assert not await stores.users.bind(ALICE, "google:1")


async def test_the_workspace_chosen_last_is_remembered(stores: Stores) -> None:
    await stores.users.add_if_new(a_user())

    await stores.users.chose(a_member())
    await stores.users.chose(a_member(account_id=OTHER))

    assert await stores.users.get(ALICE) == a_user(account_id=OTHER)


async def test_everyone_is_listed_with_who_they_are(stores: Stores) -> None:
    await with_alice(stores)
    await with_bob(stores)
    await stores.members.add_if_new(a_member(account_id=OTHER, user_id=BOB))

    everyone = await stores.members.of_account(ACME)

    assert {(each.user.name, each.member.role) for each in everyone} == {
        ("Alice", Role.OWNER),
        ("Bob", Role.SELLER),
    }


async def test_where_someone_belongs_begins_with_the_earliest(stores: Stores) -> None:
    for account_id, joined_at in ((OTHER, TUESDAY_10AM + DAY), (ACME, TUESDAY_10AM)):
        await stores.members.add_if_new(
            a_member(account_id=account_id, role=Role.SELLER, joined_at=joined_at)
        )

    assert [m.account_id for m in await stores.members.of_user(ALICE)] == [ACME, OTHER]


async def test_someone_is_a_member_once_as_they_came(stores: Stores) -> None:
    bob = await with_bob(stores)

    assert not await stores.members.add_if_new(a_member(user_id=BOB, role=Role.ADMIN))
    assert await found(stores, BOB) == bob


async def test_of_two_who_change_a_member_at_once_one_does(stores: Stores) -> None:
    bob = await with_bob(stores)

    have_changed = await asyncio.gather(
        *(stores.members.set_role(bob, role) for role in (Role.ADMIN, Role.VIEWER)),
        stores.members.remove(bob),
    )

    assert have_changed.count(True) == 1


async def test_a_member_who_changed_there_and_back_is_another(stores: Stores) -> None:
    bob = await with_bob(stores)
    await stores.members.set_role(bob, Role.ADMIN)
    await stores.members.set_role(await found(stores, BOB), Role.SELLER)

    assert not await stores.members.remove(bob)
    assert not await stores.members.make_owner(bob)
    assert await stores.members.remove(await found(stores, BOB))


async def test_a_member_who_went_and_came_again_is_another(stores: Stores) -> None:
    bob = await with_bob(stores)
    await stores.members.remove(bob)
    await with_bob(stores)

    assert not await stores.members.set_role(bob, Role.ADMIN)
    assert not await stores.members.remove(bob)


async def test_the_last_on_the_list_of_owners_stays(stores: Stores) -> None:
    await with_alice(stores)
    bob = await with_bob(stores)

    assert not await stores.members.give_up_ownership(ACME, ALICE)
    assert await stores.members.make_owner(bob)
    assert (await found(stores, BOB)).role is Role.OWNER
    assert await stores.members.give_up_ownership(ACME, ALICE)
    assert not await stores.members.give_up_ownership(ACME, BOB)


async def test_of_two_owners_who_give_up_at_once_one_does(stores: Stores) -> None:
    await with_alice(stores)
    await stores.members.make_owner(await with_bob(stores))

    gave_up = await asyncio.gather(
        *(stores.members.give_up_ownership(ACME, user_id) for user_id in (ALICE, BOB))
    )

    assert sorted(gave_up) == [False, True]


async def test_giving_up_what_one_does_not_have_is_harmless(stores: Stores) -> None:
    await with_alice(stores)
    await with_bob(stores)

    assert await stores.members.give_up_ownership(ACME, BOB)
    assert not await stores.members.give_up_ownership(ACME, ALICE)
    assert not await stores.members.give_up_ownership(OTHER, ALICE)


async def test_whoever_changed_since_is_made_no_owner(stores: Stores) -> None:
    await with_alice(stores)
    bob = await with_bob(stores)
    await stores.members.remove(bob)

    assert not await stores.members.make_owner(bob)
    assert not await stores.members.give_up_ownership(ACME, ALICE)


async def test_working_hours_are_kept_for_members_alone(stores: Stores) -> None:
    bob = await with_bob(stores)
    hours = WorkingHours(weekdays=(0, 6), opens="10:00", closes="12:00")

    assert await stores.members.working_hours(ACME, BOB) is None
    assert await stores.members.save_working_hours(ACME, BOB, hours)
    assert await stores.members.working_hours(ACME, BOB) == hours
    assert not await stores.members.save_working_hours(ACME, ALICE, hours)
    await stores.members.remove(bob)
    assert await stores.members.working_hours(ACME, BOB) is None


async def test_a_picture_is_replaced_and_removed(stores: Stores) -> None:
    first, second = (Picture(media_type="image/png", data=data) for data in (b"\0one", b"two"))

    assert await stores.pictures.get(ALICE) is None
    for picture in (first, second):
        await stores.pictures.put(ALICE, picture)
        assert await stores.pictures.get(ALICE) == picture
    await stores.pictures.remove(ALICE)
    await stores.pictures.remove(ALICE)

    assert await stores.pictures.get(ALICE) is None


async def test_accounts_to_be_deleted_are_found_when_it_is_time(stores: Stores) -> None:
    await with_alice(stores)
    other = an_account(id=OTHER)
    await stores.accounts.add_if_new(a_user(), other, a_member(account_id=OTHER))
    doomed = await stores.accounts.set_deletion(ACME, TUESDAY_10AM)

    assert doomed == an_account(deletes_at=TUESDAY_10AM, version=2)
    assert await stores.accounts.claim_deleted(TUESDAY_10AM) is None
    assert await stores.accounts.set_deletion(ACME, None) == an_account(version=3)
    assert await stores.accounts.claim_deleted(TUESDAY_10AM + MINUTE) is None


async def test_an_account_that_is_being_erased_is_not_restored(stores: Stores) -> None:
    await with_alice(stores)
    doomed = await stores.accounts.set_deletion(ACME, TUESDAY_10AM)

    assert await stores.accounts.claim_deleted(TUESDAY_10AM + MINUTE) == doomed
    assert await stores.accounts.set_deletion(ACME, None) is None
    assert await stores.accounts.claim_deleted(TUESDAY_10AM + MINUTE) == doomed


async def test_several_accounts_are_read_at_once(stores: Stores) -> None:
    await with_alice(stores)
    other = replace(an_account(), id=OTHER)
    await stores.accounts.add_if_new(a_user(), other, a_member(account_id=OTHER))

    both = await stores.accounts.get_many([ACME, OTHER])

    assert {each.id for each in both} == {ACME, OTHER}
    assert await stores.accounts.get_many([]) == []


async def test_a_workspace_is_renamed_by_what_is_given(stores: Stores) -> None:
    await with_alice(stores)

    assert await stores.accounts.change(ACME, name="New", domain="acme.test") == an_account(
        name="New", domain="acme.test", version=2
    )
    assert await stores.accounts.change(ACME, domain="") == an_account(name="New", version=3)
