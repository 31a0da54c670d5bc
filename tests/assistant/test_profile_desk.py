"""Oneself, as one's card asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.grant import GrantState, GrantStatus, NewGrant
from qrev.accounts.models import Actor, Begun
from qrev.assistant.asking import answer
from qrev.assistant.profile_desk import GoogleHere, device_name, mailbox_view
from qrev.assistant.questions import Answered
from qrev.assistant.workspace_cards import ProfileCard, ProfileView
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n and so on"
HERE = GoogleHere(permissions={"send": "send mails as you", "read": "read the replies"})
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


async def ask(world: World, actor: Actor, question: str, /, **payload: Any) -> Answered:
    return await answer(world.services.desks, actor, question, payload)


async def seen(
    world: World, actor: Actor, question: str = "profile_get", /, **said: Any
) -> ProfileView:
    answered = await ask(world, actor, question, **said)
    assert isinstance(answered.view, ProfileView), answered
    return answered.view


async def signed_in(world: World, actor: Actor, device: str = "") -> Begun:
    user = await world.services.profile.get(actor)
    return await world.services.sessions.begin(
        user, await world.services.accounts.home_of(user), device=device, address="10.0.0.1"
    )


async def test_the_command_shows_the_card(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/profile") == [ProfileCard()]


async def test_what_one_says_of_oneself_is_kept(world: World, alice: Actor) -> None:
    await seen(world, alice, "profile_save", name="Alice Doe", timezone="Europe/Paris")
    await seen(world, alice, "profile_save", phone="+49 30 1234")
    await seen(world, alice, "working_hours_save", weekdays=[4, 0], opens="10:00", closes="16:00")

    view = await seen(world, alice)
    assert (view.name, view.phone, view.timezone) == ("Alice Doe", "+49 30 1234", "Europe/Paris")
    assert (view.weekdays, view.opens, view.closes) == ([0, 4], "10:00", "16:00")


@pytest.mark.parametrize(
    ("question", "odd"),
    [
        ("profile_save", {"name": ""}),
        ("profile_save", {"phone": "no number"}),
        ("profile_save", {"timezone": "Mars"}),
        ("working_hours_save", {"weekdays": [7], "opens": "09:00", "closes": "17:00"}),
        ("working_hours_save", {"weekdays": [0], "opens": "17:00", "closes": "09:00"}),
    ],
)
async def test_what_is_odd_is_refused(
    world: World, alice: Actor, question: str, odd: dict[str, Any]
) -> None:
    before = await seen(world, alice)

    answered = await ask(world, alice, question, **odd)

    assert answered.refusal is not None
    assert answered.refusal.code == "invalid"
    assert await seen(world, alice) == before


async def test_another_picture_has_another_mark(world: World, alice: Actor) -> None:
    without = await seen(world, alice)
    await world.services.profile.save_picture(alice, PNG)
    first = await seen(world, alice)
    await world.services.profile.save_picture(alice, PNG + b"!")

    assert without.picture == ""
    assert first.picture
    assert (await seen(world, alice)).picture not in ("", first.picture)


async def test_a_device_is_named_and_can_be_signed_out(world: World, alice: Actor) -> None:
    this = (await signed_in(world, alice)).who
    await signed_in(world, alice, FIREFOX)
    assert isinstance(this, Actor)

    both = await seen(world, this)
    other = next(each for each in both.devices if not each.is_this)
    left = await seen(world, this, "device_end", session_id=other.session_id)

    assert (other.name, other.address) == ("Firefox on Windows", "10.0.0.1")
    assert [each.is_this for each in left.devices] == [True]


async def test_a_foreign_device_is_not_found(world: World, alice: Actor, mallory: Actor) -> None:
    session_id = (await signed_in(world, alice)).session_id

    answered = await ask(world, mallory, "device_end", session_id=session_id)

    assert answered.refusal is not None
    assert answered.refusal.code == "not_found"
    assert await world.services.sessions.list(alice)


async def test_without_google_the_card_says_how_one_signs_in(world: World, alice: Actor) -> None:
    view = await seen(world, alice)

    assert view.mailbox is None
    assert "without a password" in view.sign_in


async def test_a_mailbox_can_be_forgotten(world: World, alice: Actor) -> None:
    await world.services.grants.keep(
        alice,
        NewGrant(
            subject="google:1",
            email=alice.email,
            scopes=frozenset({"send"}),
            access_token="a",
            refresh_token="r",
            expires_at=world.clock() + timedelta(hours=1),
        ),
    )

    await seen(world, alice, "mailbox_forget")

    status = await world.services.grants.status(alice.user_id, ("send",))
    assert status.state is GrantState.MISSING


@pytest.mark.parametrize(
    ("state", "scopes", "words"),
    [
        (GrantState.GOOD, {"send", "read"}, "QRev may send mails as you and read the replies."),
        (GrantState.PARTIAL, {"send"}, "QRev may send mails as you, but may not read the replies."),
        (GrantState.PARTIAL, set(), "QRev may not send mails as you and read the replies."),
        (GrantState.PARTIAL, {"send", "read"}, "for an hour only"),
        (GrantState.REVOKED, {"send", "read"}, "does not let QRev in any more"),
        (GrantState.MISSING, set(), "Connect it, and QRev may send mails as you"),
    ],
)
def test_how_a_mailbox_is_connected_is_said_in_plain_words(
    state: GrantState, scopes: set[str], words: str
) -> None:
    view = mailbox_view(GrantStatus(state=state, scopes=frozenset(scopes)), HERE)

    assert words in view.words


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604.1",
            "iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "curl/8.0"),
        ("", "An unknown device"),
    ],
)
def test_a_device_is_called_what_its_owner_calls_it(device: str, name: str) -> None:
    assert name in device_name(device)
