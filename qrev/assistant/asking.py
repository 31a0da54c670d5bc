"""What a card may ask, by name: one table, whoever draws the card."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.cards import Card, ProposalCard, Refusal
from qrev.assistant.desk import Desk
from qrev.assistant.viewing import draft_view
from qrev.campaigns.drafts import DraftChanged
from qrev.campaigns.proposing import ProposalChanged
from qrev.kit.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    QrevError,
    Unavailable,
)

log = logging.getLogger(__name__)

Question = tuple[type[BaseModel], Callable[[Desk, Actor, Any], Awaitable[BaseModel]]]
CODES: dict[type[QrevError], str] = {
    NotFound: "not_found",
    NotAllowed: "not_allowed",
    Conflict: "conflict",
    InvalidInput: "invalid",
    Unavailable: "unavailable",
}
APOLOGY = "Something went wrong on our side. Nothing was changed; try again."
UNREADABLE = "This page and the server do not understand each other. Reload the page."


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What a card's question came to: a view or a refusal for it, and cards for everybody."""

    view: BaseModel | None = None
    refusal: Refusal | None = None
    cards: tuple[Card, ...] = ()

    def to_browser(self) -> dict[str, Any]:
        """Return what the card is answered: `ok` and a view, or `ok: false` and a refusal."""
        if self.refusal is not None:
            return {"ok": False, **self.refusal.model_dump(mode="json")}
        return {"ok": True, "view": self.view.model_dump(mode="json") if self.view else {}}


async def answer(desk: Desk, actor: Actor, name: str, payload: object) -> Answered:
    """Return what a question comes to. Never raises: a card must not be left waiting."""
    try:
        kind, ask = QUESTIONS[name]
        view = await ask(desk, actor, kind.model_validate(payload))
    except ValidationError as error:
        log.warning("%s was asked with %s", name, error.errors(include_input=False)[0]["loc"])
        return refused("invalid", UNREADABLE)
    except QrevError as error:
        fresh = await _fresh(desk, actor, error)
        return refused(code_of(error), str(error), fresh)
    except Exception:
        log.exception("%s failed", name)
        return refused("bug", APOLOGY)
    if isinstance(view, ProposalCard):
        return Answered(cards=(view,))
    return Answered(view=view)


def refused(code: str, message: str, fresh: dict[str, Any] | None = None) -> Answered:
    """Return a refusal in words for the member."""
    return Answered(refusal=Refusal(message=message, code=code, fresh=fresh))


def code_of(error: QrevError) -> str:
    """Return which branch of the tree an error is from."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), "bug")


async def _fresh(desk: Desk, actor: Actor, error: QrevError) -> dict[str, Any] | None:
    """Return the thing a conflict is about, as it is now."""
    if isinstance(error, DraftChanged):
        return draft_view(error.fresh, may_change=actor.may_change).model_dump(mode="json")
    if isinstance(error, ProposalChanged):
        view = await desk.proposal_get(actor, asked.ProposalAsked(proposal_id=error.fresh.id))
        return view.model_dump(mode="json")
    return None


async def _sequence_send(desk: Desk, actor: Actor, ask: asked.SequenceAsked) -> ProposalCard:
    """Make the plan of a Send, to be shown as a card of its own."""
    proposal = await desk.sequence_send(actor, ask)
    return ProposalCard(proposal_id=proposal.id)


QUESTIONS: dict[str, Question] = {
    "people_page": (asked.PeoplePageAsked, Desk.people_page),
    "draft_page": (asked.DraftPageAsked, Desk.draft_page),
    "draft_save": (asked.DraftSaveAsked, Desk.draft_save),
    "draft_reset": (asked.DraftResetAsked, Desk.draft_reset),
    "sequence_send": (asked.SequenceAsked, _sequence_send),
    "sequence_stop": (asked.SequenceAsked, Desk.sequence_stop),
    "proposal_get": (asked.ProposalAsked, Desk.proposal_get),
    "proposal_rows": (asked.ScheduleAsked, Desk.proposal_rows),
    "proposal_confirm": (asked.ConfirmAsked, Desk.proposal_confirm),
    "proposal_undo": (asked.ProposalAsked, Desk.proposal_undo),
    "postal_address_save": (asked.PostalAddressAsked, Desk.postal_address_save),
    "campaigns_page": (asked.CampaignsAsked, Desk.campaigns_page),
    "outbox_page": (asked.OutboxAsked, Desk.outbox_page),
    "outbox_read": (asked.MailAsked, Desk.outbox_read),
}
