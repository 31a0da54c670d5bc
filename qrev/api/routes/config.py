"""The sending rules and the mailboxes, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.assistant.rules_cards import (
    DefaultsAsked,
    DefaultsSaveAsked,
    DefaultsTryAsked,
    DefaultsView,
    PolicyAsked,
    PolicySwitchAsked,
    RuleAsked,
    RuleConfirmAsked,
    SenderSaveAsked,
    SenderView,
    TrialView,
)

router = APIRouter(prefix="/campaign/config", tags=["config"], responses=USUAL | problems(404))
OLD = problems(409)


@router.get("/defaults")
async def defaults(
    behind: Behind, actor: Asking, sequence_id: Annotated[str, Query(max_length=300)] = ""
) -> DefaultsView:
    """Tell every setting in force, why it is so and where that is from; and the rules."""
    return await behind.desks.rules.defaults_get(actor, DefaultsAsked(sequence_id=sequence_id))


@router.post("/defaults/try", responses=OLD)
async def try_defaults(behind: Behind, actor: Asking, asked: DefaultsTryAsked) -> TrialView:
    """Tell what these settings would change for planned mails. Nothing is kept."""
    return await behind.desks.rules.defaults_try(actor, asked)


@router.post("/defaults/save", responses=OLD)
async def save_defaults(behind: Behind, actor: Asking, asked: DefaultsSaveAsked) -> DefaultsView:
    """Keep these settings. Planned mails that no longer fit move; with `hash`, only if those are
    the ones that were tried.
    """
    return await behind.desks.rules.defaults_save(actor, asked)


@router.post("/rules/try")
async def try_rule(behind: Behind, actor: Asking, asked: RuleAsked) -> TrialView:
    """Tell what a rule would mean for what left in 90 days and for what is planned."""
    return await behind.desks.rules.rule_try(actor, asked)


@router.post("/rules/add", responses=OLD)
async def add_rule(behind: Behind, actor: Asking, asked: RuleConfirmAsked) -> TrialView:
    """Have a rule count from now on."""
    return await behind.desks.rules.rule_confirm(actor, asked)


@router.post("/rules/switch", responses=OLD)
async def switch_rule(behind: Behind, actor: Asking, asked: PolicySwitchAsked) -> DefaultsView:
    """Switch a rule on or off."""
    return await behind.desks.rules.rule_switch(actor, asked)


@router.post("/rules/remove", responses=OLD)
async def remove_rule(behind: Behind, actor: Asking, asked: PolicyAsked) -> DefaultsView:
    """Forget a rule."""
    return await behind.desks.rules.rule_remove(actor, asked)


@router.get("/senders")
async def senders(behind: Behind, actor: Asking) -> list[SenderView]:
    """List the mailboxes, how much each may send and how much today."""
    return (await behind.desks.rules.defaults_get(actor, DefaultsAsked())).senders


@router.post("/senders/save")
async def save_sender(behind: Behind, actor: Asking, asked: SenderSaveAsked) -> list[SenderView]:
    """Set how much a mailbox may send, its time zone, and whether it is warmed."""
    return (await behind.desks.rules.sender_save(actor, asked)).senders
