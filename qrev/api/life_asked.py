"""What programs may ask of campaigns that run, as types."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from qrev.api.asked import Id, Name

Country = Annotated[str, Field(max_length=100, examples=["DE", "Germany"])]
OneOrAll = Annotated[str, Field(max_length=300, description="A campaign; empty for all of them.")]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProposalAsked(_Asked):
    proposal_id: Id


class ProposalConfirmAsked(_Asked):
    """`hash` is the one that was shown: what has changed since is not confirmed by it."""

    proposal_id: Id
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class PauseAsked(_Asked):
    """What is left out does not narrow it. `until`: when it goes on by itself."""

    sequence_id: OneOrAll = ""
    mailbox_id: Annotated[str, Field(max_length=300)] = ""
    country: Country = ""
    company: Annotated[str, Field(max_length=253, examples=["acme.com"])] = ""
    until: AwareDatetime | None = None


class ResumeAsked(_Asked):
    """`pause_id` ends one pause; without it all pauses of the campaign, or of all, end."""

    sequence_id: OneOrAll = ""
    pause_id: Annotated[str, Field(max_length=300)] = ""


class SequenceAsked(_Asked):
    sequence_id: Id


class SequenceNameAsked(_Asked):
    sequence_id: Id
    name: Name


class AddPeopleAsked(_Asked):
    """Addresses of people you know."""

    sequence_id: Id
    emails: Annotated[
        list[Annotated[str, Field(min_length=3, max_length=320)]],
        Field(min_length=1, max_length=5_000),
    ]


class VariantAsked(_Asked):
    """Words with fields: first_name, name, company_name, job_title, email, each in {{ }}."""

    subject: Annotated[str, Field(min_length=1, max_length=250)]
    body: Annotated[str, Field(min_length=1, max_length=20_000)]


class EditStepAsked(_Asked):
    """Up to four variants; who gets which is decided by a hash and never changes."""

    sequence_id: Id
    step: Annotated[int, Field(ge=1, le=12, strict=True)]
    variants: Annotated[list[VariantAsked], Field(min_length=1, max_length=4)]


class StopPersonAsked(_Asked):
    email: Annotated[str, Field(min_length=3, max_length=320)]
    sequence_id: OneOrAll = ""


class ThresholdAsked(_Asked):
    people: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class ApprovalAsked(_Asked):
    approval_id: Id
