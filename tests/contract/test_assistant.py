"""What every Conversations and DropBox promise."""

from __future__ import annotations

import asyncio

import pytest

from qrev.assistant.ports import Heard
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.assistant_builders import a_line, a_row, a_spending
from tests.contract.builders import MINUTE
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_a_line_is_kept_once_as_it_was_said(stores: Stores) -> None:
    assert await stores.conversations.add_if_new(a_line()) is True
    assert await stores.conversations.add_if_new(a_line(content="Else")) is False

    assert await stores.conversations.last(ACME, "c1", limit=9) == [a_line()]


async def test_the_last_lines_of_one_conversation_come_oldest_first(stores: Stores) -> None:
    for n in (4, 0, 2, 1, 3):
        await stores.conversations.add_if_new(a_line(f"l{n}", at=TUESDAY_10AM + n * MINUTE))
    await stores.conversations.add_if_new(a_line("x", conversation_id="c2"))
    await stores.conversations.add_if_new(a_line("y", account_id=OTHER))

    last = await stores.conversations.last(ACME, "c1", limit=3)

    assert [line.id for line in last] == ["l2", "l3", "l4"]


@pytest.mark.parametrize("is_question_first", [True, False])
async def test_an_answer_follows_its_question_though_both_came_at_once(
    stores: Stores, is_question_first: bool
) -> None:
    question = a_line("t1:user")
    answer = a_line("t1:assistant", role="assistant", content="Done")

    for line in (question, answer) if is_question_first else (answer, question):
        await stores.conversations.add_if_new(line)

    assert await stores.conversations.last(ACME, "c1", limit=9) == [question, answer]
    assert await stores.conversations.last(ACME, "c1", limit=1) == [answer]


async def test_a_conversation_is_about_the_list_that_was_dropped_last(stores: Stores) -> None:
    assert await stores.conversations.upload_of(ACME, "c1") is None

    await stores.conversations.set_upload(ACME, "c1", "u1")
    await stores.conversations.set_upload(ACME, "c1", "u2")
    await stores.conversations.set_upload(ACME, "c2", "u3")

    assert await stores.conversations.upload_of(ACME, "c1") == "u2"
    assert await stores.conversations.upload_of(OTHER, "c1") is None


async def test_a_conversation_forgets_a_list_once_it_was_used(stores: Stores) -> None:
    await stores.conversations.set_upload(ACME, "c1", "u1")

    await stores.conversations.set_upload(ACME, "c1", None)

    assert await stores.conversations.upload_of(ACME, "c1") is None


async def test_rows_are_new_until_they_are_marked_used_or_not(stores: Stores) -> None:
    await stores.lay_prospects([a_row(f"r{n}") for n in range(3)])

    await stores.dropbox.mark_prospects(["r0"], is_used=True)
    await stores.dropbox.mark_prospects(["r1"], is_used=False)

    assert await stores.dropbox.new_prospects("ai-s1", limit=9) == [a_row("r2")]


async def test_messages_are_new_until_they_are_marked_used_or_not(stores: Stores) -> None:
    await stores.dropbox.put_messages([a_row(f"r{n}") for n in range(3)])

    await stores.dropbox.mark_messages(["r0"], is_used=True)
    await stores.dropbox.mark_messages(["r1"], is_used=False)

    assert await stores.dropbox.new_messages("ai-s1", limit=9) == [a_row("r2")]


async def test_messages_can_be_made_new_again(stores: Stores) -> None:
    await stores.dropbox.put_messages([a_row("r0"), a_row("r1")])
    await stores.dropbox.mark_messages(["r0", "r1"], is_used=False)

    await stores.dropbox.mark_messages(["r0"], is_used=None)

    assert [r["_id"] for r in await stores.dropbox.new_messages("ai-s1", limit=9)] == ["r0"]


async def test_what_was_heard_of_a_sequence_once_stays_heard(stores: Stores) -> None:
    assert await stores.dropbox.heard("ai-s1") == Heard()

    await stores.dropbox.hear("ai-s1", Heard(are_people_complete=True))
    await stores.dropbox.hear("ai-s1", Heard(is_last=True))
    await stores.dropbox.hear("ai-s1", Heard())

    assert await stores.dropbox.heard("ai-s1") == Heard(are_people_complete=True, is_last=True)
    assert await stores.dropbox.heard("ai-s2") == Heard()


async def test_the_last_sign_of_life_is_kept(stores: Stores) -> None:
    for minutes in (0, 2, 1):
        await stores.dropbox.hear("ai-s1", Heard(at=TUESDAY_10AM + minutes * MINUTE))

    assert await stores.dropbox.heard("ai-s1") == Heard(at=TUESDAY_10AM + 2 * MINUTE)


