"""What every DraftBook and DraftLocks promise."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from qrev.campaigns.models import Draft, DraftCounts, DraftStatus, DraftTally, Fact
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import MINUTE, a_draft
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

BOB_1 = "s1:bob:1"
LACKING: dict[str, Any] = {"missing": ("their product",)}
FAILED: dict[str, Any] = {
    "status": DraftStatus.FAILED,
    "reason": "no such site",
    "subject": "",
    "body": "",
}


async def save(
    stores: Stores, version: int, *, body: str = "My words", at: datetime = TUESDAY_10AM
) -> Draft | None:
    return await stores.drafts.save(
        ACME, BOB_1, version=version, subject="Mine", body=body, at=at, by="alice"
    )


async def reset(stores: Stores, version: int, *, at: datetime = TUESDAY_10AM) -> Draft | None:
    return await stores.drafts.reset(ACME, BOB_1, version=version, at=at, by="alice")


async def test_a_draft_comes_back_as_it_was_given(stores: Stores) -> None:
    draft = a_draft(**LACKING, subject="$subject", body="{{name}} $$ROOT\n\nÜ")

    assert await stores.drafts.add_if_new([draft]) == 1

    assert await stores.drafts.get(ACME, BOB_1) == draft
    assert await stores.drafts.of_sequence(ACME, "s1") == [draft]


async def test_a_draft_that_arrives_again_does_not_undo_a_members_words(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft()])
    saved = await save(stores, 1)

    assert await stores.drafts.add_if_new([a_draft(body="Again"), a_draft(step=2)]) == 1

    assert await stores.drafts.get(ACME, BOB_1) == saved


async def test_drafts_that_arrive_twice_at_once_are_new_once(stores: Stores) -> None:
    drafts = [a_draft(f"p{n}") for n in range(50)]

    new = await asyncio.gather(*(stores.drafts.add_if_new(drafts) for _ in range(4)))

    assert sum(new) == 50


async def test_a_persons_drafts_come_in_the_order_of_their_steps(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(step=3), a_draft(step=1), a_draft("ann", step=2)])

    assert [d.step for d in await stores.drafts.of_prospect(ACME, "s1:bob")] == [1, 3]


async def test_drafts_are_counted_and_the_lacking_are_named_once(stores: Stores) -> None:
    await stores.drafts.add_if_new(
        [
            a_draft(),
            a_draft("ann", **LACKING),
            a_draft("ann", step=2, **LACKING),
            a_draft("cy", **FAILED),
            a_draft("cy", step=2),
            a_draft("eve", sequence_id="s2", **FAILED),
            a_draft("mal", account_id=OTHER, **FAILED),
        ]
    )

    counts = await stores.drafts.count(ACME, "s1")

    assert counts == DraftCounts(ready=4, failed=1, missing=2)
    assert sorted(await stores.drafts.lacking(ACME, "s1")) == ["s1:ann", "s1:cy"]


async def test_a_draft_keeps_what_the_checks_say_of_its_words(stores: Stores) -> None:
    await stores.drafts.add_if_new(
        [
            a_draft(body="Hi {{name}}"),
            a_draft("ann"),
            a_draft("cy", step=2, **FAILED),
            a_draft("eve", sequence_id="s2", **FAILED),
            a_draft("mal", account_id=OTHER, **FAILED),
        ]
    )
    first = await stores.remarks.remarks(ACME, "s1")

    await save(stores, 1, body="Act now")
    saved = await stores.remarks.remarks(ACME, "s1")
    await reset(stores, 2)

    assert {(r.prospect_id, r.step, r.reason) for r in first} == {
        ("s1:bob", 1, "“{{name}}” was never filled in."),
        ("s1:cy", 2, "no such site"),
    }
    (bob,) = [r for r in saved if r.prospect_id == "s1:bob"]
    assert (bob.reason, bob.unwise) == ("", ("“act now”, which spam filters know well",))
    by_person = {r.prospect_id: r for r in first}
    assert {r.prospect_id: r for r in await stores.remarks.remarks(ACME, "s1")} == by_person


async def test_every_write_changes_the_tally(stores: Stores) -> None:
    tallies = [await stores.remarks.tally(ACME, "s1")]

    await stores.drafts.add_if_new([a_draft(), a_draft("mal", account_id=OTHER)])
    tallies.append(await stores.remarks.tally(ACME, "s1"))
    await save(stores, 1)
    tallies.append(await stores.remarks.tally(ACME, "s1"))
    await reset(stores, 2)
    tallies.append(await stores.remarks.tally(ACME, "s1"))

    assert tallies == [
        DraftTally(count=0, versions=0),
        DraftTally(count=1, versions=1),
        DraftTally(count=1, versions=2),
        DraftTally(count=1, versions=3),
    ]


async def test_which_steps_are_drafted_is_known_by_person(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(step=3), a_draft(step=1), a_draft("ann", step=2)])

    assert await stores.remarks.drafted(ACME, "s1") == {"s1:bob": {1, 3}, "s1:ann": {2}}


async def test_a_saved_draft_is_the_next_version_and_lacks_nothing(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(**LACKING, **FAILED)])

    saved = await save(stores, 1, body="$body {{x}}")

    assert saved == a_draft(subject="Mine", body="$body {{x}}", version=2)
    assert await stores.drafts.get(ACME, BOB_1) == saved
    assert await stores.drafts.lacking(ACME, "s1") == []
    assert await stores.drafts.count(ACME, "s1") == DraftCounts(ready=1, failed=0, missing=0)


@pytest.mark.parametrize("version", [0, 1, 3])
async def test_only_the_newest_version_can_be_written_over(stores: Stores, version: int) -> None:
    await stores.drafts.add_if_new([a_draft()])
    saved = await save(stores, 1)

    assert await save(stores, version, body="Too late") is None
    assert await reset(stores, version) is None

    assert await stores.drafts.get(ACME, BOB_1) == saved


async def test_of_two_who_save_the_same_version_at_once_one_wins(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft()])

    saved = await asyncio.gather(*(save(stores, 1, body=f"Words {n}") for n in range(8)))

    (winner,) = [draft for draft in saved if draft is not None]
    assert await stores.drafts.get(ACME, BOB_1) == winner


async def test_a_reset_brings_the_first_words_back_as_the_newest_version(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(**LACKING)])
    await save(stores, 1)
    await save(stores, 2)

    back = await reset(stores, 3)

    assert back == a_draft(**LACKING, version=4)
    assert await stores.drafts.lacking(ACME, "s1") == ["s1:bob"]
    assert (await stores.drafts.count(ACME, "s1")).missing == 1


async def test_a_reset_of_a_failed_draft_has_failed_again(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(**FAILED)])
    await save(stores, 1)

    assert await reset(stores, 2) == a_draft(**FAILED, version=3)


async def test_a_locked_sequence_keeps_its_drafts_still_until_the_lock_ends(
    stores: Stores,
) -> None:
    await stores.drafts.add_if_new([a_draft()])
    await stores.locks.lock(ACME, "s1", until=TUESDAY_10AM + 2 * MINUTE)

    assert await save(stores, 1, at=TUESDAY_10AM + MINUTE) is None
    assert await reset(stores, 1, at=TUESDAY_10AM + MINUTE) is None

    assert await save(stores, 1, at=TUESDAY_10AM + 2 * MINUTE) is not None


async def test_a_lock_of_one_sequence_leaves_others_alone(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft()])

    await stores.locks.lock(ACME, "s2", until=TUESDAY_10AM + MINUTE)

    assert await save(stores, 1) is not None


async def test_a_lock_can_be_ended_early(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft()])
    await stores.locks.lock(ACME, "s1", until=TUESDAY_10AM + MINUTE)

    await stores.locks.lock(ACME, "s1", until=TUESDAY_10AM)

    assert await save(stores, 1) is not None


async def test_some_peoples_drafts_can_be_unlocked_before_the_others(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft(), a_draft("ann")])
    await stores.locks.lock(ACME, "s1", until=TUESDAY_10AM + 2 * MINUTE)

    await stores.locks.unlock(ACME, ["s1:ann"])

    assert await save(stores, 1, at=TUESDAY_10AM + MINUTE) is None
    await stores.locks.unlock(ACME, ["s1:bob"])
    assert await save(stores, 1, at=TUESDAY_10AM + MINUTE) is not None


async def test_what_is_still_open_about_the_words_is_kept_and_counted(stores: Stores) -> None:
    doubted = a_draft(doubts=("You won.",), model="m", prompt="p", dollars=0.5)
    await stores.drafts.add_if_new([doubted])
    assert await stores.drafts.get(ACME, doubted.id) == doubted
    assert await stores.drafts.lacking(ACME, "s1") == [doubted.prospect_id]

    saved = await stores.drafts.save(
        ACME,
        doubted.id,
        version=1,
        subject="x",
        body="y",
        at=TUESDAY_10AM,
        by="alice",
        missing=("name",),
        doubts=(),
    )

    assert saved is not None
    assert (saved.missing, saved.doubts, saved.model) == (("name",), (), "m")
    assert (await stores.drafts.count(ACME, "s1")).missing == 1
    again = await stores.drafts.reset(ACME, doubted.id, version=2, at=TUESDAY_10AM, by="alice")
    assert again is not None
    assert (again.missing, again.doubts) == ((), ("You won.",))


async def test_every_version_is_kept_with_what_was_open_about_it(stores: Stores) -> None:
    first = a_draft(facts=(Fact(text="Pine", source="csv:company"),), doubts=("You grew.",))
    await stores.drafts.add_if_new([first])
    await stores.drafts.save(
        ACME,
        BOB_1,
        version=1,
        subject="$x",
        body="{{b}}",
        at=TUESDAY_10AM,
        by="al",
        is_by_hand=True,
    )
    await stores.drafts.save(
        ACME,
        BOB_1,
        version=2,
        subject="S",
        body="C",
        facts=[Fact(text="C", source="you")],
        missing=["name"],
        at=TUESDAY_10AM + MINUTE,
        by="al",
    )

    newest, second, oldest = await stores.versions.versions(ACME, BOB_1)

    assert (oldest.version, oldest.facts, oldest.doubts) == (1, first.facts, first.doubts)
    assert (oldest.at, oldest.by, oldest.is_by_hand) == (None, "", False)
    assert (second.subject, second.body, second.facts) == ("$x", "{{b}}", first.facts)
    assert (second.at, second.by, second.is_by_hand) == (TUESDAY_10AM, "al", True)
    assert (newest.facts, newest.missing) == ((Fact(text="C", source="you"),), ("name",))
    assert newest.is_by_hand is False


async def test_words_of_the_first_version_are_nobodys_hand(stores: Stores) -> None:
    await stores.drafts.add_if_new([a_draft()])
    await stores.drafts.save(
        ACME, BOB_1, version=1, subject="S", body="B", at=TUESDAY_10AM, by="al", is_by_hand=True
    )

    back = await reset(stores, 2)

    assert back is not None
    assert (back.version, back.is_by_hand) == (3, False)
