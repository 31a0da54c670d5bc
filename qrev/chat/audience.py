"""Who is looking at a conversation: every tab of it, in this process."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, cast

from chainlit.session import WebsocketSession, ws_sessions_id

from qrev.accounts.models import AccountId

log = logging.getLogger(__name__)

Emit = Callable[[str, Any], Awaitable[None]]  # what Chainlit's own annotation leaves out
MaySee = Callable[[WebsocketSession, AccountId], Awaitable[bool]]
ASK_AGAIN = 2.0  # seconds; a turn shows several things, and is asked about once


class Audience:
    """Addresses conversations, not sockets: a reload makes a new socket, and tabs come and go.

    `may_see` says whether a tab's member is still one: who was removed is shown nothing more.
    """

    def __init__(self, may_see: MaySee, *, now: Callable[[], float] = time.monotonic) -> None:
        self._seats: dict[str, dict[str, AccountId]] = defaultdict(dict)
        self._may_see = may_see
        self._now = now
        self._asked: dict[str, float] = {}

    def join(self, session: WebsocketSession, account_id: AccountId) -> None:
        """Note that a session looks at its conversation, on behalf of an account.

        Whoever calls has just asked who it is.
        """
        self._seats[session.thread_id][session.id] = account_id
        self._asked[session.id] = self._now()

    def conversations(self) -> list[str]:
        """Return those somebody here looks at."""
        for thread_id in list(self._seats):
            self._present(thread_id)
        return list(self._seats)

    async def show(
        self,
        thread_id: str,
        account_id: AccountId,
        event: str,
        data: Any,
        *,
        but: WebsocketSession | None = None,
    ) -> None:
        """Emit to every tab of the account that is open on the thread. What is offline misses it:
        it reads the thread again when it comes back.
        """
        for session, whose in self._present(thread_id):
            if whose != account_id or session is but:
                continue
            if await self._is_still_there(session, thread_id, account_id):
                try:
                    await cast(Emit, session.emit)(event, data)
                except Exception as error:
                    log.warning("a tab could not be told (%s): %r", event, error)

    async def _is_still_there(
        self, session: WebsocketSession, thread_id: str, account_id: AccountId
    ) -> bool:
        if self._now() - self._asked.get(session.id, -ASK_AGAIN) < ASK_AGAIN:
            return True
        if not await self._may_see(session, account_id):
            self._seats.get(thread_id, {}).pop(session.id, None)
            return False
        self._asked[session.id] = self._now()
        return True

    def _present(self, thread_id: str) -> list[tuple[WebsocketSession, AccountId]]:
        seats = self._seats.get(thread_id, {})
        for session_id in [s for s in seats if s not in ws_sessions_id]:
            del seats[session_id]
            self._asked.pop(session_id, None)
        if not seats:
            self._seats.pop(thread_id, None)
        return [(ws_sessions_id[session_id], whose) for session_id, whose in seats.items()]
