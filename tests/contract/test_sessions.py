"""What every SessionBook and ApiKeyBook promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import Role, SessionId, UserId
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import (
    ALICE,
    DAY,
    MINUTE,
    a_member,
    a_session,
    a_user,
    an_account,
    an_api_key,
)
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
LATER = TUESDAY_10AM + MINUTE
SES = SessionId("ses1")
BOB = UserId("bob")


async def with_alice(stores: Stores) -> None:
    await stores.accounts.add_if_new(a_user(), an_account(), a_member())
    await stores.sessions.add(a_session(), "first")


async def rotated(stores: Stores, was: str | None, fingerprint: str) -> bool:
    return await stores.sessions.rotate(
        SES, was=was, fingerprint=fingerprint, now=LATER, until=LATER + DAY
    )


async def test_a_living_session_is_found_with_its_member_as_they_are_now(stores: Stores) -> None:
    await with_alice(stores)

    assert await stores.sessions.who(SES, LATER) == (a_session(), a_member())
    member = await stores.members.get(ACME, ALICE)
    assert member is not None
    await stores.members.set_role(member, Role.VIEWER)
    assert await stores.sessions.who(SES, LATER) == (a_session(), a_member(role=Role.VIEWER))
    member = await stores.members.get(ACME, ALICE)
    assert member is not None
    await stores.members.remove(member)
    assert await stores.sessions.who(SES, LATER) == (a_session(), None)


async def test_a_session_in_no_workspace_has_no_member(stores: Stores) -> None:
    await stores.sessions.add(a_session(account_id=None), "first")

    assert await stores.sessions.who(SES, LATER) == (a_session(account_id=None), None)


async def test_a_session_is_over_when_its_time_is(stores: Stores) -> None:
    await stores.sessions.add(a_session(expires_at=LATER), "first")

    assert await stores.sessions.who(SES, TUESDAY_10AM) is not None
    assert await stores.sessions.who(SES, LATER) is None
    assert await stores.sessions.of_user(ALICE, LATER) == []
    assert not await rotated(stores, "first", "second")
    assert await stores.sessions.get(SES) is not None


async def test_a_refresh_token_is_replaced_once(stores: Stores) -> None:
    await with_alice(stores)

    have_rotated = await asyncio.gather(*(rotated(stores, "first", f"next{n}") for n in range(5)))

    assert have_rotated.count(True) == 1
    assert not await rotated(stores, "first", "again")
    winner = f"next{have_rotated.index(True)}"
    assert await rotated(stores, winner, "third")
    session = await stores.sessions.get(SES)
    assert session == a_session(last_seen_at=LATER, expires_at=LATER + DAY)


async def test_whatever_token_it_was_can_be_replaced(stores: Stores) -> None:
    await with_alice(stores)

    assert await rotated(stores, None, "second")
    assert not await rotated(stores, "first", "third")
    assert await rotated(stores, "second", "third")


async def test_a_session_ends_once_and_says_why(stores: Stores) -> None:
    await with_alice(stores)

    assert await stores.sessions.end(SES, at=LATER, because="replayed")
    assert not await stores.sessions.end(SES, at=LATER + MINUTE, because="signed out")
    assert not await stores.sessions.end(SessionId("nobodys"), at=LATER, because="signed out")

    ended = a_session(ended_at=LATER, ended_because="replayed", expires_at=LATER)
    assert await stores.sessions.get(SES) == ended
    assert await stores.sessions.who(SES, LATER) is None
    assert not await rotated(stores, "first", "second")
    assert not await stores.sessions.choose(SES, a_member())


async def test_ending_all_ends_the_living_of_one_user(stores: Stores) -> None:
    await with_alice(stores)
    await stores.sessions.add(a_session("ses2"), "p")
    await stores.sessions.add(a_session("over", ended_at=LATER, ended_because="replayed"), "p")
    await stores.sessions.add(a_session("bobs", user_id=BOB), "p")

    assert await stores.sessions.end_all(ALICE, at=LATER, because="everywhere") == 2

    assert await stores.sessions.of_user(ALICE, LATER) == []
    over = await stores.sessions.get(SessionId("over"))
    assert over is not None
    assert over.ended_because == "replayed"
    assert await stores.sessions.who(SessionId("bobs"), LATER) is not None


async def test_devices_are_listed_with_the_one_seen_last_first(stores: Stores) -> None:
    for number, key in ((1, "b"), (3, "a"), (2, "c")):
        seen_at = TUESDAY_10AM + number * MINUTE
        await stores.sessions.add(a_session(key, last_seen_at=seen_at), "p")

    assert [s.id for s in await stores.sessions.of_user(ALICE, LATER)] == ["a", "c", "b"]


async def test_another_workspace_is_chosen_by_its_member_alone(stores: Stores) -> None:
    await with_alice(stores)
    member = a_member(account_id=OTHER, role=Role.SELLER)
    await stores.members.add_if_new(member)

    assert not await stores.sessions.choose(SES, a_member(account_id=OTHER, user_id=BOB))
    assert await stores.sessions.choose(SES, member)

    assert await stores.sessions.who(SES, LATER) == (a_session(account_id=OTHER), member)


async def test_being_seen_keeps_the_address_unless_there_is_another(stores: Stores) -> None:
    await with_alice(stores)

    await stores.sessions.seen(SES, at=LATER, until=LATER + DAY, address="")
    same = await stores.sessions.get(SES)
    await stores.sessions.seen(SES, at=LATER, until=LATER + DAY, address="::1")

    assert same == a_session(last_seen_at=LATER, expires_at=LATER + DAY)
    assert await stores.sessions.get(SES) == a_session(
        last_seen_at=LATER, expires_at=LATER + DAY, address="::1"
    )


async def test_a_new_name_is_on_every_device(stores: Stores) -> None:
    await with_alice(stores)
    await stores.sessions.add(a_session("ses2"), "p")

    await stores.sessions.rename(ALICE, "Alice Ahn")

    assert {s.name for s in await stores.sessions.of_user(ALICE, LATER)} == {"Alice Ahn"}


async def test_a_key_is_known_by_its_fingerprint(stores: Stores) -> None:
    await stores.accounts.add_if_new(a_user(), an_account(), a_member())
    await stores.api_keys.add(an_api_key(), "print")

    assert await stores.api_keys.check("key1", "print", LATER) == (an_api_key(), a_member())
    assert await stores.api_keys.check("key1", "other", LATER) is None
    assert await stores.api_keys.check("key2", "print", LATER) is None


async def test_a_key_without_its_member_is_found_without_one(stores: Stores) -> None:
    await stores.api_keys.add(an_api_key(), "print")

    assert await stores.api_keys.check("key1", "print", LATER) == (an_api_key(), None)


async def test_a_key_that_is_over_or_revoked_is_not_known(stores: Stores) -> None:
    await stores.api_keys.add(an_api_key("short", expires_at=LATER), "p")
    await stores.api_keys.add(an_api_key("gone"), "p")

    assert await stores.api_keys.check("short", "p", TUESDAY_10AM) is not None
    assert await stores.api_keys.check("short", "p", LATER) is None
    assert await stores.api_keys.revoke(ACME, "gone", LATER)
    assert not await stores.api_keys.revoke(ACME, "gone", LATER)
    assert await stores.api_keys.check("gone", "p", LATER) is None
    assert [k.id for k in await stores.api_keys.of_account(ACME)] == ["short"]


async def test_when_a_key_was_used_is_kept(stores: Stores) -> None:
    await stores.api_keys.add(an_api_key(), "p")

    await stores.api_keys.used(ACME, "key1", LATER)

    assert await stores.api_keys.get(ACME, "key1") == an_api_key(last_used_at=LATER)


async def test_all_keys_of_a_member_are_revoked_at_once(stores: Stores) -> None:
    for key, changes in (("a", {}), ("b", {}), ("bobs", {"user_id": BOB})):
        await stores.api_keys.add(an_api_key(key, **changes), "p")
    await stores.api_keys.add(an_api_key("theirs", account_id=OTHER), "p")

    assert await stores.api_keys.revoke_of(ACME, ALICE, LATER) == 2

    assert [k.id for k in await stores.api_keys.of_account(ACME)] == ["bobs"]
    assert [k.id for k in await stores.api_keys.of_account(OTHER)] == ["theirs"]
