"""The people a workspace knows: pages of them, one of them, and what was changed of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import IdAsked, PersonChangeAsked
from qrev.api.cursors import from_word_cursor, to_word_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.people_asked import ContactsAsked
from qrev.api.people_views import ContactPage, ContactView, HistoryEntryView
from qrev.crm.filters import place_from

router = APIRouter(prefix="/crm/contact", tags=["people"], responses=USUAL)


@router.get("/list", responses=problems(404))
async def contacts(
    behind: Behind,
    actor: Asking,
    asked: Annotated[ContactsAsked, Query()],
) -> ContactPage:
    """List people in order. A page belongs to the question it was begun with.

    With `search`, those whose name begins so come first, then those whose address, company or
    title does, then those who have it as a later word; `sort` then changes nothing.
    """
    wanted = asked.wanted
    question = f"{asked.sort} {asked.is_descending} {wanted.search}"
    page = await behind.people.page(
        actor,
        wanted,
        order=asked.order,
        after=place_from(from_word_cursor(asked.after, question)) if asked.after else None,
        limit=asked.limit,
    )
    return ContactPage(
        people=[ContactView.of(person) for person in page.people],
        total=None if page.total is None else page.total.number,
        is_total_exact=page.total is not None and page.total.is_exact,
        next=None if page.next is None else to_word_cursor(page.next, question),
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
