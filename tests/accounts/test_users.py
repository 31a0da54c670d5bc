"""What whoever runs this QRev may do to people."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor, Identity
from qrev.accounts.users import OPERATOR
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


async def test_a_disabled_user_is_out_everywhere_and_stays_out(room: Room) -> None:
    ann = await room.owner("Ann")
    elsewhere = await room.signed_in("Ann")
    bob = await room.joined(ann, "Bob")
    made = await room.may.api_keys.create(ann, "Export", [])

    await room.may.users.disable(" Ann@acme.test ")

    for who in (ann, elsewhere):
        with pytest.raises(NotSignedIn):
            await room.asked(who)
    with pytest.raises(NotSignedIn):
        await room.may.api_keys.check(made.secret)
    with pytest.raises(NotAllowed, match="disabled"):
        await room.may.sign_in.local("ann@acme.test", "Ann")
    assert (await room.now(bob)).user_id == bob.user_id


async def test_an_enabled_user_is_who_they_were_with_nothing_revived(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Export", [])
    await room.may.users.disable("ann@acme.test")

    await room.may.users.enable("ann@acme.test")

    again = await room.may.sign_in.local("ann@acme.test", "Ann")
    assert isinstance(again.who, Actor)
    assert (again.who.user_id, again.who.account_id) == (ann.user_id, ann.account_id)
    with pytest.raises(NotSignedIn):
        await room.asked(ann)
    with pytest.raises(NotSignedIn):
        await room.may.api_keys.check(made.secret)


async def test_every_workspace_is_told_in_its_log(room: Room) -> None:
    ann = await room.owner("Ann")
    eve = await room.owner("Eve", "Other")
    await room.joined(ann, "Bob")
    await room.joined(eve, "Bob")
    mallory = await room.owner("Mallory", "Third")

    await room.may.users.disable("bob@acme.test")

    for owner in (ann, eve):
        [entry] = await room.may.audit.page(owner, limit=1)
        assert (entry.action, entry.by) == ("user.disabled", OPERATOR)
    assert "user.disabled" not in await room.actions(mallory)


async def test_an_address_that_was_unbound_belongs_to_who_signs_in_next(room: Room) -> None:
    first, second = (
        Identity(email="ann@acme.test", name="Ann", subject=f"google:{number}") for number in (1, 2)
    )
    before = await room.may.sign_in.identified(first)
    with pytest.raises(NotAllowed):
        await room.may.sign_in.identified(second)

    await room.may.users.unbind("ann@acme.test")

    with pytest.raises(NotSignedIn):
        await room.asked(before.who)
    assert (await room.may.sign_in.identified(second)).who.user_id == before.who.user_id
    with pytest.raises(NotAllowed):
        await room.may.sign_in.identified(first)


async def test_nobody_is_disabled_by_a_typing_mistake(room: Room) -> None:
    with pytest.raises(NotFound, match=r"zoe@acme\.test"):
        await room.may.users.disable("zoe@acme.test")
    with pytest.raises(InvalidInput):
        await room.may.users.disable("zoe")
