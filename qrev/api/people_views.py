"""What programs are answered about people, as types: whatever is not named here is not told."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from qrev.crm.edits import HistoryEntry
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
        )


class ContactPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    people: list[ContactView]
    total: int
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


class RefusedLineView(_View):
    line: int
    reason: str
    value: str


class SuppressionImportView(_View):
    """`refused` are the first thousand of `refused_count` lines."""

    new: int
    known: int
    refused_count: int
    refused: list[RefusedLineView]

    @classmethod
    def of(cls, done: SuppressionImport) -> SuppressionImportView:
        refused = [
            RefusedLineView(line=p.line, reason=p.reason, value=p.value) for p in done.refused
        ]
        return cls(
            new=done.new, known=done.known, refused_count=done.refused_count, refused=refused
        )
