"""What keeps drafts from leaving: one sentence at a time, or all of a kind at once."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import DraftView, ProposalCard
from qrev.assistant.contract import MessageRow
from qrev.assistant.repair_cards import MendedView, ProblemsView, ProblemView
from qrev.campaigns.models import Draft, ProspectStatus
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.prospects import MongoProspectBook
from tests.assistant.world import PEOPLE, World, messages_of, people_of

pytestmark = pytest.mark.anyio
CLAIM = "I saw that you raised money."
BODY = f"Hello,\n\n{CLAIM} We sell tea.\n\nBest,\nAlice"


async def drafted(world: World, alice: Actor, **changes: Any) -> str:
    """Make a campaign of one mail for Maria and James, hers changed so."""
    hers, his = messages_of(steps=1)
    sequence_id = await world.a_campaign(alice, steps=1)
    await world.lay_prospects(*people_of())
    await world.lay_messages(hers.model_copy(update=changes), his)
    await world.services.taking_in.take_in("ai1", is_last=True)
    return sequence_id


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> Any:
    answered = await answer(world.services.desks, actor, name, payload)
    return answered.view or answered.refusal


async def problems(world: World, actor: Actor, sequence_id: str) -> list[ProblemView]:
    view = await ask(world, actor, "problems_get", sequence_id=sequence_id)
    assert isinstance(view, ProblemsView), view
    return view.problems


async def mend(world: World, actor: Actor, sequence_id: str, repair: str, **changes: Any) -> Any:
    (problem,) = await problems(world, actor, sequence_id)
    payload = {"kind": problem.kind, "drafts": problem.drafts, "repair": repair, **changes}
    return await ask(world, actor, "problems_mend", sequence_id=sequence_id, **payload)


async def hers(world: World, alice: Actor) -> Draft:
    sequence = await world.sequence()
    found = await MongoDraftBook(world.mongo).of_sequence(alice.account_id, sequence.id)
    her_id, _ = (await statuses(world, alice))[PEOPLE[0]]
    return next(draft for draft in found if draft.prospect_id == her_id)


async def statuses(world: World, alice: Actor) -> dict[str, tuple[str, ProspectStatus]]:
    sequence = await world.sequence()
    found = await MongoProspectBook(world.mongo).of_sequence(alice.account_id, sequence.id)
    return {p.email: (p.id, p.status) for p in found}


async def test_a_claim_without_a_source_is_marked_counted_and_blocks(
    world: World, alice: Actor
) -> None:
    sequence_id = await drafted(world, alice, body=BODY)

    (problem,) = await problems(world, alice, sequence_id)
    page = await ask(world, alice, "draft_page", sequence_id=sequence_id)
    sent = await answer(world.services.desks, alice, "sequence_send", {"sequence_id": sequence_id})
    (plan,) = sent.cards
    assert isinstance(plan, ProposalCard)
    view = await ask(world, alice, "proposal_get", proposal_id=plan.proposal_id)

    assert (problem.kind, problem.people, problem.examples) == ("doubt", 1, [CLAIM])
    assert problem.repairs == ["take_out", "confirm", "drop"]
    assert page.drafts[0].doubts == [CLAIM]
    assert page.sequence.missing == 1
    assert view.people == 1
    assert CLAIM in view.blocked[0].reason


@pytest.mark.parametrize(("is_true", "is_there"), [(True, True), (False, False)])
async def test_one_sentence_is_confirmed_or_taken_out(
    world: World, alice: Actor, is_true: bool, is_there: bool
) -> None:
    await drafted(world, alice, body=BODY)
    draft = await hers(world, alice)

    view = await ask(
        world,
        alice,
        "doubt_settle",
        draft_id=draft.id,
        version=1,
        sentence=CLAIM,
        is_true=is_true,
    )

    assert isinstance(view, DraftView)
    assert (view.doubts, view.version, CLAIM in view.body) == ([], 2, is_there)
    assert "We sell tea." in view.body


async def test_a_sentence_of_a_draft_that_changed_is_not_settled(
    world: World, alice: Actor
) -> None:
    await drafted(world, alice, body=BODY)
    draft = await hers(world, alice)
    settle = {"draft_id": draft.id, "is_true": True}

    old = await ask(world, alice, "doubt_settle", version=7, sentence=CLAIM, **settle)
    other = await ask(world, alice, "doubt_settle", version=1, sentence="Else.", **settle)

    assert (old.code, other.code) == ("conflict", "conflict")


async def test_saving_ones_own_words_answers_for_them_and_reset_brings_the_doubt_back(
    world: World, alice: Actor
) -> None:
    await drafted(world, alice, body=BODY)
    draft = await hers(world, alice)

    saved = await ask(
        world, alice, "draft_save", draft_id=draft.id, version=1, subject="Tea", body=BODY
    )
    again = await ask(world, alice, "draft_reset", draft_id=draft.id, version=2)

    assert saved.doubts == []
    assert again.doubts == [CLAIM]


@pytest.mark.parametrize(("repair", "is_there"), [("take_out", False), ("confirm", True)])
async def test_all_of_a_kind_are_mended_at_once(
    world: World, alice: Actor, repair: str, is_there: bool
) -> None:
    sequence_id = await drafted(world, alice, body=BODY)

    mended = await mend(world, alice, sequence_id, repair)

    assert mended == MendedView(people=1)
    assert (CLAIM in (await hers(world, alice)).body) is is_there
    assert await problems(world, alice, sequence_id) == []


async def test_a_missing_name_is_replaced_by_the_company(world: World, alice: Actor) -> None:
    body = "Hello,\n\nwe sell tea.\n\nBest,\nAlice"
    sequence_id = await drafted(world, alice, body=body, missing=["name"])
    (problem,) = await problems(world, alice, sequence_id)

    await mend(world, alice, sequence_id, "use_company")

    assert problem.repairs == ["use_company", "as_it_is", "drop"]
    draft = await hers(world, alice)
    assert draft.body.startswith("Hello Solarex team,\n\nwe sell tea.")
    assert draft.missing == ()


async def test_words_that_do_without_the_fact_are_sent_as_they_are(
    world: World, alice: Actor
) -> None:
    sequence_id = await drafted(world, alice, missing=["job_title"])
    before = (await hers(world, alice)).body

    await mend(world, alice, sequence_id, "as_it_is")

    after = await hers(world, alice)
    assert (after.body, after.missing) == (before, ())


async def test_these_are_dropped_and_nobody_else(world: World, alice: Actor) -> None:
    sequence_id = await drafted(world, alice, missing=["job_title"])

    mended = await mend(world, alice, sequence_id, "drop")

    assert mended == MendedView(people=1)
    found = {email: status for email, (_, status) in (await statuses(world, alice)).items()}
    assert found == {PEOPLE[0]: ProspectStatus.STOPPED, PEOPLE[1]: ProspectStatus.WAITING}
    page = await ask(world, alice, "draft_page", sequence_id=sequence_id)
    assert page.sequence.missing == 0


async def test_what_was_not_seen_is_not_mended(world: World, alice: Actor) -> None:
    sequence_id = await drafted(world, alice, body=BODY)

    more = await mend(world, alice, sequence_id, "confirm", drafts=2)
    other = await mend(world, alice, sequence_id, "use_company")

    assert (more.code, other.code) == ("conflict", "invalid")
    assert (await hers(world, alice)).version == 1


async def test_who_may_only_look_sees_the_problem_and_no_repair(
    world: World, alice: Actor, victor: Actor
) -> None:
    sequence_id = await drafted(world, alice, body=BODY)
    (problem,) = await problems(world, victor, sequence_id)

    refusal = await mend(world, victor, sequence_id, "confirm")

    assert problem.repairs == []
    assert refusal.code == "not_allowed"


async def test_another_workspace_finds_nothing(world: World, alice: Actor, mallory: Actor) -> None:
    sequence_id = await drafted(world, alice, body=BODY)
    draft = await hers(world, alice)

    seen = await ask(world, mallory, "problems_get", sequence_id=sequence_id)
    settled = await ask(
        world,
        mallory,
        "doubt_settle",
        draft_id=draft.id,
        version=1,
        sentence=CLAIM,
        is_true=True,
    )

    assert (seen.code, settled.code) == ("not_found", "not_found")


async def test_who_wrote_a_draft_and_what_it_cost_is_kept(world: World, alice: Actor) -> None:
    row: dict[str, Any] = {"model": "gpt-x", "prompt": "draft-1", "dollars": 0.002}
    await drafted(world, alice, **row)

    draft = await hers(world, alice)

    assert (draft.model, draft.prompt, draft.dollars) == ("gpt-x", "draft-1", 0.002)
    assert MessageRow.model_fields.keys() >= row.keys()
