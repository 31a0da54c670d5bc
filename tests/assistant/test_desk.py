"""What cards can ask about people and drafts, and what they can change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.cards import DraftCard, ProposalCard, TextCard
from qrev.assistant.people_cards import PeopleAsked
from qrev.campaigns.drafts import DraftChanged
from qrev.kit.errors import InvalidInput
from tests.assistant.asking import desk_of, first_page, shown
from tests.assistant.world import SAMPLE, World, messages_of, people_of
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio


async def test_people_are_paged_in_any_order(world: World, alice: Actor) -> None:
    await bring_in(world.services, alice, SAMPLE)
    desk = world.services.desks.people
    asking = PeopleAsked(sort="name", descending=True, limit=5)
    first = page = await desk.people_page(alice, asking)
    names = [row.name for row in page.rows]
    while page.next is not None:
        page = await desk.people_page(alice, asking.model_copy(update={"after": page.next}))
        names += [row.name for row in page.rows]

    assert len(names) == first.total == 12
    assert names == sorted(names, reverse=True)
    assert set(page.rows[0].model_dump()) == {
        "id", "name", "email", "company_name", "job_title", "timezone", "tags", "owner",
    }  # fmt: skip


async def test_another_accounts_upload_shows_nobody(
    world: World, alice: Actor, mallory: Actor
) -> None:
    made = await bring_in(world.services, alice, SAMPLE)

    asking = PeopleAsked(upload_id=made.upload_id)
    page = await world.services.desks.people.people_page(mallory, asking)

    assert (page.rows, page.total) == ([], 0)


@pytest.mark.parametrize(
    "payload",
    [
        {"limit": 0},
        {"limit": 101},
        {"sort": "$where"},
        {"upload_id": {"$ne": None}},
        {"after": ["x"]},
        {"after": "x" * 3000},
    ],
)
def test_what_a_browser_makes_up_is_refused_before_any_service(payload: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PeopleAsked.model_validate(payload)


async def test_drafts_are_shown_one_person_at_a_time(world: World, alice: Actor) -> None:
    sequence_id = await world.a_drafted_campaign(alice)

    first = await first_page(world, alice, sequence_id)
    second = await desk_of(world).draft_page(
        alice,
        asked.DraftPageAsked(sequence_id=sequence_id, prospect_id=shown(first).next_id),
    )

    assert (shown(first).email, shown(first).position) == ("maria@x.test", 1)
    assert (shown(first).previous_id, shown(second).next_id) == (None, None)
    assert shown(second).previous_id == shown(first).id
    assert shown(second).position == 2
    assert [d.step for d in first.drafts] == [1, 2]
    assert [s.day for s in first.sequence.steps] == [0, 3]
    assert (first.sequence.ready, first.sequence.total, first.sequence.people) == (4, 4, 2)
    assert not first.sequence.is_drafting
    assert all(d.can_edit and not d.is_edited for d in first.drafts)


async def test_a_campaign_without_people_yet_has_an_empty_page(world: World, alice: Actor) -> None:
    sequence_id = await world.a_campaign(alice)

    page = await first_page(world, alice, sequence_id)

    assert page.prospect is None
    assert page.drafts == []
    assert page.sequence.is_drafting


async def test_only_those_who_lack_a_fact_can_be_looked_at(world: World, alice: Actor) -> None:
    rows = messages_of()
    rows[2] = rows[2].model_copy(update={"missing": ["job_title"]})
    await world.lay_prospects(*people_of())
    await world.lay_messages(*rows)
    sequence_id = await world.a_campaign(alice)

    page = await desk_of(world).draft_page(
        alice, asked.DraftPageAsked(sequence_id=sequence_id, only_missing=True)
    )

    assert page.prospect is not None
    assert (page.prospect.email, page.prospect.next_id) == ("james@x.test", None)
    assert page.drafts[0].missing == ["job_title"]
    assert page.sequence.missing == 1


async def test_a_draft_is_saved_and_reset(world: World, alice: Actor) -> None:
    desk = desk_of(world)
    draft = (await first_page(world, alice, await world.a_drafted_campaign(alice))).drafts[0]

    saved = await desk.draft_save(
        alice,
        asked.DraftSaveAsked(draft_id=draft.id, version=1, subject=" Mine ", body="a\r\nb\n"),
    )
    reset = await desk.draft_reset(alice, asked.DraftResetAsked(draft_id=draft.id, version=2))

    assert (saved.subject, saved.body, saved.version, saved.is_edited) == ("Mine", "a\nb", 2, True)
    assert (reset.subject, reset.body, reset.version) == (draft.subject, draft.body, 3)


async def test_a_conflict_carries_the_words_as_they_are_now(world: World, alice: Actor) -> None:
    desk = desk_of(world)
    draft = (await first_page(world, alice, await world.a_drafted_campaign(alice))).drafts[0]
    save = asked.DraftSaveAsked(draft_id=draft.id, version=1, subject="Mine", body="Mine")
    await desk.draft_save(alice, save)

    with pytest.raises(DraftChanged) as refused:
        await desk.draft_save(alice, save.model_copy(update={"subject": "Other tab"}))
    with pytest.raises(DraftChanged):
        await desk.draft_reset(alice, asked.DraftResetAsked(draft_id=draft.id, version=1))

    assert (refused.value.fresh.subject, refused.value.fresh.version) == ("Mine", 2)


@pytest.mark.parametrize(("subject", "body"), [("", "x"), ("x", " \n"), ("x" * 300, "x")])
async def test_words_that_are_no_mail_are_not_saved(
    world: World, alice: Actor, subject: str, body: str
) -> None:
    draft = (await first_page(world, alice, await world.a_drafted_campaign(alice))).drafts[0]

    with pytest.raises(InvalidInput, match="Nothing was saved"):
        await desk_of(world).draft_save(
            alice,
            asked.DraftSaveAsked(draft_id=draft.id, version=1, subject=subject, body=body),
        )


def test_cards_of_the_same_thing_have_the_same_key() -> None:
    assert DraftCard(sequence_id="s").key == "s"
    assert ProposalCard(proposal_id="p").key == "p"
    assert TextCard(text="x").key == ""


def test_a_card_carries_ids_and_nothing_else() -> None:
    assert json.loads(DraftCard(sequence_id="s").model_dump_json()) == {
        "rev": 0,
        "sequence_id": "s",
    }
    with pytest.raises(ValidationError):
        DraftCard.model_validate({"sequence_id": "s", "subject": "sneaked in"})
