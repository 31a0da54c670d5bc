"""What cards ask, by whoever asks: the table in front of the desks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from qrev.accounts.models import Actor, Newcomer
from qrev.assistant import (
    audit_questions,
    members_questions,
    newcomer_questions,
    workspace_questions,
)
from qrev.assistant.asking import NOWHERE, QUESTIONS, answer
from qrev.assistant.cards import CampaignsView, ProposalCard
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def test_a_question_is_answered_with_a_view(world: World, alice: Actor) -> None:
    answered = await answer(world.services.desks, alice, "campaigns_page", {})

    assert answered.view == CampaignsView(rows=[], next=None)
    assert answered.cards == ()


async def test_a_question_may_be_answered_with_a_card(world: World, alice: Actor) -> None:
    sequence_id = await world.a_drafted_campaign(alice)

    asked = {"sequence_id": sequence_id}
    answered = await answer(world.services.desks, alice, "sequence_send", asked)

    [card] = answered.cards
    assert isinstance(card, ProposalCard)
    assert answered.to_browser() == {"ok": True, "view": {}}


def test_no_two_desks_have_a_question_of_the_same_name() -> None:
    tables = (audit_questions, members_questions, newcomer_questions, workspace_questions)
    names = Counter(name for table in tables for name in table.QUESTIONS)

    assert [name for name, count in names.items() if count > 1] == []
    assert all(QUESTIONS[name] is t.QUESTIONS[name] for t in tables for name in t.QUESTIONS)


@pytest.mark.parametrize(
    "name", [name for name, question in QUESTIONS.items() if not question.is_for_newcomers]
)
async def test_a_newcomer_is_told_what_to_do_first(world: World, alice: Actor, name: str) -> None:
    newcomer = Newcomer(user_id=alice.user_id, email=alice.email, name=alice.name)

    answered = await answer(world.services.desks, newcomer, name, {})

    assert answered.refusal is not None
    assert (answered.refusal.code, answered.refusal.message) == ("not_allowed", NOWHERE)


class Told:
    """Fills Reports: what was reported."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        self.faults.append((location, transaction_id))


async def test_a_fault_is_reported_by_the_number_the_member_is_told(
    world: World, alice: Actor
) -> None:
    told = Told()
    broken = replace(world.services.desks, audit=None)  # type: ignore[arg-type]

    answered = await answer(broken, alice, "audit_page", {}, reports=told)

    assert answered.refusal is not None
    [(location, number)] = told.faults
    assert location == "question audit_page"
    assert number
    assert number in answered.refusal.message
