"""Coming in, on the real store."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import Actor, Identity, Newcomer, Role
from qrev.kit.errors import InvalidInput, NotAllowed
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


def identity(subject: str = "google:1", **changes: str) -> Identity:
    values = {"email": "Ann@Acme.test", "name": "Ann Lee", **changes}
    return Identity(subject=subject, **values)


async def test_someone_google_knows_is_a_newcomer_first(room: Room) -> None:
    begun = await room.may.sign_in.identified(identity(timezone="Asia/Tokyo"), address="10.0.0.9")

    user = await room.may.profile.get(begun.who)
    assert isinstance(begun.who, Newcomer)
    assert (begun.who.email, begun.who.name) == ("ann@acme.test", "Ann Lee")
    assert (user.subject, user.timezone) == ("google:1", "Asia/Tokyo")
    assert await room.may.sessions.check(begun.tokens.access) == begun.who
    assert await room.mongo.accounts.count_documents({}) == 0


async def test_whoever_comes_back_is_who_they_were(room: Room) -> None:
    first = await room.may.sign_in.identified(identity())
    await room.may.accounts.create(first.who, "Acme")

    again = await room.may.sign_in.identified(identity(name="Another Name"))

    assert isinstance(again.who, Actor)
    assert (again.who.user_id, again.who.name) == (first.who.user_id, "Ann Lee")
    assert again.session_id != first.session_id


async def test_an_address_that_comes_back_as_someone_else_stays_outside(room: Room) -> None:
    await room.may.sign_in.identified(identity())

    with pytest.raises(NotAllowed, match="someone else"):
        await room.may.sign_in.identified(identity("google:2"))


async def test_a_mailbox_is_connected_by_the_one_it_was_bound_to(room: Room) -> None:
    first = Identity(email="ann@acme.test", name="Ann", subject="google:1")
    ann = (await room.may.sign_in.identified(first)).who
    eve = await room.signed_in("Eve")

    await room.may.sign_in.recognise(ann, "google:1")
    await room.may.sign_in.recognise(eve, "google:2")

    for who, subject in ((ann, "google:3"), (eve, "google:1")):
        with pytest.raises(NotAllowed, match="someone else"):
            await room.may.sign_in.recognise(who, subject)


async def test_two_people_who_claim_one_new_address_at_once_are_one(room: Room) -> None:
    answers = await asyncio.gather(
        *(room.may.sign_in.identified(identity(f"google:{n}")) for n in range(4)),
        return_exceptions=True,
    )

    assert [type(each) for each in answers].count(NotAllowed) == 3


async def test_signing_in_locally_makes_a_workspace_once(room: Room) -> None:
    begun = await asyncio.gather(
        *(room.may.sign_in.local("ann@acme.test", "Ann", device="Firefox") for _ in range(4))
    )

    actors = [each.who for each in begun]
    assert all(isinstance(each, Actor) and each.role is Role.OWNER for each in actors)
    assert await room.mongo.accounts.count_documents({}) == 1
    assert len({each.session_id for each in begun}) == 4


async def test_a_name_that_google_vouches_for_is_made_fit_to_be_shown(room: Room) -> None:
    hostile = Identity(
        email="ann@acme.test", name="Ann\x00\r\nBcc: eve\u202e@evil.test", subject="google:1"
    )

    begun = await room.may.sign_in.identified(hostile)

    assert begun.who.name == "Ann Bcc: eve @evil.test"


@pytest.mark.parametrize("email", ["", "ann", "a@b\r\nBcc: x@y.test", "{'$ne': 1}"])
async def test_what_is_not_an_address_does_not_come_in(room: Room, email: str) -> None:
    with pytest.raises(InvalidInput):
        await room.may.sign_in.local(email, "Ann")
    with pytest.raises(InvalidInput):
        await room.may.sign_in.identified(identity(email=email))


async def test_where_someone_comes_from_is_kept_on_one_line(room: Room) -> None:
    begun = await room.may.sign_in.local(
        "ann@acme.test", "Ann", device="Fire\nfox" + "x" * 300, address="::1" * 100
    )

    (session,) = await room.may.sessions.list(begun.who)
    assert session.device.startswith("Firefoxx")
    assert (len(session.device), len(session.address)) == (200, 64)
