"""Making one of two people who are the same, and two of them again."""

from __future__ import annotations

from collections.abc import Collection

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.editing import Editing
from qrev.crm.edits import FieldEdit, value_of
from qrev.crm.finding import list_shelf, tag_shelf
from qrev.crm.keeping import NOBODY
from qrev.crm.marks import MERGED, Mark, deleted, restored
from qrev.crm.merges import Merge, MergePreview, preview, undoing
from qrev.crm.models import Person
from qrev.crm.people_ports import MergeBook, OpenMails, PeopleMarks
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound
from qrev.kit.ids import new_id

MOVED_ON = "One of the two was changed since you looked. Nothing was changed. Look again."


class Merging:
    def __init__(
        self,
        *,
        editing: Editing,
        marks: PeopleMarks,
        merges: MergeBook,
        mails: OpenMails,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._editing = editing
        self._marks = marks
        self._merges = merges
        self._mails = mails
        self._audit = audit
        self._clock = clock

    async def preview(
        self, actor: Actor, kept_id: str, other_id: str, of_other: Collection[str] = ()
    ) -> MergePreview:
        """Return what merging would do. `of_other` names the fields the other one is right about.

        Raises NotFound, and InvalidInput for what cannot be merged.
        """
        kept = await self._editing.get(actor, kept_id)
        other = await self._editing.get(actor, other_id)
        ours = await self._marks.lists_of(actor.account_id, kept_id)
        theirs = await self._marks.lists_of(actor.account_id, other_id)
        return preview(kept, other, of_other, set(theirs) - set(ours))

    async def done(self, actor: Actor, one_id: str, two_id: str) -> Merge | None:
        """Return how two people were made one, whichever was kept; None while they are two."""
        for pair in ((one_id, two_id), (two_id, one_id)):
            merge = await self._merges.latest(actor.account_id, *pair)
            if merge is not None and merge.undone_at is None:
                return merge
        return None

    async def confirm(
        self,
        actor: Actor,
        kept_id: str,
        other_id: str,
        of_other: Collection[str],
        hash: str,
    ) -> Merge:
        """Do what was shown: the other one's facts move, then they are deleted.

        A crash in between leaves both, and merging them again ends it. Raises Conflict when one
        of them was changed since, and changes nothing then.
        """
        actor.must_be_able_to_change()
        shown = await self.preview(actor, kept_id, other_id, of_other)
        if shown.hash != hash:
            raise Conflict(MOVED_ON)
        now = self._clock()
        merge = Merge(
            id=f"mrg_{new_id()}",
            account_id=actor.account_id,
            kept_id=kept_id,
            other_id=other_id,
            by=actor.user_id,
            at=now,
            edits=shown.edits,
            tags=shown.tags,
            lists=shown.lists,
        )
        await self._merges.add(merge)
        await self._write(actor, shown.edits, kept_id)
        other = shown.other
        merged = Mark(
            person_id=kept_id,
            by=actor.user_id,
            at=now,
            edits=(FieldEdit(field=MERGED, before="", after=other.id),),
            adds=(*map(tag_shelf, shown.tags), *map(list_shelf, shown.lists)),
            tags=shown.tags,
        )
        gone = deleted(other, actor.user_id, now, why="merged")
        await self._marks.mark(actor.account_id, [merged, gone])
        # No address in what stays: whoever asks to be forgotten must not stand with another.
        reason = "Merged into another person"
        await self._mails.cancel(actor.account_id, reason=reason, at=now, email=other.email)
        await self._audit.record(actor, "people.merged", kept_id)
        return merge

    async def undo(self, actor: Actor, merge_id: str) -> Person:
        """Make two of them again, and return the one that was kept.

        What was changed of them since stays. Raises NotFound, also after 30 days, and Conflict
        when it was undone before.
        """
        actor.must_be_able_to_change()
        merge = await self._merges.get(actor.account_id, merge_id)
        if merge is None:
            raise NotFound("That merge cannot be undone any more.")
        found = await self._marks.get_any(actor.account_id, [merge.kept_id, merge.other_id])
        if len(found) < 2:
            raise NotFound(NOBODY)
        if not await self._merges.undo(merge, self._clock()):
            raise Conflict("That was undone already.")
        kept, other = found[merge.kept_id], found[merge.other_id]
        now = self._clock()
        if kept.deleted_at is None:
            after = {edit.field: value_of(kept, edit.field) for edit in merge.edits}
            await self._write(actor, undoing(merge, after), kept.id)
        shelves = (*map(tag_shelf, merge.tags), *map(list_shelf, merge.lists))
        apart = Mark(
            person_id=kept.id,
            by=actor.user_id,
            at=now,
            edits=(FieldEdit(field=MERGED, before=other.id, after=""),),
            removes=shelves,
            tags_off=merge.tags,
            is_here=kept.deleted_at is None,
        )
        back = restored(other, actor.user_id, now)
        await self._marks.mark(actor.account_id, [apart, *([back] if other.deleted_at else [])])
        await self._audit.record(actor, "people.merge_undone", kept.id)
        return (await self._marks.get_any(actor.account_id, [kept.id]))[kept.id]

    async def _write(self, actor: Actor, edits: Collection[FieldEdit], person_id: str) -> None:
        changes = {edit.field: edit.after for edit in edits}
        seen = {edit.field: edit.before for edit in edits}
        if changes:
            await self._editing.change(actor, person_id, changes, seen=seen)
