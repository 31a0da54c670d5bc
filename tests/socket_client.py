"""A member at a browser, without the browser: the same requests, the same socket."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import socketio

T = TypeVar("T")
Shown = dict[str, Any]
PATIENCE = 60.0  # seconds
_open: list[Tab] = []


class Tab:
    """One tab. What the server shows is in `messages` and `elements`, by id, in order."""

    def __init__(self, base: str, *, origin: str | None = None) -> None:
        self.base = base
        self.http = httpx.AsyncClient(base_url=base, timeout=PATIENCE)
        self.session_id = str(uuid.uuid4())
        self.thread_id = ""
        self.events: list[str] = []
        self.messages: dict[str, Shown] = {}
        self.elements: dict[str, Shown] = {}
        self.toasts: list[str] = []
        self._origin = origin
        self._changed = asyncio.Condition()
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("*", self._hear)
        _open.append(self)

    async def sign_in(self, email: str, name: str, *, timezone: str = "UTC") -> Tab:
        form = {"email": email, "name": name, "timezone": timezone}
        response = await self.http.post("/login", data=form)
        assert response.status_code == 303, response.text
        return self

    def same_browser(self, other: Tab) -> Tab:
        """Share the cookies of a tab that is signed in."""
        self.http.cookies.update(other.http.cookies)
        return self

    async def open(self, thread_id: str = "") -> Tab:
        """Connect, to a new conversation or to one that is there, and wait until it is shown."""
        await self.connect_only(thread_id)
        wanted = "resume_thread" if thread_id else "set_commands"
        await self.until(lambda tab: wanted in tab.events)
        return self

    async def connect_only(self, thread_id: str = "") -> None:
        """Connect, whatever is shown then."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {"Cookie": cookies, **({"Origin": self._origin} if self._origin else {})}
        await self._socket.connect(
            self.base,
            socketio_path="/ws/socket.io",
            headers=headers,
            transports=["websocket"],
            auth={
                "clientType": "webapp",
                "sessionId": self.session_id,
                "threadId": thread_id,
                "userEnv": "{}",
                "chatProfile": "",
            },
        )
        await self._socket.emit("connection_successful")

    async def say(self, words: str, *, files: list[str] | None = None, **more: Any) -> str:
        """Send a message and return its id."""
        message_id = str(uuid.uuid4())
        message = {
            "id": message_id,
            "threadId": "",
            "name": "user",
            "type": "user_message",
            "output": words,
            "createdAt": datetime.now(UTC).isoformat(),
            "metadata": {},
            **more,
        }
        references = [{"id": file} for file in files or []]
        await self._socket.emit(
            "client_message", {"message": message, "fileReferences": references}
        )
        return message_id

    async def emit(self, event: str, data: Any) -> None:
        """Send whatever a browser could send."""
        await self._socket.emit(event, data)

    async def drop(self, data: bytes, name: str = "people.csv", mime: str = "text/csv") -> str:
        """Upload a file for the next message and return its reference."""
        response = await self.http.post(
            "/project/file",
            params={"session_id": self.session_id},
            files={"file": (name, data, mime)},
        )
        assert response.status_code == 200, response.text
        return str(response.json()["id"])

    async def ask(self, name: str, **payload: Any) -> Shown:
        """Do what a card does: call an action, and return what it was answered."""
        response = await self.http.post(
            "/project/action",
            json={"sessionId": self.session_id, "action": {"name": name, "payload": payload}},
        )
        assert response.status_code == 200, response.text
        answer = response.json()["response"]
        assert isinstance(answer, dict), answer
        return answer

    async def view(self, name: str, **payload: Any) -> Any:
        """Call an action that must work, and return its view."""
        answer = await self.ask(name, **payload)
        assert answer["ok"], answer
        return answer["view"]

    async def card(self, name: str, *, number: int = 0) -> Shown:
        """Return the props of a card once it is shown: the first of that name, or a later one."""

        def found(tab: Tab) -> Shown | None:
            cards = [e for e in tab.elements.values() if e["name"] == name]
            return cards[number] if len(cards) > number else None

        return dict((await self.until(found))["props"])

    async def text(self, part: str) -> Shown:
        """Return the assistant's message with these words in it, once it is there."""

        def found(tab: Tab) -> Shown | None:
            replies = (m for m in tab.messages.values() if m["type"] == "assistant_message")
            return next((m for m in replies if part in (m.get("output") or "")), None)

        return await self.until(found)

    async def until(self, look: Callable[[Tab], T | None]) -> T:
        """Return what `look` finds, once it finds something."""

        async def wait() -> T:
            async with self._changed:
                while not (found := look(self)):
                    await self._changed.wait()
                return found

        try:
            return await asyncio.wait_for(wait(), PATIENCE)
        except TimeoutError:
            said = [m.get("output") for m in self.messages.values()]
            cards = [e["name"] for e in self.elements.values()]
            raise AssertionError(f"not shown; instead: {said} and {cards}") from None

    @property
    def is_connected(self) -> bool:
        return bool(self._socket.connected)

    async def lose_connection(self) -> None:
        """Be offline, as in a tunnel: the tab is still there, its socket is not."""
        await self._socket.disconnect()

    async def close(self) -> None:
        """Close the tab, as a browser does. Closed twice is closed."""
        if self._socket.connected:
            await self._socket.call("clear_session", timeout=5)
            await self._socket.disconnect()
        if self._socket.eio.http is not None:  # of a connection that was refused
            await self._socket.eio.http.close()
        await self.http.aclose()

    async def _hear(self, event: str, data: Any = None, *_: Any) -> None:
        async with self._changed:
            self.events.append(event)
            if event in ("new_message", "update_message"):
                self.messages[data["id"]] = data
            elif event == "element":
                self.elements[data["id"]] = data
            elif event == "toast":
                self.toasts.append(str(data["message"]))
            elif event == "first_interaction":
                self.thread_id = data["thread_id"]
            elif event == "resume_thread":
                self.messages = {step["id"]: step for step in data["steps"]}
                self.elements = {each["id"]: each for each in data["elements"]}
            self._changed.notify_all()


async def close_all() -> None:
    """Close every tab that a test left open."""
    while _open:
        with contextlib.suppress(socketio.exceptions.SocketIOError):
            await _open.pop().close()
