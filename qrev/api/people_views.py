"""What programs are answered about people, as types: whatever is not named here is not told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from qrev.crm.edits import HistoryEntry
from qrev.crm.list_files import Problem
from qrev.crm.lists import SavedList, filter_to_facts
from qrev.crm.merges import MergePreview
from qrev.crm.models import Origin, Person, Suppression
from qrev.crm.suppressing import SuppressionImport


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContactView(_View):
    """Someone the workspace knows. `fields` are the columns of a list that have no name here."""

    person_id: str
    email: str
    name: str
    company_id: str | None
    company_name: str
    company_url: str
    job_title: str
    linkedin_url: str
    timezone: str
    phone_number: str
    country: str
    fields: dict[str, str]
    source: str
    created_at: datetime | None
    owner_id: str | None
    team_id: str | None
    tags: list[str]
    deleted_at: datetime | None

    @classmethod
    def of(cls, person: Person) -> ContactView:
        return cls(
            person_id=person.id,
            email=person.email,
            name=person.name,
            company_id=person.company_id,
            company_name=person.company_name,
            company_url=person.company_url,
            job_title=person.job_title,
            linkedin_url=person.linkedin_url,
            timezone=person.timezone,
            phone_number=person.phone_number,
            country=person.country,
            fields=person.fields,
            source=person.source,
            created_at=person.created_at,
            owner_id=person.owner_id,
            team_id=person.team_id,
            tags=list(person.tags),
            deleted_at=person.deleted_at,
        )


class ContactPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last.

    `total` comes with the first page. Where counting would take long it is the most there can be.
    """

    people: list[ContactView]
    total: int | None
    is_total_exact: bool
    next: str | None


class FieldEditView(_View):
    field: str
    before: str
    after: str


class HistoryEntryView(_View):
    at: datetime
    by_user_id: str
    edits: list[FieldEditView]

    @classmethod
    def of(cls, entry: HistoryEntry) -> HistoryEntryView:
        return cls(
            at=entry.at,
            by_user_id=entry.by,
            edits=[
                FieldEditView(field=e.field, before=e.before, after=e.after) for e in entry.edits
            ],
        )


class SuppressionView(_View):
    """An address or domain that is never written to, and why.

    `value` of somebody who was erased is a hash. `by_user_id` is the member who added it, null
    where the person behind it or their server did.
    """

    value: str
    reason: str
    origin: Origin
    by_user_id: str | None
    created_at: datetime

    @classmethod
    def of(cls, suppression: Suppression) -> SuppressionView:
        return cls(
            value=suppression.value,
            reason=suppression.reason,
            origin=suppression.origin,
            by_user_id=suppression.by,
            created_at=suppression.created_at,
        )


class SuppressionsView(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    suppressions: list[SuppressionView]
    total: int
    next: str | None


class DeletionView(_View):
    """`mails` had not left yet, and do not leave any more."""

    people: int
    mails: int


class DoneView(_View):
    """For how many people something changed."""

    people: int


class SavedListView(_View):
    """`wanted` is what its people have in common; who they are is asked anew each time."""

    list_id: str
    name: str
    wanted: dict[str, Any]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, saved: SavedList) -> SavedListView:
        return cls(
            list_id=saved.id,
            name=saved.name,
            wanted=filter_to_facts(saved.wanted),
            created_by=saved.created_by,
            created_at=saved.created_at,
        )


class SideView(_View):
    """One field of both; `is_of_other` where the other one's is kept."""

    field: str
    kept: str
    other: str
    is_of_other: bool


class MergePreviewView(_View):
    """What merging would do. `hash` confirms exactly this."""

    kept: ContactView
    other: ContactView
    sides: list[SideView]
    tags: list[str]
    upload_ids: list[str]
    hash: str

    @classmethod
    def of(cls, shown: MergePreview) -> MergePreviewView:
        return cls(
            kept=ContactView.of(shown.kept),
            other=ContactView.of(shown.other),
            sides=[
                SideView(field=s.field, kept=s.kept, other=s.other, is_of_other=s.is_of_other)
                for s in shown.sides
            ],
            tags=list(shown.tags),
            upload_ids=list(shown.lists),
            hash=shown.hash,
        )


class MergeView(_View):
    """`merge_id` undoes it, for 30 days."""

    merge_id: str
    person: ContactView


class RefusedLineView(_View):
    line: int
    reason: str
    value: str

    @classmethod
    def of(cls, problem: Problem) -> RefusedLineView:
        return cls(line=problem.line, reason=problem.reason, value=problem.value)


class SuppressionImportView(_View):
    """`refused` are the first thousand of `refused_count` lines."""

    new: int
    known: int
    refused_count: int
    refused: list[RefusedLineView]

    @classmethod
    def of(cls, done: SuppressionImport) -> SuppressionImportView:
        refused = [RefusedLineView.of(each) for each in done.refused]
        return cls(
            new=done.new, known=done.known, refused_count=done.refused_count, refused=refused
        )
