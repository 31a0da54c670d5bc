"""Questions about a plan, as a program asks them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.sequences import MongoSequenceBook
from tests.api.conftest import Door, Program
from tests.campaigns.things import a_mailbox, a_prospect, a_sequence, drafts_for

pytestmark = pytest.mark.anyio


async def a_shown_plan(door: Door) -> tuple[Program, str]:
    """Return Alice's program and the sequence of a Send that is shown and not confirmed."""
    program = await door.program()
    actor = (await door.services.sign_in.local("alice@alice.test", "Alice")).who
    assert isinstance(actor, Actor)
    account_id = actor.account_id
    sequence = replace(a_sequence(days=(0, 3), people=3), account_id=account_id)
    people = [a_prospect(sequence, n) for n in range(3)]
    await MongoSequenceBook(door.database).add_if_new(sequence)
    await MongoProspectBook(door.database).add_if_new(people)
    await MongoDraftBook(door.database).add_if_new([d for p in people for d in drafts_for(p)])
    await door.services.accounts.save_postal_address(actor, "1 Road\nTown")
    await MongoMailboxes(door.database).add_if_new(a_mailbox(account_id=account_id))
    await door.services.proposing.propose(actor, sequence.id)
    return program, sequence.id


async def test_a_program_asks_what_a_member_asks(door: Door) -> None:
    alice, sequence_id = await a_shown_plan(door)

    answer = await alice.done(
        "/campaign/plan/ask", sequence_id=sequence_id, question="who_on", day="2026-03-06"
    )

    assert answer["text"] == "3 mails to 3 people leave on Friday 6 March 2026."
    assert [row["step"] for row in answer["rows"]] == [2, 2, 2]
    assert answer["rows"][0]["mailbox"] == "alice@acme.test"
    assert answer["timezone"] == "UTC"


async def test_a_program_sees_the_plan_by_day_and_by_person(door: Door) -> None:
    alice, sequence_id = await a_shown_plan(door)
    mallory = await door.program("Mallory")
    asked = {"sequence_id": sequence_id}

    days = (await alice.get("/campaign/plan/map", **asked)).json()
    people = (await alice.get("/campaign/plan/people", **asked)).json()
    someone = people["rows"][0]["prospect_id"]
    told = await alice.get("/campaign/plan/timeline", **asked, prospect_id=someone)

    assert sum(sum(row["counts"]) for row in days["rows"]) == 6
    assert people["total"] == 3
    assert [s[:13] for s in told.json()["sentences"]] == ["Mail 1 leaves", "Mail 2 leaves"]
    for path in ("map", "people"):
        assert (await mallory.get(f"/campaign/plan/{path}", **asked)).status_code == 404


async def test_bad_questions_are_refused_by_name_and_foreign_plans_are_none(door: Door) -> None:
    alice, sequence_id = await a_shown_plan(door)
    mallory = await door.program("Mallory")

    unknown = await alice.post("/campaign/plan/ask", sequence_id=sequence_id, question="weather")
    too_many = await alice.post(
        "/campaign/plan/ask", sequence_id=sequence_id, question="with_cap", cap=400
    )
    foreign = await mallory.post("/campaign/plan/ask", sequence_id=sequence_id, question="last")

    assert (unknown.status_code, too_many.status_code, foreign.status_code) == (422, 422, 404)
    assert "question" in unknown.text
    assert "1 to 50" in too_many.text
