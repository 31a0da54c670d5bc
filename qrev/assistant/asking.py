"""What a card may ask, by name: one table, whoever draws the card."""

from __future__ import annotations

import logging
from typing import Any

from pydantic import ValidationError

from qrev.accounts.models import Actor, Newcomer, Who
from qrev.assistant import (
    audit_questions,
    companies_questions,
    drafting_questions,
    imports_questions,
    integrations_questions,
    knowledge_questions,
    life_questions,
    mailboxes_questions,
    members_questions,
    newcomer_questions,
    people_questions,
    plan_questions,
    privacy_questions,
    rewrite_questions,
    rules_questions,
    settings_questions,
    suppressions_questions,
    unknown_questions,
    workspace_questions,
)
from qrev.assistant import requests as asked
from qrev.assistant.cards import Refusal
from qrev.assistant.desk import Desk
from qrev.assistant.own_desk import OwnDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.viewing import draft_view
from qrev.campaigns.drafts import DraftChanged
from qrev.campaigns.life.approving import WaitingForSecond
from qrev.campaigns.life.orders import OrderChanged
from qrev.campaigns.proposing import ProposalChanged
from qrev.kit.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    QrevError,
    TooMany,
    Unavailable,
)
from qrev.kit.reporting import LoggedReports, Reports, new_transaction_id

log = logging.getLogger(__name__)

ONLY_LOGGED = LoggedReports()
CODES: dict[type[QrevError], str] = {
    NotFound: "not_found",
    NotAllowed: "not_allowed",
    Conflict: "conflict",
    InvalidInput: "invalid",
    TooMany: "too_many",
    Unavailable: "unavailable",
}
APOLOGY = "Something went wrong on our side. Nothing was changed; try again."
NOWHERE = "You are in no workspace yet. Make one, or accept an invitation."
UNREADABLE = "This page and the server do not understand each other. Reload the page."


async def answer(
    desks: Desks, who: Who, name: str, payload: object, *, reports: Reports = ONLY_LOGGED
) -> Answered:
    """Return what a question comes to. Never raises: a card must not be left waiting."""
    try:
        question = QUESTIONS[name]
        if isinstance(who, Newcomer) and not question.is_for_newcomers:
            return refused("not_allowed", NOWHERE)
        return await question.answer(desks, who, question.asks.model_validate(payload))
    except ValidationError as error:
        log.warning("%s was asked with %s", name, error.errors(include_input=False)[0]["loc"])
        return refused("invalid", UNREADABLE)
    except QrevError as error:
        return refused(code_of(error), str(error), await _fresh(desks, who, error))
    except Exception as error:
        return refused("bug", apology(reports, f"question {name}", error))


def apology(reports: Reports, location: str, error: Exception) -> str:
    """Report a fault, and return what whoever met it is told."""
    transaction_id = new_transaction_id()
    reports.report(location, error, transaction_id)
    return f"{APOLOGY} Whoever runs this QRev finds what it was by the number {transaction_id}."


def refused(code: str, message: str, fresh: dict[str, Any] | None = None) -> Answered:
    """Return a refusal in words for the member."""
    return Answered(refusal=Refusal(message=message, code=code, fresh=fresh))


def code_of(error: QrevError) -> str:
    """Return which branch of the tree an error is from."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), "bug")


async def _fresh(desks: Desks, who: Who, error: QrevError) -> dict[str, Any] | None:
    """Return the thing a conflict is about, as it is now."""
    if isinstance(who, Newcomer):
        return None
    if isinstance(error, DraftChanged):
        return draft_view(error.fresh, may_change=who.may_change).model_dump(mode="json")
    if isinstance(error, ProposalChanged):
        ask = asked.ProposalAsked(proposal_id=error.fresh.id)
        return (await desks.sending.proposal_get(who, ask)).model_dump(mode="json")
    if isinstance(error, WaitingForSecond) and error.subject.is_send:
        ask = asked.ProposalAsked(proposal_id=error.subject.id)
        return (await desks.sending.proposal_get(who, ask)).model_dump(mode="json")
    if isinstance(error, OrderChanged):
        return (await desks.life.view(who, error.fresh)).model_dump(mode="json")
    return None


async def _sequence_send(desks: Desks, actor: Actor, ask: asked.SequenceAsked) -> Answered:
    """Begin the plan of a Send, to be shown as a card of its own."""
    return Answered(cards=(await desks.sending.send_card(actor, ask),))


def _sending(desks: Desks) -> Desk:
    return desks.sending


def _own(desks: Desks) -> OwnDesk:
    return desks.own


async def _change_again(desks: Desks, actor: Actor, ask: asked.ChangeAsked) -> Answered:
    """Show the same change as things are now, as a card of its own."""
    return Answered(cards=(await desks.own.change_again(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "draft_page": viewed(asked.DraftPageAsked, _sending, Desk.draft_page),
    "draft_save": viewed(asked.DraftSaveAsked, _sending, Desk.draft_save),
    "draft_reset": viewed(asked.DraftResetAsked, _sending, Desk.draft_reset),
    "sequence_send": Question(asks=asked.SequenceAsked, answer=_sequence_send),
    "proposal_get": viewed(asked.ProposalAsked, _sending, Desk.proposal_get),
    "proposal_progress": viewed(asked.ProposalAsked, _sending, Desk.proposal_progress),
    "proposal_rows": viewed(asked.ScheduleAsked, _sending, Desk.proposal_rows),
    "proposal_confirm": viewed(asked.ConfirmAsked, _sending, Desk.proposal_confirm),
    "proposal_undo": viewed(asked.ProposalAsked, _sending, Desk.proposal_undo),
    "postal_address_save": viewed(asked.PostalAddressAsked, _sending, Desk.postal_address_save),
    "campaigns_page": viewed(asked.CampaignsAsked, _sending, Desk.campaigns_page),
    "outbox_page": viewed(asked.OutboxAsked, _sending, Desk.outbox_page),
    "outbox_read": viewed(asked.MailAsked, _sending, Desk.outbox_read),
    "change_get": viewed(asked.ChangeAsked, _own, OwnDesk.change_get),
    "change_confirm": viewed(asked.ChangeConfirmAsked, _own, OwnDesk.change_confirm),
    "change_cancel": viewed(asked.ChangeAsked, _own, OwnDesk.change_cancel),
    "change_again": Question(asks=asked.ChangeAsked, answer=_change_again),
    **newcomer_questions.QUESTIONS,
    **audit_questions.QUESTIONS,
    **imports_questions.QUESTIONS,
    **workspace_questions.QUESTIONS,
    **members_questions.QUESTIONS,
    **people_questions.QUESTIONS,
    **suppressions_questions.QUESTIONS,
    **mailboxes_questions.QUESTIONS,
    **companies_questions.QUESTIONS,
    **life_questions.QUESTIONS,
    **rules_questions.QUESTIONS,
    **plan_questions.QUESTIONS,
    **settings_questions.QUESTIONS,
    **drafting_questions.QUESTIONS,
    **privacy_questions.QUESTIONS,
    **unknown_questions.QUESTIONS,
    **integrations_questions.QUESTIONS,
    **rewrite_questions.QUESTIONS,
    **knowledge_questions.QUESTIONS,
}
