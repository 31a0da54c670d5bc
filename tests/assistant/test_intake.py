"""The drop box: whatever comes twice, late, early, half or wrong, the same is taken in."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    MessageRow,
    ProspectRow,
)
from qrev.assistant.intake import TakingIn
from qrev.campaigns.models import Draft
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.sequences import MongoSequenceBook
from tests.assistant.world import PEOPLE, World, a_draft_action, messages_of, people_of

pytestmark = pytest.mark.anyio


def intake(world: World) -> TakingIn:
    return world.services.taking_in


async def drafts(world: World) -> list[Draft]:
    sequence = await world.sequence()
    return await MongoDraftBook(world.mongo).of_sequence(sequence.account_id, sequence.id)


async def enrolled(world: World) -> list[str]:
    sequence = await world.sequence()
    found = await MongoProspectBook(world.mongo).of_sequence(sequence.account_id, sequence.id)
    return [prospect.email for prospect in found]


async def kept_unused(world: World) -> set[str]:
    return {d["_id"] async for d in world.mongo[MESSAGES_COLLECTION].find({"taken": {"$ne": True}})}


async def test_people_and_drafts_are_taken_in_and_the_end_is_said_once(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of())

    first = await intake(world).take_in("ai1", are_people_complete=True)
    second = await intake(world).take_in("ai1", is_last=True)

    assert first is not None
    assert second is not None
    assert (first.ready, first.total, first.is_over) == (4, 4, True)
    assert second == first
    assert len(await drafts(world)) == 4
    assert await enrolled(world) == list(PEOPLE)
    assert await world.said_later() == [
        "**4 drafts for 2 people are ready.** Read them above. Press **Send** to see the whole "
        "plan first."
    ]


async def test_progress_tells_how_far_it_is(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of()[:1])

    progress = await intake(world).take_in("ai1", are_people_complete=True)

    assert progress is not None
    assert (progress.ready, progress.total, progress.is_over) == (1, 4, False)
    assert await world.said_later() == []


@pytest.mark.parametrize("order", list(itertools.permutations(["people", "drafts", "turn"])))
async def test_in_whatever_order_things_come_the_end_is_the_same(
    world: World, alice: Actor, order: tuple[str, ...]
) -> None:
    for part in order:
        if part == "turn":
            await world.a_campaign(alice)
        elif part == "people":
            await world.lay_prospects(*people_of())
            await intake(world).take_in("ai1", are_people_complete=True)
        else:
            for row in messages_of():
                await world.lay_messages(row)
                await intake(world).take_in("ai1")

    await intake(world).sweep()

    sequence = await world.sequence()
    assert len(await drafts(world)) == 4
    assert await enrolled(world) == list(PEOPLE)
    assert not sequence.is_drafting
    assert await kept_unused(world) == set()


async def test_an_end_that_was_called_before_the_turn_was_answered_is_not_forgotten(
    world: World, alice: Actor
) -> None:
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of())
    assert await intake(world).take_in("ai1", is_last=True) is None

    await world.a_campaign(alice)

    assert not (await world.sequence()).is_drafting
    assert len(await world.said_later()) == 1


async def test_a_crash_half_way_is_finished_by_the_sweep(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of())
    await intake(world).take_in("ai1", is_last=True)
    # As it is when we die after writing and before marking, and before saying so.
    await world.mongo[MESSAGES_COLLECTION].update_many({}, {"$unset": {"taken": ""}})
    sequence = await world.sequence()
    await MongoSequenceBook(world.mongo).change(
        sequence.account_id, sequence.id, is_drafting=True, is_enrolled=False, people=0
    )

    assert await intake(world).sweep() == 1
    assert await intake(world).sweep() == 0

    again = await world.sequence()
    assert (again.people, again.is_drafting) == (2, False)
    assert len(await drafts(world)) == 4
    assert len(await world.said_later()) == 1


async def test_a_members_words_survive_the_same_draft_coming_again(
    world: World, alice: Actor
) -> None:
    await world.a_drafted_campaign(alice)
    draft = (await drafts(world))[0]
    saved = await MongoDraftBook(world.mongo).save(
        alice.account_id,
        draft.id,
        version=1,
        subject="Mine",
        body="My own words",
        at=world.clock(),
        by=alice.user_id,
    )
    await world.mongo[MESSAGES_COLLECTION].update_many({}, {"$unset": {"taken": ""}})

    await intake(world).take_in("ai1", is_last=True)

    assert saved in await drafts(world)


async def test_people_who_were_not_in_the_list_are_not_written_to(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of(emails=(*PEOPLE, "ceo@victim.test")))
    await world.lay_messages(*messages_of(emails=(*PEOPLE, "ceo@victim.test")))

    await intake(world).take_in("ai1", is_last=True)

    assert await enrolled(world) == list(PEOPLE)
    assert {d.id.rpartition(":")[0] for d in await drafts(world)} != set()
    assert len(await drafts(world)) == 4
    known = await world.services.people.known(alice.account_id, ["ceo@victim.test"])
    assert known == {}


async def test_drafts_for_strangers_are_kept_and_reported_once(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of(), *messages_of(emails=("who@x.test",), steps=1))

    await intake(world).take_in("ai1", is_last=True)
    await intake(world).take_in("ai1", is_last=True)

    assert await kept_unused(world) == {"ai1:who@x.test:1"}
    reports = [text for text in await world.said_later() if "nobody in this list" in text]
    assert len(reports) == 1
    assert "1 draft that fits" in reports[0]


async def test_a_draft_that_comes_before_its_person_waits_for_them(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_messages(*messages_of())
    await intake(world).take_in("ai1")
    await world.lay_prospects(*people_of())

    await intake(world).take_in("ai1", are_people_complete=True)

    assert len(await drafts(world)) == 4
    assert [text for text in await world.said_later() if "nobody in this list" in text] == []


async def test_too_few_drafts_end_when_the_server_says_so(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of()[:3])

    progress = await intake(world).take_in("ai1", is_last=True)

    assert progress is not None
    assert (progress.ready, progress.total, progress.is_over) == (3, 4, True)
    assert not (await world.sequence()).is_drafting


async def test_the_first_of_two_drafts_for_one_step_counts(world: World, alice: Actor) -> None:
    await world.a_campaign(alice, steps=1)
    await world.lay_prospects(*people_of())
    row = messages_of(steps=1)[0]
    await world.lay_messages(
        {"_id": "a", **row.model_dump(), "body": "first"},
        {"_id": "b", **row.model_dump(), "body": "second", "email": row.email.upper()},
    )

    await intake(world).take_in("ai1", is_last=True)

    assert len(await drafts(world)) == 1


async def test_a_step_is_read_from_its_id_where_the_number_is_missing(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    rows = [{"_id": r.id, **r.model_dump(exclude={"step"})} for r in messages_of()]
    rows[0]["step_id"] = 1
    await world.lay_messages(*rows)

    await intake(world).take_in("ai1", is_last=True)

    assert sorted(draft.step for draft in await drafts(world)) == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 0, "step_id": ""},
        {"step": 0, "step_id": "first"},
        {"step": 99},
        {"step": -1},
        {"email": "not an address"},
        {"email": ""},
        {"email": {"$ne": ""}},
        {"status": "party"},
        {"body": None},
        {"body": "x" * 60_000},
        {"facts": "none"},
    ],
    ids=lambda changes: str(changes)[:30],
)
async def test_a_row_that_cannot_be_used_costs_no_other(
    world: World, alice: Actor, changes: dict[str, Any]
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of(), {"_id": "bad", "sequence_id": "ai1", "email": 7})
    first, *rest = messages_of()
    await world.lay_messages({"_id": "odd", **first.model_dump(), **changes}, *rest)

    await intake(world).take_in("ai1", is_last=True)

    assert len(await drafts(world)) == 3
    assert await kept_unused(world) == {"odd"}
    assert not (await world.sequence()).is_drafting


async def test_a_draft_that_failed_or_lacks_a_fact_is_counted_as_such(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    first, second, *rest = messages_of()
    failed = first.model_copy(update={"status": "failed", "reason": "no words"})
    lacking = second.model_copy(update={"missing": ["job_title"]})
    await world.lay_messages(failed, lacking, *rest)

    await intake(world).take_in("ai1", is_last=True)

    (said,) = await world.said_later()
    assert "3 drafts" in said
    assert "1 needs a look before" in said
    assert "1 could not be written" in said


async def test_messages_in_the_callbacks_body_are_as_good_as_in_the_drop_box(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    rows = [{"_id": row.id, **row.model_dump()} for row in messages_of()]

    for _ in range(2):
        await world.services.dropbox.put_messages(rows)
        await intake(world).take_in("ai1", is_last=True)

    assert len(await drafts(world)) == 4


async def test_a_subject_is_one_line_whatever_the_server_wrote(world: World, alice: Actor) -> None:
    await world.a_campaign(alice, steps=1)
    await world.lay_prospects(*people_of())
    row = messages_of(steps=1)[0].model_copy(update={"subject": "Tea\r\nBcc: all@x.test"})
    await world.lay_messages(row)

    await intake(world).take_in("ai1", is_last=True)

    assert [draft.subject for draft in await drafts(world)] == ["Tea Bcc: all@x.test"]


async def test_cards_keep_the_order_of_the_list(world: World, alice: Actor) -> None:
    upload = await world.drop(alice, b"email\nz@x.test\na@x.test\nm@x.test\n")
    await world.say(alice, "x", a_draft_action(), upload=upload)
    await world.lay_prospects(*people_of(emails=("a@x.test", "m@x.test", "z@x.test")))

    await intake(world).take_in("ai1", are_people_complete=True)

    assert await enrolled(world) == ["z@x.test", "a@x.test", "m@x.test"]


async def test_what_we_know_of_a_person_outweighs_what_the_server_says(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    row = ProspectRow(sequence_id="ai1", email=PEOPLE[0], name="Somebody Else", job_title="King")
    await world.lay_prospects(row)

    await intake(world).take_in("ai1", are_people_complete=True)

    sequence = await world.sequence()
    (prospect,) = await MongoProspectBook(world.mongo).of_sequence(sequence.account_id, sequence.id)
    assert (prospect.name, prospect.company_name, prospect.job_title) == (
        "Maria Gomez",
        "Solarex",
        "",
    )


async def test_another_accounts_sequence_of_the_same_name_gets_nothing(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.a_drafted_campaign(alice)

    cards = await world.say(mallory, "x", a_draft_action("ai1"), conversation_id="theirs")

    assert await world.services.sequences.page(mallory) == []
    assert "Draft" not in type(cards[0]).__name__


async def test_a_sequence_nobody_made_is_nothing_to_take_in(world: World) -> None:
    await world.lay_messages(MessageRow(sequence_id="ghost", email="a@x.test", step=1))

    assert await intake(world).take_in("ghost", is_last=True) is None
    assert await intake(world).sweep() == 0
