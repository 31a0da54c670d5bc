"""Every event a socket can bring, as somebody who should get nothing by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import socketio

from tests.isolation.world import Caller, World
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio
OF_A_CONNECTION = {"connect", "disconnect"}


def payloads(world: World) -> dict[str, Any]:
    """Return what each event is sent with: Alice's thread and one of her messages in it."""
    alice = world.alice.tab
    message_id = next(iter(alice.messages))
    message = {
        "id": message_id,
        "threadId": alice.thread_id,
        "name": "user",
        "type": "user_message",
        "output": "/campaigns",
        "createdAt": "2026-03-03T10:00:00Z",
        "metadata": {},
    }
    about_it = {"message": message, "fileReferences": [{"id": world.things["upload_id"]}]}
    return {
        "connection_successful": None,
        "clear_session": None,
        "stop": None,
        "client_message": about_it,
        "edit_message": about_it,
        "message_favorite": about_it,
        "fetch_favorites": None,
        "window_message": {"message": "x", "thread_id": alice.thread_id},
        "audio_start": None,
        "audio_chunk": {"isStart": True, "mimeType": "audio/webm", "data": b""},
        "audio_end": None,
        "chat_settings_change": {"thread_id": alice.thread_id},
        "chat_settings_edit": {"thread_id": alice.thread_id},
    }


def events() -> set[str]:
    from chainlit.server import sio

    return {name for handlers in sio.handlers.values() for name in handlers}


async def test_every_event_of_the_code_is_sent_here(world: World) -> None:
    new = events() - OF_A_CONNECTION - set(payloads(world))

    assert not new, (
        f"The socket listens to {sorted(new)}. Add what is sent with them to `payloads` in "
        "tests/isolation/test_events.py, with ids of Alice's."
    )


async def test_nobody_and_no_other_account_gets_to_alices_thread_or_session(world: World) -> None:
    for caller in (world.nobody, world.mallory, world.victor, world.ruth):
        for thread_id, session_id in (
            (world.alice.tab.thread_id, caller.tab.session_id),
            ("", world.alice.tab.session_id),
        ):
            intruder = Tab(world.base).same_browser(caller.tab)
            intruder.session_id = session_id
            with pytest.raises(socketio.exceptions.ConnectionError):
                await intruder.open(thread_id)

    assert not await world.changed(world.nobody)


@pytest.mark.parametrize("name", ["mallory", "victor"])
async def test_events_about_alices_thread_do_nothing(world: World, name: str) -> None:
    caller: Caller = getattr(world, name)
    wrong = []
    for event, payload in payloads(world).items():
        tab = await Tab(world.base).same_browser(caller.tab).open()
        before = set(caller.identity)
        await tab.emit(event, payload)
        if event != "clear_session":
            await tab.say("/help")
            await tab.text("Drop a CSV")
        shown = json.dumps([tab.messages, tab.elements])
        if name == "mallory":
            wrong += [f"{event} told {leak}" for leak in world.leaks(shown)]
        own = Caller(name=caller.name, tab=tab, user_id=caller.user_id)
        wrong += [f"{event}: {line}" for line in await world.changed(own)]
        assert caller.identity == before
        await tab.close()

    assert not wrong, "\n".join(wrong)


def told(tab: Tab) -> list[str]:
    """Return what came of messages that were not taken."""
    said = [str(message.get("output")) for message in tab.messages.values()]
    return [words for words in said if words.startswith("QRev did nothing with that")]


async def test_who_was_removed_a_minute_ago_says_nothing_any_more(world: World) -> None:
    tab = world.ruth.tab
    shown = len(tab.elements)
    wrong = []
    for event, payload in payloads(world).items():
        if event != "clear_session":
            await tab.emit(event, payload)
    for words in ("/campaigns", "/people", "/outbox"):
        await tab.say(words)
    await tab.until(lambda tab: len(told(tab)) >= 3)

    wrong += world.leaks(json.dumps([tab.messages, list(tab.elements.values())[shown:]]))
    assert not wrong
    assert {each["name"] for each in list(tab.elements.values())[shown:]} == {"WelcomeCard"}
    assert not await world.changed(world.ruth)
