"""Campaigns that run, over REST: proposed, confirmed once, undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Role
from qrev.assistant import requests as asked
from qrev.assistant.contract import PROSPECTS_COLLECTION
from qrev.campaigns.models import Step
from qrev.campaigns.sequences import NewSequence
from tests.api.conftest import Door, Program
from tests.assistant.world import messages_of, people_of

pytestmark = pytest.mark.anyio


async def running(door: Door) -> tuple[Program, str]:
    """Return Alice's program and a campaign of hers with four mails ahead, confirmed by REST."""
    alice = await door.program()
    await alice.done("/account/postal-address", postal_address="1 Main Street\n12345 Town")
    actor = await door.services.accounts.actor("alice@alice.test")
    steps = tuple(Step(number=n + 1, delay=timedelta(days=3 * n)) for n in range(2))
    new = NewSequence(
        dropbox_id="ai1", name="Tea", steps=steps, upload_id=None, conversation_id="c1"
    )
    sequence = await door.services.sequences.create(actor, new)
    rows = [{"_id": row.id, **row.model_dump()} for row in people_of()]
    await door.database[PROSPECTS_COLLECTION].insert_many(rows)
    await door.services.dropbox.put_messages(
        [{"_id": row.id, **row.model_dump()} for row in messages_of()]
    )
    await door.services.taking_in.take_in("ai1", are_people_complete=True, is_last=True)
    send = await door.services.desks.sending.sequence_send(
        actor, asked.SequenceAsked(sequence_id=sequence.id)
    )
    done = await alice.done("/proposals/confirm", proposal_id=send.id, hash=send.hash)
    assert (done["kind"], done["state"], done["mails"]) == ("send", "applied", 4)
    return alice, sequence.id


async def confirmed(program: Program, proposal: dict[str, Any]) -> Any:
    return await program.done(
        "/proposals/confirm", proposal_id=proposal["proposal_id"], hash=proposal["hash"]
    )


async def test_a_campaign_is_paused_resumed_and_undone(door: Door) -> None:
    alice, sequence_id = await running(door)

    proposed = await alice.done("/campaigns/pause", sequence_id=sequence_id)
    before = (await alice.get("/campaigns/details", sequence_id=sequence_id)).json()
    door.clock.advance(seconds=1)
    paused = await confirmed(alice, proposed)
    pauses = (await alice.get("/campaigns/pauses/list")).json()
    resumed = await confirmed(alice, await alice.done("/campaigns/resume", sequence_id=sequence_id))
    undone = await alice.done("/proposals/undo", proposal_id=resumed["proposal_id"])

    assert (proposed["title"], proposed["mails"], proposed["people"]) == ("Pause “Tea”", 4, 2)
    assert before["status"] == "active"
    assert paused["outcome"] == "4 mails wait until somebody resumes. None had left yet."
    assert [p["pause_id"] for p in pauses] == [paused["proposal_id"]]
    assert resumed["outcome"].startswith("4 mails may leave again.")
    assert (undone["state"], undone["outcome"]) == (
        "undone",
        "Paused again: 4 mails. None had left yet.",
    )


async def test_a_proposal_is_confirmed_once_and_only_as_it_was_shown(door: Door) -> None:
    alice, sequence_id = await running(door)
    proposed = await alice.done("/campaigns/stop", sequence_id=sequence_id)
    asked_for = {"proposal_id": proposed["proposal_id"]}

    other = await alice.post("/proposals/confirm", **asked_for, hash="made-up")
    first = await alice.post("/proposals/confirm", **asked_for, hash=proposed["hash"])
    second = await alice.post("/proposals/confirm", **asked_for, hash=proposed["hash"])

    assert [a.status_code for a in (other, first, second)] == [409, 200, 409]
    assert first.json()["outcome"] == "4 mails cancelled. None had left yet."
    assert "done already" in second.json()["detail"]


async def test_what_expired_leads_to_what_it_is_now(door: Door) -> None:
    alice, sequence_id = await running(door)
    proposed = await alice.done("/campaigns/pause", sequence_id=sequence_id)
    door.clock.advance(minutes=16)
    alice = await door.program()  # the first one's token is over as well

    refused = await alice.post(
        "/proposals/confirm", proposal_id=proposed["proposal_id"], hash=proposed["hash"]
    )
    now = await alice.get("/proposals/details", proposal_id=proposed["proposal_id"])

    assert refused.status_code == 409
    assert now.json()["state"] == "open"
    assert now.json()["proposal_id"] != proposed["proposal_id"]


async def test_proposals_are_listed_in_pages_the_newest_first(door: Door) -> None:
    alice, sequence_id = await running(door)
    for _ in range(3):
        door.clock.advance(seconds=1)
        await alice.done("/campaigns/pause", sequence_id=sequence_id)

    first = (await alice.get("/proposals/list", limit=2)).json()
    second = (await alice.get("/proposals/list", limit=2, after=first["next"])).json()

    kinds = [p["kind"] for p in (*first["proposals"], *second["proposals"])]
    assert kinds == ["pause", "pause", "pause", "send"]
    assert second["next"] is None


