"""What is done to people: written down, deleted, grouped, merged."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.people_asked import (
    ListAsked,
    MergeAsked,
    MergeConfirmAsked,
    MergeUndoAsked,
    NewListAsked,
    NewPersonAsked,
    OwnerAsked,
    PeopleAsked,
    PeopleTeamAsked,
    TagAsked,
)
from qrev.api.people_views import (
    ContactView,
    DeletionView,
    DoneView,
    MergePreviewView,
    MergeView,
    SavedListView,
)

router = APIRouter(prefix="/crm/contact", tags=["people"], responses=USUAL)


@router.post("/create", responses=problems(409))
async def create(behind: Behind, actor: Asking, asked: NewPersonAsked) -> ContactView:
    """Add a person. 409 for an address that is known; whoever was deleted is back."""
    return ContactView.of(await behind.keeping.create(actor, asked.email, asked.facts))


@router.post("/delete", responses=problems(404))
async def delete(behind: Behind, actor: Asking, asked: PeopleAsked) -> DeletionView:
    """Delete people. For 30 days they can be restored; what has not left to them does not leave."""
    done = await behind.keeping.delete(actor, asked.person_ids)
    return DeletionView(people=done.people, mails=done.mails)


@router.post("/restore", responses=problems(404))
async def restore(behind: Behind, actor: Asking, asked: PeopleAsked) -> DoneView:
    """Have deleted people back. Mails that were stopped stay so."""
    return DoneView(people=await behind.keeping.restore(actor, asked.person_ids))


@router.get("/tags/list")
async def tags(behind: Behind, actor: Asking) -> list[str]:
    """List all tags in alphabetical order."""
    return await behind.grouping.tags(actor)


@router.post("/tags/add", responses=problems(404, 409))
async def tag(behind: Behind, actor: Asking, asked: TagAsked) -> DoneView:
    """Give people a tag. “VIP” and “vip” are one, written as it was first."""
    return DoneView(people=await behind.grouping.tag(actor, asked.person_ids, asked.tag))


@router.post("/tags/remove", responses=problems(404, 409))
async def untag(behind: Behind, actor: Asking, asked: TagAsked) -> DoneView:
    """Take a tag off people."""
    return DoneView(people=await behind.grouping.untag(actor, asked.person_ids, asked.tag))


@router.post("/owner", responses=problems(404, 409))
async def owner(behind: Behind, actor: Asking, asked: OwnerAsked) -> DoneView:
    """Give people to a member, or to nobody."""
    return DoneView(people=await behind.grouping.give(actor, asked.person_ids, asked.user_id))


@router.post("/team", responses=problems(404, 409))
async def team(behind: Behind, actor: Asking, asked: PeopleTeamAsked) -> DoneView:
    """Put people into a team, or into none."""
    changed = await behind.grouping.put_in_team(actor, asked.person_ids, asked.team_id)
    return DoneView(people=changed)


@router.get("/lists/list")
async def lists(behind: Behind, actor: Asking) -> list[SavedListView]:
    """List the saved lists by name."""
    return [SavedListView.of(saved) for saved in await behind.lists.all(actor)]


@router.post("/lists/save", responses=problems(409))
async def save(behind: Behind, actor: Asking, asked: NewListAsked) -> SavedListView:
    """Keep a filter under a name."""
    saved = await behind.lists.save(actor, asked.name, asked.wanted.wanted)
    return SavedListView.of(saved)


@router.post("/lists/remove", status_code=204, responses=problems(404))
async def remove(behind: Behind, actor: Asking, asked: ListAsked) -> None:
    """Forget a saved list. Its people stay."""
    await behind.lists.remove(actor, asked.list_id)


@router.post("/merge/preview", responses=problems(404))
async def preview(behind: Behind, actor: Asking, asked: MergeAsked) -> MergePreviewView:
    """Tell what would become of two people made one. Nothing is changed.

    A fact that only one of them has is kept. What the other one came with moves: tags and lists.
    """
    return MergePreviewView.of(
        await behind.merging.preview(actor, asked.person_id, asked.other_id, asked.of_other)
    )


@router.post("/merge/confirm", responses=problems(404, 409))
async def confirm(behind: Behind, actor: Asking, asked: MergeConfirmAsked) -> MergeView:
    """Make one of two people, exactly as shown; 409 when one of them was changed since."""
    merge = await behind.merging.confirm(
        actor, asked.person_id, asked.other_id, asked.of_other, asked.hash
    )
    person = await behind.editing.get(actor, merge.kept_id)
    return MergeView(merge_id=merge.id, person=ContactView.of(person))


@router.post("/merge/undo", responses=problems(404, 409))
async def undo(behind: Behind, actor: Asking, asked: MergeUndoAsked) -> ContactView:
    """Make two of them again, within 30 days. What was changed since stays."""
    return ContactView.of(await behind.merging.undo(actor, asked.merge_id))