async def test_people_named_in_a_callback_are_kept_once(stores: Stores) -> None:
    for _ in range(2):
        await stores.dropbox.put_prospects([a_row("r0"), a_row("r1")])

    assert await stores.dropbox.new_prospects("ai-s1", limit=9) == [a_row("r0"), a_row("r1")]


async def test_a_months_spending_is_told_of_everyone_in_the_account(stores: Stores) -> None:
    for row in (a_spending(), a_spending("alice", read=60)):
        await stores.lay_spending(row)
    await stores.lay_spending(a_spending("bob", _id="x", month="2026-02"))
    await stores.lay_spending(a_spending("eve", _id="y", account_id=OTHER))

    spent = await stores.spending.in_month(ACME, "2026-03")

    assert {each.user_id: each.tokens for each in spent} == {"": 120, "alice": 80}
    assert {each.dollars for each in spent} == {0.5}


async def test_a_drafting_that_was_stopped_stays_stopped(stores: Stores) -> None:
    assert await stores.dropbox.is_stopped("ai-s1") is False

    for _ in range(2):
        await stores.dropbox.ask_to_stop("ai-s1")

    assert await stores.dropbox.is_stopped("ai-s1") is True
    assert await stores.dropbox.is_stopped("ai-s2") is False


async def test_callbacks_at_once_are_all_heard(stores: Stores) -> None:
    each = [Heard(are_people_complete=True), Heard(is_last=True)] * 4

    await asyncio.gather(*(stores.dropbox.hear("ai-s1", heard) for heard in each))

    assert await stores.dropbox.heard("ai-s1") == Heard(are_people_complete=True, is_last=True)


async def test_marking_prospects_leaves_messages_of_the_same_id_new(stores: Stores) -> None:
    await stores.lay_prospects([a_row()])
    await stores.dropbox.put_messages([a_row()])

    await stores.dropbox.mark_prospects(["r1"], is_used=True)

    assert await stores.dropbox.new_prospects("ai-s1", limit=9) == []
    assert await stores.dropbox.new_messages("ai-s1", limit=9) == [a_row()]


async def test_a_sequence_sees_its_own_rows_and_no_more_than_asked_for(stores: Stores) -> None:
    await stores.dropbox.put_messages([a_row(f"r{n}") for n in range(5)])
    await stores.dropbox.put_messages([a_row("x", sequence_id="ai-s2")])

    assert await stores.dropbox.new_messages("ai-s2", limit=9) == [a_row("x", sequence_id="ai-s2")]
    assert len(await stores.dropbox.new_messages("ai-s1", limit=3)) == 3
    assert await stores.dropbox.new_messages("ai-s3", limit=9) == []


async def test_rows_taken_in_batch_by_batch_are_each_taken_once(stores: Stores) -> None:
    await stores.dropbox.put_messages([a_row(f"r{n}") for n in range(7)])
    seen: list[str] = []

    while rows := await stores.dropbox.new_messages("ai-s1", limit=3):
        seen += [row["_id"] for row in rows]
        await stores.dropbox.mark_messages([row["_id"] for row in rows], is_used=True)

    assert sorted(seen) == [f"r{n}" for n in range(7)]


async def test_a_callback_that_comes_twice_brings_its_rows_once(stores: Stores) -> None:
    rows = [a_row(f"r{n}") for n in range(20)]
    await asyncio.gather(*(stores.dropbox.put_messages(rows) for _ in range(4)))
    await stores.dropbox.mark_messages(["r0"], is_used=True)

    await stores.dropbox.put_messages([a_row("r0", email="else"), a_row("r1", email="else")])

    found = await stores.dropbox.new_messages("ai-s1", limit=99)
    assert sorted(found, key=lambda row: str(row["_id"])) == sorted(
        rows[1:], key=lambda row: str(row["_id"])
    )


async def test_a_row_of_any_shape_is_kept_as_it_is(stores: Stores) -> None:
    odd = a_row(words={"$set": 1, "a.b": [None, "$x"]}, step="one")

    await stores.dropbox.put_messages([odd])

    assert await stores.dropbox.new_messages("ai-s1", limit=9) == [odd]


async def test_a_list_is_laid_out_once_in_its_order(stores: Stores) -> None:
    rows = [{"email": f"p{n}@pine.test"} for n in range(12)]

    await asyncio.gather(*(stores.dropbox.put_upload("u1", rows, first=0) for _ in range(4)))
    await stores.dropbox.put_upload("u2", rows[:1], first=0)

    assert await stores.read_upload("u1") == rows
