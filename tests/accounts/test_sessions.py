"""Sessions on their real store: who is in, and who is out at the next click."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import jwt
import pytest
from pymongo import AsyncMongoClient, monitoring

from qrev.accounts.models import Actor, Newcomer, Role, SessionId, Tokens, Who
from qrev.accounts.store import MongoUserBook
from qrev.kit.errors import NotAllowed, NotFound, NotSignedIn
from qrev.kit.mongo import Document
from tests.accounts.world import Room, a_room
from tests.fakes import FakeClock
from tests.servers import a_database_name
from tests.sites import SECRETS

pytestmark = pytest.mark.anyio
NOWHERE = SessionId("ses_nowhere")


def session_of(who: Who) -> SessionId:
    assert who.session_id is not None
    return who.session_id


async def tokens_of(room: Room, who: Who) -> Tokens:
    return await room.may.sessions.issue(session_of(who))


async def test_an_access_token_says_who_it_is_and_from_where(room: Room) -> None:
    ann = await room.owner("Ann")

    who = await room.may.sessions.check((await tokens_of(room, ann)).access, address="10.0.0.9")

    assert isinstance(who, Actor)
    assert (who.user_id, who.account_id, who.role) == (ann.user_id, ann.account_id, Role.OWNER)
    assert (who.session_id, who.address) == (ann.session_id, "10.0.0.9")


async def test_an_access_token_is_over_after_a_quarter_of_an_hour(room: Room) -> None:
    tokens = await tokens_of(room, await room.owner("Ann"))

    room.clock.advance(minutes=14, seconds=59)
    assert await room.may.sessions.check(tokens.access)

    room.clock.advance(seconds=1)
    with pytest.raises(NotSignedIn):
        await room.may.sessions.check(tokens.access)


def forged(token: str, *, key: str, algorithm: str = "HS256", **claims: object) -> str:
    known = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(known | claims, key, algorithm)


async def test_a_token_that_we_did_not_make_is_nobodys(room: Room) -> None:
    tokens = await tokens_of(room, await room.owner("Ann"))
    other, ours = "o" * 64, SECRETS["access_token_jwt_secret"]
    made_up = [
        "",
        "a.b.c",
        "x" * 5000,
        tokens.access[:-2],
        tokens.refresh,
        forged(tokens.access, key=other),
        forged(tokens.access, key="", algorithm="none"),
        forged(tokens.access, key=ours, algorithm="HS512"),
        forged(tokens.access, key=ours, aud="qrev:refresh"),
        forged(tokens.access, key=ours, sid="ses_other"),
        forged(tokens.access, key=ours, sid={"$ne": ""}),
        forged(tokens.access, key=ours, exp="soon"),
    ]

    for token in made_up:
        with pytest.raises(NotSignedIn):
            await room.may.sessions.check(token)
        with pytest.raises(NotSignedIn):
            await room.may.sessions.refresh(token if token != tokens.refresh else tokens.access)


async def test_a_refresh_token_gives_a_new_pair_once(room: Room) -> None:
    ann = await room.owner("Ann")
    first = await tokens_of(room, ann)

    second = await room.may.sessions.refresh(first.refresh)

    assert await room.may.sessions.check(second.access)
    assert (await room.may.sessions.refresh(second.refresh)).refresh != second.refresh


async def test_a_refresh_token_shown_twice_ends_its_family_and_no_other(room: Room) -> None:
    ann = await room.owner("Ann")
    phone = await room.signed_in("Ann")
    first = await tokens_of(room, ann)
    second = await room.may.sessions.refresh(first.refresh)

    with pytest.raises(NotSignedIn):
        await room.may.sessions.refresh(first.refresh)

    for token in (second.access, first.access):
        with pytest.raises(NotSignedIn):
            await room.may.sessions.check(token)
    with pytest.raises(NotSignedIn):
        await room.may.sessions.refresh(second.refresh)
    assert (await room.asked(phone)).user_id == ann.user_id
    assert "session.replayed" in await room.actions(await room.now(phone))


async def test_a_refresh_token_is_over_after_180_days_and_its_end_is_no_replay(room: Room) -> None:
    ann = await room.owner("Ann")
    old = await tokens_of(room, ann)
    room.clock.advance(days=179)
    await room.asked(ann)
    room.clock.advance(days=1)

    with pytest.raises(NotSignedIn):
        await room.may.sessions.refresh(old.refresh)

    assert await room.asked(ann)


async def test_of_two_who_refresh_at_once_the_second_has_replayed_it(room: Room) -> None:
    ann = await room.owner("Ann")
    for _ in range(10):
        device = await room.signed_in("Ann")
        tokens = await tokens_of(room, device)

        answers = await asyncio.gather(
            *(room.may.sessions.refresh(tokens.refresh) for _ in range(4)),
            return_exceptions=True,
        )

        assert [type(each) for each in answers].count(Tokens) <= 1
        with pytest.raises(NotSignedIn):
            await room.asked(device)
    assert await room.asked(ann)


async def test_issuing_a_pair_makes_the_earlier_refresh_token_a_replay(room: Room) -> None:
    ann = await room.owner("Ann")
    first = await tokens_of(room, ann)
    await tokens_of(room, ann)

    with pytest.raises(NotSignedIn):
        await room.may.sessions.refresh(first.refresh)


async def test_signing_out_ends_this_device_at_once(room: Room) -> None:
    ann = await room.owner("Ann")
    phone = await room.signed_in("Ann")
    tokens = await tokens_of(room, ann)

    await room.may.sessions.end(session_of(ann))
    await room.may.sessions.end(session_of(ann))

    with pytest.raises(NotSignedIn):
        await room.may.sessions.check(tokens.access)
    with pytest.raises(NotSignedIn):
        await room.may.sessions.refresh(tokens.refresh)
    assert (await room.actions(await room.now(phone))).count("session.ended") == 1


async def test_ending_what_was_never_there_is_harmless(room: Room) -> None:
    await room.may.sessions.end(NOWHERE)

    with pytest.raises(NotSignedIn):
        await room.may.sessions.who(NOWHERE)


async def test_signing_out_everywhere_ends_every_device_of_this_user_alone(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    phone = await room.signed_in("Ann")

    assert await room.may.sessions.end_all(ann) == 2

    for gone in (ann, phone):
        with pytest.raises(NotSignedIn):
            await room.asked(gone)
    assert await room.asked(bob)


async def test_one_sees_and_ends_ones_own_devices_alone(room: Room) -> None:
    ann = await room.owner("Ann")
    room.clock.advance(minutes=1)
    phone = await room.signed_in("Ann")
    mallory = await room.owner("Mallory", "Evil")

    assert [s.id for s in await room.may.sessions.list(ann)] == [phone.session_id, ann.session_id]
    with pytest.raises(NotFound):
        await room.may.sessions.end_other(mallory, session_of(phone))
    await room.may.sessions.end_other(ann, session_of(phone))

    with pytest.raises(NotSignedIn):
        await room.asked(phone)
    with pytest.raises(NotFound):
        await room.may.sessions.end_other(ann, session_of(phone))


async def test_a_removed_member_is_out_at_the_next_click(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    tokens = await tokens_of(room, bob)

    await room.may.members.remove(ann, bob.user_id)

    who = await room.may.sessions.check(tokens.access)
    assert isinstance(who, Newcomer)
    assert who.user_id == bob.user_id


async def test_a_changed_role_counts_at_the_next_click(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")

    await room.may.members.change_role(ann, bob.user_id, Role.VIEWER)

    assert (await room.now(bob)).role is Role.VIEWER


async def test_a_disabled_user_gets_no_session(room: Room) -> None:
    ann = await room.owner("Ann")
    users = MongoUserBook(room.mongo)
    await users.change(ann.user_id, is_disabled=True)

    with pytest.raises(NotAllowed):
        await room.may.sign_in.local("ann@acme.test", "Ann")
    with pytest.raises(NotAllowed):
        await room.signed_in("Ann")


async def test_one_goes_on_in_another_workspace_and_begins_there_next_time(room: Room) -> None:
    ann = await room.owner("Ann", "First")
    second = await room.may.accounts.create(ann, "Second")
    assert (await room.now(ann)).account_id == second.account_id

    back = await room.may.sessions.choose(await room.now(ann), ann.account_id)

    assert (await room.now(back)).account_id == ann.account_id
    assert (await room.signed_in("Ann") == ann) is False
    assert (await room.now(await room.signed_in("Ann"))).account_id == ann.account_id


async def test_nobody_goes_on_in_a_workspace_of_others(room: Room) -> None:
    ann = await room.owner("Ann")
    mallory = await room.owner("Mallory", "Evil")

    with pytest.raises(NotFound):
        await room.may.sessions.choose(mallory, ann.account_id)

    assert (await room.now(mallory)).account_id == mallory.account_id


async def test_being_seen_keeps_a_session_and_is_written_every_five_minutes(room: Room) -> None:
    ann = await room.owner("Ann")
    (before,) = await room.may.sessions.list(ann)

    room.clock.advance(minutes=4)
    await room.may.sessions.who(session_of(ann), address="10.0.0.1")
    (soon,) = await room.may.sessions.list(ann)
    room.clock.advance(minutes=1)
    await room.may.sessions.who(session_of(ann), address="10.0.0.2")
    (later,) = await room.may.sessions.list(ann)

    assert soon == before
    assert later.address == "10.0.0.2"
    assert later.last_seen_at - before.last_seen_at == timedelta(minutes=5)
    assert later.expires_at - before.expires_at == timedelta(minutes=5)


class Listener(monitoring.CommandListener):
    """Keeps the name of every command the database is sent."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.commands.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Answers are not looked at."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """None is expected to."""


async def test_checking_a_token_or_a_key_is_one_operation(
    embedded_url: str, clock: FakeClock
) -> None:
    listener = Listener()
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        embedded_url, tz_aware=True, event_listeners=[listener]
    )
    heard = await a_room(client[a_database_name()], clock)
    ann = await heard.owner("Ann")
    tokens = await tokens_of(heard, ann)
    made = await heard.may.api_keys.create(ann, "Export", [])
    await heard.may.api_keys.check(made.secret)
    listener.commands.clear()

    await heard.may.sessions.check(tokens.access)
    await heard.may.api_keys.check(made.secret)

    assert listener.commands == ["aggregate", "aggregate"]
    await client.drop_database(heard.mongo.name)
    await client.close()


async def test_tokens_are_not_in_what_is_printed(room: Room) -> None:
    ann = await room.owner("Ann")
    tokens = await tokens_of(room, ann)

    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)
