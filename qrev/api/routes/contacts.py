"""The people a workspace knows: pages of them, one of them, and what was changed of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import IdAsked, PersonChangeAsked
from qrev.api.cursors import from_word_cursor, to_word_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.people_views import ContactPage, ContactView, HistoryEntryView
from qrev.crm.ports import PeopleSort

router = APIRouter(prefix="/crm/contact", tags=["people"], responses=USUAL)


@router.get("/list")
async def contacts(
    behind: Behind,
    actor: Asking,
    sort: PeopleSort = "name",
    is_descending: bool = False,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ContactPage:
    """List people in order. A page belongs to the sort it was begun with."""
    order = f"{sort} {is_descending}"
    page = await behind.people.page(
        actor,
        sort=sort,
        is_descending=is_descending,
        after=None if after is None else from_word_cursor(after, order),
        limit=limit,
    )
    return ContactPage(
        people=[ContactView.of(person) for person in page.people],
        total=page.total,
        next=None if page.next is None else to_word_cursor(page.next, order),
    )


@router.get("/details", responses=problems(404))
async def details(behind: Behind, actor: Asking, person_id: IdAsked) -> ContactView:
    """Tell about one person."""
    return ContactView.of(await behind.editing.get(actor, person_id))


@router.post("/update", responses=problems(404, 409))
async def update(behind: Behind, actor: Asking, asked: PersonChangeAsked) -> ContactView:
    """Change the fields that are named; every other stays as it is.

    With `seen`, a field that is not any more what you saw is not changed, and nothing else of the
    request is: 409. Fields of your own are named `fields.` and their title.
    """
    return ContactView.of(
        await behind.editing.change(actor, asked.person_id, asked.changes, seen=asked.seen)
    )


@router.get("/history", responses=problems(404))
async def history(behind: Behind, actor: Asking, person_id: IdAsked) -> list[HistoryEntryView]:
    """Tell who changed what of a person, the newest first; the last 200 changes."""
    return [HistoryEntryView.of(entry) for entry in await behind.editing.history(actor, person_id)]
