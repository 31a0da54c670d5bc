"""What cards may ask for: ids, versions and words, all we believe of what a browser sends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=300)]
Cursor = Annotated[str, Field(max_length=2000)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PeoplePageAsked(_Asked):
    upload_id: Id | None = None
    sort: Literal["name", "email", "company_name", "job_title"] = "name"
    descending: bool = False
    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class DraftPageAsked(_Asked):
    sequence_id: Id
    prospect_id: Id | None = None
    only_missing: bool = False


class DraftSaveAsked(_Asked):
    draft_id: Id
    version: Annotated[int, Field(ge=1)]
    subject: Annotated[str, Field(max_length=2000)]
    body: Annotated[str, Field(max_length=100_000)]


class DraftResetAsked(_Asked):
    draft_id: Id
    version: Annotated[int, Field(ge=1)]


class SequenceAsked(_Asked):
    sequence_id: Id


class ProposalAsked(_Asked):
    proposal_id: Id


class ScheduleAsked(_Asked):
    proposal_id: Id
    after: Cursor | None = None


class ConfirmAsked(_Asked):
    proposal_id: Id
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class ChangeAsked(_Asked):
    change_id: Id


class ChangeConfirmAsked(_Asked):
    change_id: Id
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class PostalAddressAsked(_Asked):
    proposal_id: Id
    address: Annotated[str, Field(max_length=2000)]


class CampaignsAsked(_Asked):
    after: Cursor | None = None


class OutboxAsked(_Asked):
    sequence_id: Id | None = None
    after: Cursor | None = None


class MailAsked(_Asked):
    message_id: Id
