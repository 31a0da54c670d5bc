"""What is rewritten, by which words, and what came of each mail. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.models import Fact, Prospect
from qrev.kit.roles import has_role


class Which(StrEnum):
    """Which mails are meant. None of them has left."""

    DRAFTS = "drafts"  # not planned yet
    NOT_SENT = "not yet sent"  # the drafts, and what is planned
    NEW_PEOPLE = "new people"  # as `NOT_SENT`, of those who have got nothing of it yet


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Whose mails of a campaign. What is empty narrows nothing.

    `people` are names or addresses, or parts of them; `draft_id` is one mail.
    """

    steps: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    not_titles: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    draft_id: str = ""

    def includes(self, prospect: Prospect) -> bool:
        """Return whether somebody's mails are meant. What is not known of them does not fit."""
        if self.titles and not has_role(prospect.job_title, self.titles):
            return False
        if has_role(prospect.job_title, self.not_titles):
            return False
        domain = prospect.email.rpartition("@")[2]
        if self.domains and not any(domain == d or domain.endswith(f".{d}") for d in self.domains):
            return False
        company = prospect.company_name.lower()
        if self.companies and not any(each.lower() in company for each in self.companies):
            return False
        called = f"{prospect.name} {prospect.email}".lower()
        return not self.people or any(each.lower() in called for each in self.people)

    def includes_step(self, step: int) -> bool:
        return not self.steps or step in self.steps


class RewriteState(StrEnum):
    WRITING = "writing"
    READY = "ready"  # every mail was asked about
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewrite:
    """One wish for other words. `total` mails are meant, `done` were asked about.

    `order_id` is the order that would apply it, once there is one.
    """

    id: str
    account_id: AccountId
    sequence_id: str
    conversation_id: str
    instruction: str
    which: Which
    chosen: Chosen
    created_by: UserId
    created_at: datetime
    total: int
    state: RewriteState = RewriteState.WRITING
    done: int = 0
    reason: str = ""
    order_id: str = ""


class RowState(StrEnum):
    WAITING = "waiting"
    CHANGED = "changed"
    SAME = "same"  # the wish changes nothing in it
    REFUSED = "refused"  # what came back cannot be used; `why` says why not


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a mail says, what that stands on, and what is still open about it."""

    subject: str = ""
    body: str = ""
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewritten:
    """One mail: as it was when the wish was made, and as it would be.

    `place` is its place among all; `parts` are those that change. `version` is the draft's; of a
    planned mail the old words alone say whether it is still the same.
    """

    id: str
    account_id: AccountId
    rewrite_id: str
    draft_id: str
    prospect_id: str
    name: str
    email: str
    step: int
    place: int
    is_planned: bool
    is_by_hand: bool
    version: int
    old: Words
    new: Words = field(default_factory=Words)
    state: RowState = RowState.WAITING
    why: str = ""
    parts: str = ""


def row_id(rewrite_id: str, draft_id: str) -> str:
    """Return the one id of a mail in a rewrite."""
    return f"{rewrite_id}:{draft_id}"
