"""What is said about having mails rewritten: the wish, the mails, and their new words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qrev.assistant.contract_base import Short, SourcedFact, Spoken, Text

MAX_MAILS = 500  # of one request
Shorts = Annotated[list[Short], Field(max_length=50)]


class ChosenMails(Spoken):
    """Whose mails are meant. What is empty narrows nothing; `people` are names or addresses."""

    steps: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    titles: Shorts = Field(default_factory=list)
    not_titles: Shorts = Field(default_factory=list)
    domains: Shorts = Field(default_factory=list)
    companies: Shorts = Field(default_factory=list)
    people: Shorts = Field(default_factory=list)


class DraftEditAction(Spoken):
    """Other words for mails of a campaign. Without a `sequence_id` the newest here is meant.

    `scope`: drafts, not yet sent, new people; "" for drafts, and if there are none, not yet sent.
    """

    type: Literal["draft_edit"] = "draft_edit"
    sequence_id: Short = ""
    scope: Short = ""
    instruction: Text
    only: ChosenMails = ChosenMails()


class MailToRewrite(Spoken):
    """A mail as it is, and what is known of its reader by column."""

    id: Short
    step: int = 1
    subject: Annotated[str, Field(max_length=1000)] = ""
    body: Text
    facts: Annotated[list[SourcedFact], Field(max_length=100)] = Field(default_factory=list)
    missing: Annotated[list[Short], Field(max_length=50)] = Field(default_factory=list)
    person: dict[str, str] = Field(default_factory=dict)


class RewriteRequest(Spoken):
    """Part of a turn that no member said: these mails are to follow that instruction."""

    instruction: Text
    mails: Annotated[list[MailToRewrite], Field(max_length=MAX_MAILS)]


class RewrittenMail(Spoken):
    """One mail's new words. `same`: the instruction changes nothing in it."""

    id: Short
    status: Literal["changed", "same", "failed"] = "changed"
    subject: Annotated[str, Field(max_length=1000)] = ""
    body: Text = ""
    facts: Annotated[list[SourcedFact], Field(max_length=100)] = Field(default_factory=list)
    missing: Annotated[list[Short], Field(max_length=50)] = Field(default_factory=list)
    reason: Annotated[str, Field(max_length=1000)] = ""


class MailsRewrittenAction(Spoken):
    """What answers a `rewrite`. Mails that are not named stay as they are."""

    type: Literal["mails_rewritten"] = "mails_rewritten"
    mails: Annotated[list[RewrittenMail], Field(max_length=MAX_MAILS)]
