"""What programs may ask about other words for mails, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qrev.api.asked import Id

Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=50)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UpdateUsingAiAsked(_Asked):
    """What is left out does not narrow it.

    `scope`: drafts that are not planned, what is not yet sent, or of the latter only people who
    have got nothing yet. Without one it is the drafts, or if there are none what is not yet sent.
    """

    sequence_id: Id
    instruction: Annotated[
        str, Field(min_length=1, max_length=2000, examples=["shorter, and mention the fair"])
    ]
    scope: Literal["drafts", "not yet sent", "new people"] | None = None
    steps: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    only_titles: Names = Field(default_factory=list)
    not_titles: Names = Field(default_factory=list)
    only_domains: Names = Field(default_factory=list)
    only_companies: Names = Field(default_factory=list)
    only_people: Names = Field(default_factory=list)


class DraftRestoreAsked(_Asked):
    """`version` is the newest that was seen, `to` the one to bring back."""

    draft_id: Id
    version: Annotated[int, Field(ge=1)]
    to: Annotated[int, Field(ge=1)]
