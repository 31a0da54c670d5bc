"""What becomes of each action of the AI server: one small function each, one row in the table."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from qrev.accounts.models import Actor
from qrev.assistant.audit_cards import AuditCard
from qrev.assistant.cards import (
    CampaignsCard,
    Card,
    DraftCard,
    OutboxCard,
    PeopleCard,
    QuestionCard,
    TableCard,
    TextCard,
)
from qrev.assistant.companies_cards import CompaniesCard
from qrev.assistant.contract import (
    Action,
    ChartAction,
    DraftEditAction,
    DraftedStep,
    ListAction,
    MailsRewrittenAction,
    ProposalAction,
    QueryAction,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
    UnknownAction,
)
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.intake import TakingIn
from qrev.assistant.integrations_saying import VendorSaying
from qrev.assistant.life_saying import ORDERS, LifeSaying
from qrev.assistant.life_words import takes_back
from qrev.assistant.members_cards import MembersCard, TeamsCard
from qrev.assistant.plan_answers import plan_answer
from qrev.assistant.privacy_cards import PrivacyCard
from qrev.assistant.rewrite_cards import RewriteCard
from qrev.assistant.rule_actions import rule_cards
from qrev.assistant.rules_cards import DefaultsCard
from qrev.assistant.suppressions_cards import SuppressionsCard
from qrev.assistant.workspace_cards import ProfileCard, WorkspaceCard
from qrev.campaigns.inquiring import Inquiring
from qrev.campaigns.models import Step
from qrev.campaigns.rewriting.choosing import Wish
from qrev.campaigns.rewriting.models import Chosen, Which
from qrev.campaigns.rewriting.service import MAX_INSTRUCTION, Rewriting
from qrev.campaigns.sequences import MAX_STEPS, NewSequence, Sequences
from qrev.kit.harmless import visible

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
MAX_ORDER = 300  # characters of what was said
USUAL_DAYS = (0, 3, 7)
CANNOT_SHOW = (
    "The assistant answered something this version of QRev cannot show. Nothing was changed."
)
WHICH = {which.value: which for which in Which}
# Of what is done by pressing: what to press, and the card it is on.
SHOWN: dict[str, tuple[str, Card]] = {
    "change_workspace": ("Here is your workspace. Change there what you like.", WorkspaceCard()),
    "change_defaults": (
        "Here is when and how much is sent, and why. Change there what you like.",
        DefaultsCard(),
    ),
    "change_profile": ("Here is what I know of you. Change there what you like.", ProfileCard()),
    "log_out_everywhere": (
        "You are still signed in. Press **Log out everywhere**, at the end of the card.",
        ProfileCard(),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Workbench:
    """What actions may use."""

    sequences: Sequences
    taking_in: TakingIn
    inquiring: Inquiring
    life: LifeSaying
    draft_stops: DraftStops
    vendors: VendorSaying
    rewriting: Rewriting


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """Where an action happens."""

    conversation_id: str
    upload_id: str | None
    words: str = ""  # what the member said, whatever the AI server made of it


async def run(action: Action, actor: Actor, occasion: Occasion, workbench: Workbench) -> list[Card]:
    """Carry out one action and return what to show. Raises QrevError."""
    return await RUN[type(action)](action, actor, occasion, workbench)


async def _text(action: TextAction, *_: object) -> list[Card]:
    return [TextCard(text=action.response)] if action.response.strip() else []


async def _list(action: ListAction, *_: object) -> list[Card]:
    columns = action.columns()
    rows = [[_cell(row.get(column)) for column in columns] for row in action.values]
    return [TableCard(title=action.title, columns=columns, rows=rows)]


async def _question(action: QuestionAction, *_: object) -> list[Card]:
    # A choice is said in the member's name: what cannot be read on its button is not said.
    choices = [said for choice in action.choices if (said := visible(choice).strip())]
    return [QuestionCard(text=action.response, choices=choices)]


async def _sequence(
    action: SequenceDraftAction, actor: Actor, occasion: Occasion, workbench: Workbench
) -> list[Card]:
    """Make the sequence. Its people and drafts come through the drop box, now or later."""
    drafted, mails = action.sequence, _mails(action.sequence.steps)
    sequence = await workbench.sequences.create(
        actor,
        NewSequence(
            dropbox_id=drafted.id,
            name=drafted.name or action.title or "New campaign",
            steps=_steps(mails),
            upload_id=occasion.upload_id,
            conversation_id=occasion.conversation_id,
            step_ids=tuple(step.id for step in mails),
        ),
    )
    await workbench.taking_in.take_in(sequence.dropbox_id)
    return [DraftCard(sequence_id=sequence.id)]


async def _query(
    action: QueryAction, actor: Actor, occasion: Occasion, workbench: Workbench
) -> list[Card]:
    if action.entity == "plan":
        return await plan_answer(action, actor, occasion.conversation_id, workbench.inquiring)
    return [*_all_of_it(action), *_tables(action)]


def _all_of_it(action: QueryAction) -> list[Card]:
    """Return a word that a table shows more than was asked for, where it does."""
    asked = [
        f"{name}: {value}"
        for name, value in action.filter.items()
        if (action.entity, name, value) != ("messages", "status", "sent")
        and (action.entity, name) != ("people", "search")
    ]
    asked += [f"by {action.group_by}"] if action.group_by else []
    if not asked or action.entity == "events":
        return []
    said = " ".join(", ".join(asked)[:MAX_ORDER].split()).replace("`", "")
    return [
        TextCard(
            text=f"You asked for `{said}`. I cannot narrow this table to that yet: it shows all."
        )
    ]


def _tables(action: QueryAction) -> list[Card]:
    if action.entity == "people":
        search = str(action.filter.get("search") or "").strip()[:200]
        return [PeopleCard(title="People", search=search)]
    if action.entity == "companies":
        return [CompaniesCard()]
    if action.entity in ("sequences", "prospects"):
        return [CampaignsCard()]
    if action.entity == "members":
        return [MembersCard()]
    if action.entity == "teams":
        return [TeamsCard()]
    if action.entity == "messages":
        return [OutboxCard()]
    if action.entity == "suppressions":
        return [SuppressionsCard()]
    if action.entity == "audit":
        return [AuditCard()]
    kind = str(action.filter.get("kind", "that"))
    return [
        TextCard(
            text=f"I cannot tell who {kind} yet: QRev does not read the mailbox. Here is what was "
            "sent so far."
        ),
        CampaignsCard(),
    ]


async def _chart(*_: object) -> list[Card]:
    return [TextCard(text="I cannot draw that yet. Here are the numbers."), CampaignsCard()]


async def _proposal(
    action: ProposalAction, actor: Actor, occasion: Occasion, workbench: Workbench
) -> list[Card]:
    if action.kind == "stop_drafting":
        words = await workbench.draft_stops.stop_newest(actor, occasion.conversation_id)
        return [TextCard(text=words)]
    if action.kind in ORDERS:
        words = str(action.arguments.get("words") or occasion.words)[:MAX_ORDER]
        if action.kind == "add_people":
            return await workbench.life.add_people(actor, words, upload_id=occasion.upload_id)
        return await workbench.life.cards(
            actor,
            action.kind,
            words,
            conversation_id=occasion.conversation_id,
            is_theirs=takes_back(occasion.words),
        )
    if action.kind in SHOWN:
        text, card = SHOWN[action.kind]
        return [TextCard(text=text), card]
    if action.kind in ("hold", "erase_person"):
        return [PrivacyCard(email=str(action.arguments.get("email") or "").strip()[:300])]
    if action.kind == "suppress":
        return [SuppressionsCard(value=str(action.arguments.get("value") or "").strip()[:300])]
    if action.kind == "sending_rule":
        return rule_cards(action)
    if action.kind == "book_call":
        words = str(action.arguments.get("words") or occasion.words)[:MAX_ORDER]
        return await workbench.vendors.book(actor, words)
    if action.kind == "integrations":
        about = str(action.arguments.get("about") or "").strip()[:MAX_ORDER]
        return [await workbench.vendors.log(actor, about)]
    if action.kind == "invite":
        return [_invitation(action.arguments)]
    return [TextCard(text=f"I cannot do that from here yet ({action.kind}). Nothing was changed.")]


def _invitation(arguments: dict[str, Any]) -> Card:
    """Return the form for an invitation, filled in. Only its button invites anybody."""
    email, role = (str(arguments.get(name) or "").strip()[:300] for name in ("email", "role"))
    return MembersCard(email=email, role=role.lower())


async def _draft_edit(
    action: DraftEditAction, actor: Actor, occasion: Occasion, workbench: Workbench
) -> list[Card]:
    """Have mails rewritten. Its card shows what would change, and only Confirm changes it."""
    only = action.only
    wish = Wish(
        instruction=action.instruction[:MAX_INSTRUCTION],
        sequence_id=action.sequence_id,
        conversation_id=occasion.conversation_id,
        which=WHICH.get(action.scope.strip().lower()),
        chosen=Chosen(
            steps=tuple(only.steps),
            titles=tuple(only.titles),
            not_titles=tuple(only.not_titles),
            domains=tuple(domain.lower().lstrip("@.") for domain in only.domains),
            companies=tuple(only.companies),
            people=tuple(only.people),
        ),
    )
    rewrite = await workbench.rewriting.begin(actor, wish)
    return [RewriteCard(rewrite_id=rewrite.id)]


async def _rewritten(*_: object) -> list[Card]:
    """Return nothing: new words are only taken from an answer to having asked for them."""
    return []


async def _unknown(action: UnknownAction, *_: object) -> list[Card]:
    log.warning("an action of type %r cannot be shown: %s", action.type, action.reason)
    return [TextCard(text=CANNOT_SHOW)]


RUN: dict[type[Any], Callable[..., Awaitable[list[Card]]]] = {
    TextAction: _text,
    ListAction: _list,
    QuestionAction: _question,
    SequenceDraftAction: _sequence,
    QueryAction: _query,
    ChartAction: _chart,
    ProposalAction: _proposal,
    DraftEditAction: _draft_edit,
    MailsRewrittenAction: _rewritten,
    UnknownAction: _unknown,
}


def _mails(drafted: list[DraftedStep]) -> list[DraftedStep]:
    return [step for step in drafted if step.type == "email"][:MAX_STEPS]


def _steps(mails: list[DraftedStep]) -> tuple[Step, ...]:
    """Return the steps of these mails, each at least a day after the one before.

    Times count from the first step. A server that counts from the step before gives times that
    do not grow; they are then taken as gaps.
    """
    spans = [mail.time_of_dispatch.span() for mail in mails]
    if not spans:
        spans = [day * DAY for day in USUAL_DAYS]
    if any(later <= sooner for sooner, later in pairwise(spans)):
        spans = [sum(spans[: i + 1], timedelta()) for i in range(len(spans))]
    delays: list[timedelta] = []
    for span in spans:
        since_first = (span - spans[0]) // DAY * DAY
        delays.append(max(since_first, delays[-1] + DAY) if delays else timedelta())
    return tuple(Step(number=n, delay=delay) for n, delay in enumerate(delays, start=1))


def _cell(value: object) -> str:
    return "" if value is None else str(value)[:1000]