async def test_a_cancelled_proposal_does_nothing(door: Door) -> None:
    alice, sequence_id = await running(door)
    proposed = await alice.done("/campaigns/archive", sequence_id=sequence_id)

    dropped = await alice.done("/proposals/cancel", proposal_id=proposed["proposal_id"])
    refused = await alice.post(
        "/proposals/confirm", proposal_id=proposed["proposal_id"], hash=proposed["hash"]
    )

    assert (dropped["state"], refused.status_code) == ("cancelled", 409)


async def test_above_the_threshold_two_members_confirm(door: Door) -> None:
    alice, sequence_id = await running(door)
    bob = await door.joined(alice, "Bob", Role.SELLER)
    await alice.done("/proposals/approvals/threshold", people=1)
    await confirmed(alice, await alice.done("/campaigns/pause", sequence_id=sequence_id))
    proposed = await alice.done("/campaigns/resume", sequence_id=sequence_id)
    asked_for = {"proposal_id": proposed["proposal_id"], "hash": proposed["hash"]}

    first = await alice.post("/proposals/confirm", **asked_for)
    waiting = (await bob.get("/proposals/approvals/list")).json()
    second = await bob.post("/proposals/confirm", **asked_for)

    assert first.status_code == 409
    assert "it waits for Bob" in first.json()["detail"]
    assert [a["proposal_id"] for a in waiting["approvals"]] == [proposed["proposal_id"]]
    assert waiting["threshold"] == 1
    assert second.json()["state"] == "done"


async def test_a_person_is_stopped_and_a_name_changed(door: Door) -> None:
    alice, sequence_id = await running(door)

    stopped = await confirmed(
        alice, await alice.done("/campaigns/stop-person", email="MARIA@x.test")
    )
    renamed = await alice.done("/campaigns/rename", sequence_id=sequence_id, name="Coffee")
    listed = (await alice.get("/campaigns/list")).json()

    assert stopped["outcome"] == "2 mails cancelled. None had left yet."
    assert renamed["messages"] == {"held": 2, "cancelled": 2}
    assert [s["name"] for s in listed["sequences"]] == ["Coffee"]


async def test_words_are_changed_and_a_copy_takes_people_in(door: Door) -> None:
    alice, sequence_id = await running(door)
    variants = [{"subject": "Hi {{first_name}}", "body": "a"}, {"subject": "Hello", "body": "b"}]

    edited = await confirmed(
        alice,
        await alice.done(
            "/campaigns/edit-step", sequence_id=sequence_id, step=2, variants=variants
        ),
    )
    copy = await alice.done("/campaigns/duplicate", sequence_id=sequence_id)
    words = (await alice.get("/campaigns/words", sequence_id=copy["sequence_id"])).json()
    added = await alice.done(
        "/campaigns/add-people", sequence_id=copy["sequence_id"], emails=["maria@x.test"]
    )

    assert edited["outcome"].startswith("2 mails and 0 drafts have the new words.")
    assert words[1]["variants"] == variants
    assert (added["added"], added["proposal"]["mails"]) == (1, 2)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/campaigns/pause", {"country": "Atlantis"}),
        ("/campaigns/pause", {"until": "2026-03-09T00:00:00"}),
        ("/campaigns/edit-step", {"step": 1, "variants": [{"subject": "{{x}}", "body": "b"}]}),
        ("/campaigns/edit-step", {"step": 9, "variants": [{"subject": "S", "body": "b"}]}),
        ("/campaigns/add-people", {"emails": ["nobody@y.test"]}),
        ("/campaigns/rename", {"name": "\n"}),
    ],
)
async def test_what_is_no_such_thing_is_refused_in_words(
    door: Door, path: str, body: dict[str, Any]
) -> None:
    alice, sequence_id = await running(door)

    answer = await alice.post(path, sequence_id=sequence_id, **body)

    assert answer.status_code == 422
    assert answer.json().get("detail") or answer.json()["errors"]


async def test_who_may_only_look_proposes_and_confirms_nothing(door: Door) -> None:
    alice, sequence_id = await running(door)
    victor = await door.joined(alice, "Victor", Role.VIEWER)
    proposed = await alice.done("/campaigns/pause", sequence_id=sequence_id)

    asked_for = {"proposal_id": proposed["proposal_id"]}
    answers = [
        await victor.post("/campaigns/pause", sequence_id=sequence_id),
        await victor.post("/campaigns/duplicate", sequence_id=sequence_id),
        await victor.post("/proposals/confirm", **asked_for, hash=proposed["hash"]),
        await victor.post("/proposals/cancel", **asked_for),
        await victor.post("/proposals/approvals/threshold", people=1),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert (await victor.get("/proposals/details", **asked_for)).json()["state"] == "open"
