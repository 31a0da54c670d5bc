"""Reading and editing the words before Send."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.drafts import MAX_BODY, MAX_SUBJECT, DraftChanged, DraftDesk
from qrev.campaigns.models import Draft, DraftStatus
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound
from qrev.kit.mongo import Document
from tests.campaigns.things import a_draft, a_prospect
from tests.campaigns.world import BOB, World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio


async def one_draft(world: World) -> Draft:
    sequence = await world.a_sequence(people=1)
    return a_draft(a_prospect(sequence, 0))


def around(desk: DraftDesk) -> list[int | None]:
    """Return the places of the previous, the shown and the following person."""
    three = (desk.previous, desk.prospect, desk.following)
    return [None if p is None else p.position for p in three]


async def test_one_can_leaf_through_the_list_both_ways(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=3, days=(0, 3))
    seen: list[list[int | None]] = []
    prospect_id: str | None = None

    for _ in range(3):
        desk = await world.drafts.desk(alice, sequence.id, prospect_id)
        seen.append(around(desk))
        prospect_id = None if desk.following is None else desk.following.id

    assert seen == [[None, 0, 1], [0, 1, 2], [1, 2, None]]
    assert [d.step for d in desk.drafts] == [1, 2]
    assert desk.counts.ready == 6


async def test_only_those_that_lack_something_can_be_leafed_through(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=0)
    people = [a_prospect(sequence, n) for n in range(5)]
    await world.enroll(sequence, [people[n] for n in (0, 2, 4)])
    await world.intake.enroll(sequence, [people[n] for n in (1, 3)])
    await world.intake.draft(
        [
            replace(a_draft(people[1]), missing=("name",)),
            replace(a_draft(people[3]), status=DraftStatus.FAILED),
        ]
    )

    first = await world.drafts.desk(alice, sequence.id, only_lacking=True)
    assert around(first) == [None, 1, 3]
    await world.drafts.save(alice, first.drafts[0].id, version=1, subject="x", body="y")
    then = await world.drafts.desk(alice, sequence.id, people[1].id, only_lacking=True)

    assert around(then) == [None, 3, None]


async def test_a_sequence_of_nobody_has_an_empty_desk(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0)

    desk = await world.drafts.desk(alice, sequence.id)

    assert (desk.prospect, desk.drafts, around(desk)) == (None, (), [None, None, None])


async def test_a_person_of_another_sequence_is_not_here(world: World, alice: Actor) -> None:
    spring = await world.a_sequence(people=1, name="spring")
    autumn = await world.a_sequence(people=1, name="autumn")

    with pytest.raises(NotFound):
        await world.drafts.desk(alice, spring.id, a_prospect(autumn, 0).id)


async def test_saving_makes_the_next_version_and_keeps_the_last(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    draft = await one_draft(world)

    saved = await world.drafts.save(
        alice, draft.id, version=1, subject="  A \n better  one ", body="Hi\r\nAnn \n"
    )

    assert (saved.version, saved.subject, saved.body) == (2, "A better one", "Hi\nAnn")
    document = await mongo.drafts.find_one({"_id": draft.id})
    assert document is not None
    assert [(h["version"], h["subject"]) for h in document["history"]] == [(1, draft.subject)]


async def test_of_two_who_save_at_once_one_is_told(world: World, alice: Actor) -> None:
    draft = await one_draft(world)

    answers = await asyncio.gather(
        *(
            world.drafts.save(actor, draft.id, version=1, subject=actor.name, body="words")
            for actor in (alice, BOB)
        ),
        return_exceptions=True,
    )

    (saved,) = [a for a in answers if isinstance(a, Draft)]
    (told,) = [a for a in answers if isinstance(a, DraftChanged)]
    assert told.fresh == saved
    assert "changed in the meantime" in str(told)


async def test_saving_what_lacked_a_fact_is_answering_for_it(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0)
    draft = replace(a_draft(a_prospect(sequence, 0)), missing=("name",), facts=())
    await world.intake.draft([draft])

    saved = await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hello")

    assert (saved.missing, (await world.sequences.progress(sequence)).missing) == ((), 0)


async def test_reset_brings_back_the_first_words_as_the_newest(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0)
    draft = replace(a_draft(a_prospect(sequence, 0)), missing=("name",))
    await world.intake.draft([draft])
    await world.drafts.save(alice, draft.id, version=1, subject="Mine", body="words")

    back = await world.drafts.reset(BOB, draft.id, version=2)

    assert back == replace(draft, version=3)
    assert await world.stores.drafts.lacking(ACME, sequence.id) == [draft.prospect_id]


async def test_a_reset_of_an_older_version_is_told(world: World, alice: Actor) -> None:
    draft = await one_draft(world)
    await world.drafts.save(alice, draft.id, version=1, subject="Mine", body="words")

    with pytest.raises(DraftChanged) as caught:
        await world.drafts.reset(alice, draft.id, version=1)

    assert caught.value.fresh.subject == "Mine"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("", "words"),
        ("Hi", ""),
        (" \n ", "words"),
        ("Hi", " \r\n "),
        ("x" * (MAX_SUBJECT + 1), "words"),
        ("Hi", "x" * (MAX_BODY + 1)),
    ],
)
async def test_what_is_no_mail_is_not_saved(
    world: World, alice: Actor, subject: str, body: str
) -> None:
    draft = await one_draft(world)

    with pytest.raises(InvalidInput, match="Nothing was saved"):
        await world.drafts.save(alice, draft.id, version=1, subject=subject, body=body)

    assert await world.stores.drafts.get(ACME, draft.id) == draft


async def test_words_that_look_like_operators_are_only_words(world: World, alice: Actor) -> None:
    draft = await one_draft(world)

    saved = await world.drafts.save(
        alice, draft.id, version=1, subject="$first.subject", body='{"$ne": 1} $$ROOT'
    )

    assert (saved.subject, saved.body) == ("$first.subject", '{"$ne": 1} $$ROOT')


async def test_who_may_only_look_saves_nothing(world: World, victor: Actor) -> None:
    draft = await one_draft(world)

    with pytest.raises(NotAllowed):
        await world.drafts.save(victor, draft.id, version=1, subject="Hi", body="words")
    with pytest.raises(NotAllowed):
        await world.drafts.reset(victor, draft.id, version=1)
    assert (await world.drafts.desk(victor, draft.sequence_id)).drafts == (draft,)


async def test_another_workspaces_drafts_are_not_there(world: World, mallory: Actor) -> None:
    draft = await one_draft(world)

    for attempt in (
        world.drafts.desk(mallory, draft.sequence_id),
        world.drafts.save(mallory, draft.id, version=1, subject="Hi", body="words"),
        world.drafts.reset(mallory, draft.id, version=1),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await world.stores.drafts.get(ACME, draft.id) == draft


async def test_while_a_send_is_confirmed_drafts_keep_still(world: World, alice: Actor) -> None:
    draft = await one_draft(world)
    await world.stores.drafts.lock(ACME, draft.sequence_id, until=world.clock().replace(minute=2))

    with pytest.raises(DraftChanged, match="being confirmed just now"):
        await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="words")

    world.clock.advance(minutes=2)
    saved = await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="words")
    assert saved.version == 2
