"""Who is shown what happens in a conversation: those who may still see it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from qrev.accounts.models import AccountId
from tests.conftest import ACME, OTHER
from tests.sites import prepare_chainlit

if TYPE_CHECKING:
    from chainlit.session import WebsocketSession

pytestmark = pytest.mark.anyio
THREAD = str(uuid.uuid4())
A_WHILE = 3.0  # seconds, after which it is asked again who may see


class Hall:
    """Tabs with what they were shown; `removed` are those whose member was."""

    def __init__(self) -> None:
        prepare_chainlit()
        from qrev.chat.audience import Audience

        self.now = 100.0
        self.removed: set[str] = set()
        self.asked = 0
        self.shown: list[str] = []
        self.tabs: list[WebsocketSession] = []
        self.audience = Audience(self.may_see, now=lambda: self.now)

    async def may_see(self, session: WebsocketSession, account_id: AccountId) -> bool:
        self.asked += 1
        return session.id not in self.removed

    def tab(self, account_id: AccountId = ACME) -> WebsocketSession:
        from chainlit.session import WebsocketSession

        async def emit(*_: Any) -> None:
            self.shown.append(session.id)

        session = WebsocketSession(
            id=str(uuid.uuid4()),
            socket_id=str(uuid.uuid4()),
            emit=cast(Any, emit),
            emit_call=cast(Any, emit),
            user_env={},
            client_type="webapp",
            thread_id=THREAD,
        )
        self.tabs.append(session)
        self.audience.join(session, account_id)
        return session

    async def show(self) -> list[str]:
        self.shown.clear()
        await self.audience.show(THREAD, ACME, "new_message", {})
        return self.shown


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    made = Hall()
    yield made
    for tab in made.tabs:
        await tab.delete()


async def test_every_tab_of_the_account_is_shown_it(hall: Hall) -> None:
    first, second, _ = hall.tab(), hall.tab(), hall.tab(OTHER)

    assert await hall.show() == [first.id, second.id]


async def test_who_was_removed_is_shown_nothing_more(hall: Hall) -> None:
    stays, goes = hall.tab(), hall.tab()
    hall.removed.add(goes.id)
    hall.now += A_WHILE

    assert await hall.show() == [stays.id]
    hall.removed.clear()
    assert await hall.show() == [stays.id]  # until the tab asks for something again


async def test_what_follows_at_once_is_asked_about_once(hall: Hall) -> None:
    tab = hall.tab()
    hall.now += A_WHILE

    assert [await hall.show() for _ in range(5)] == [[tab.id]] * 5
    assert hall.asked == 1


async def test_a_tab_that_was_closed_is_forgotten(hall: Hall) -> None:
    tab = hall.tab()
    await tab.delete()

    assert await hall.show() == []
    assert hall.audience.conversations() == []
