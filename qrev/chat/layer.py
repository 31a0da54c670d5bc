"""What Chainlit asks of persistence, answered from the Archive.

Chainlit authorises by this layer: a thread answers only to its owner, and what a browser sends
about elements, feedback or favourites is not listened to.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from chainlit.context import context
from chainlit.data.base import BaseDataLayer
from chainlit.data.utils import queue_until_user_message
from chainlit.types import (
    Feedback,
    PageInfo,
    PaginatedResponse,
    Pagination,
    ThreadDict,
    ThreadFilter,
)
from chainlit.user import PersistedUser, User
from pymongo.errors import PyMongoError

from qrev.accounts.models import AccountId
from qrev.chat.archive import Archive
from qrev.kit.errors import NotAllowed, NotFound
from qrev.kit.mongo import Document

if TYPE_CHECKING:
    from chainlit.element import Element, ElementDict
    from chainlit.step import StepDict

log = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])
MAX_PAGE = 100
NOT_OURS = "QRev does not keep that."


def _once_begun(method: Method) -> Method:
    """Queue the call until the member has said something: before, there is no thread."""
    return cast(Method, queue_until_user_message()(method))


class ArchiveLayer(BaseDataLayer):
    """`before_reading` is run for a thread about to be shown: what waits for it is posted first.

    `account` says in which account whoever asks works now.
    """

    def __init__(
        self,
        archive: Archive,
        before_reading: Callable[[str], Awaitable[None]],
        account: Callable[[], Awaitable[AccountId | None]],
    ) -> None:
        self._archive = archive
        self._before_reading = before_reading
        self._account = account

    # --- users: made by signing in, known at the door (`door.py`), and nowhere else

    async def get_user(self, identifier: str) -> PersistedUser | None:
        return None

    async def create_user(self, user: User) -> PersistedUser | None:
        return None

    # --- threads

    async def get_thread_author(self, thread_id: str) -> str:
        account_id = await self._account()
        return await self._archive.owner(thread_id, account_id) or "" if account_id else ""

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        thread = await self._archive.get(thread_id)
        if thread is None:
            return None
        if thread["account_id"] != await self._account():
            return _thread({**thread, "title": ""})  # it is there, and nothing of it is told
        await self._before_reading(thread_id)
        steps = await self._archive.steps(thread_id)
        return _thread(thread, steps, await self._archive.elements(thread_id))

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        # Metadata is what Chainlit keeps of a session for the browser: nothing we want to keep.
        if user_id is not None:
            email = context.session.user.identifier if context.session.user else ""
            if account_id := await self._account():
                await self._archive.begin(thread_id, account_id, user_id, email, name or "")
        elif name is not None:
            await self._archive.rename(thread_id, name)

    async def list_threads(
        self, pagination: Pagination, filters: ThreadFilter
    ) -> PaginatedResponse[ThreadDict]:
        limit = max(1, min(pagination.first, MAX_PAGE))
        account_id = await self._account()
        if account_id is None:
            return PaginatedResponse(
                pageInfo=PageInfo(hasNextPage=False, startCursor=None, endCursor=None), data=[]
            )
        found = await self._archive.page(
            account_id,
            filters.userId or "",
            search=filters.search or "",
            before=pagination.cursor,
            limit=limit + 1,
        )
        shown = found[:limit]
        return PaginatedResponse(
            pageInfo=PageInfo(
                hasNextPage=len(found) > limit,
                startCursor=shown[0]["_id"] if shown else None,
                endCursor=shown[-1]["_id"] if shown else None,
            ),
            data=[_thread(thread) for thread in shown],
        )

    async def delete_thread(self, thread_id: str) -> None:
        await self._archive.delete(thread_id)

    # --- steps and elements: the session says which thread, never the browser

    @_once_begun
    async def create_step(self, step_dict: StepDict) -> None:
        await self._keep_step(step_dict)

    @_once_begun
    async def update_step(self, step_dict: StepDict) -> None:
        await self._keep_step(step_dict)

    async def _keep_step(self, step: StepDict) -> None:
        """Chainlit looks after no task it starts for this: what goes wrong ends here."""
        try:
            await self._archive.keep_step(context.session.thread_id, cast("dict[str, Any]", step))
        except (PyMongoError, NotFound) as error:
            log.error("a step of %s was not kept: %s", context.session.thread_id, error)

    @_once_begun
    async def delete_step(self, step_id: str) -> None:
        raise NotAllowed(NOT_OURS)

    @_once_begun
    async def create_element(self, element: Element) -> None:
        """Keep nothing: uploads are kept by the turn they come with, cards by who posts them."""

    async def get_element(self, thread_id: str, element_id: str) -> ElementDict | None:
        return cast("ElementDict | None", await self._archive.element(thread_id, element_id))

    @_once_begun
    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        raise NotAllowed(NOT_OURS)

    # --- what we do not offer

    async def upsert_feedback(self, feedback: Feedback) -> str:
        raise NotAllowed(NOT_OURS)

    async def delete_feedback(self, feedback_id: str) -> bool:
        raise NotAllowed(NOT_OURS)

    async def get_favorite_steps(self, user_id: str) -> list[StepDict]:
        return []

    async def build_debug_url(self) -> str:
        return ""

    async def close(self) -> None:
        """Nothing of its own is open: the database is closed by who opened it."""


def _thread(
    thread: Document,
    steps: list[Document] | None = None,
    elements: list[Document] | None = None,
) -> ThreadDict:
    return cast(
        ThreadDict,
        {
            "id": thread["_id"],
            "createdAt": f"{thread['updated_at']:%Y-%m-%dT%H:%M:%S.%f}Z",
            "name": thread["title"],
            "userId": thread["user_id"],
            "userIdentifier": thread["email"],
            "tags": None,
            "metadata": {},
            "steps": steps or [],
            "elements": elements or [],
        },
    )
