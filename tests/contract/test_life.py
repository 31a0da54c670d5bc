"""What the keepers of orders, pauses and approvals promise, and the ledger where they reach it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.campaigns.life.models import OrderState, Scope, Terms
from qrev.campaigns.models import Message, MessageStatus
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, DAY, MINUTE, a_message
from tests.contract.life_builders import a_pause, an_approval, an_order
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

NOW = TUESDAY_10AM
LATER = NOW + MINUTE
OPEN, CONFIRMED, DONE = OrderState.OPEN, OrderState.CONFIRMED, OrderState.DONE
PLANNED, HELD, CLAIMED = MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED
SENDING, SENT, CANCELLED = MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.CANCELLED


async def one_of_each(stores: Stores) -> None:
    """Plan one message of every state, of a person named like it."""
    await stores.messages.add_planned(
        [a_message(status.value, status=status) for status in MessageStatus]
    )


async def known(stores: Stores, key: str, step: int = 1) -> Message:
    found = await stores.messages.get(ACME, f"s1:{key}:{step}")
    assert found is not None
    return found


# --- orders


async def test_an_order_comes_back_as_it_was_given(stores: Stores) -> None:
    terms = Terms(
        sequence_id="s1", until=LATER, pause_ids=("a", "b"), variants=(("S", "B"),), step=2
    )
    order = an_order(terms=terms, outcome="done")

    await stores.orders.add(order)

    assert await stores.orders.get(ACME, "o1") == order


async def test_of_many_presses_at_once_one_confirms_an_order(stores: Stores) -> None:
    await stores.orders.add(an_order())

    presses = await asyncio.gather(
        *(
            stores.orders.move(
                an_order(), before=OPEN, after=CONFIRMED, at=LATER, by=(ALICE, "Alice")
            )
            for _ in range(8)
        )
    )

    assert presses.count(True) == 1
    assert await stores.orders.get(ACME, "o1") == an_order(
        state=CONFIRMED,
        changed_at=LATER,
        confirmed_at=LATER,
        confirmed_by=ALICE,
        confirmed_by_name="Alice",
    )


async def test_orders_are_paged_from_the_newest_back(stores: Stores) -> None:
    for n in range(5):
        await stores.orders.add(an_order(f"o{n}", planned_at=NOW + n // 2 * MINUTE))

    first = await stores.orders.page(ACME, before=None, limit=3)
    second = await stores.orders.page(ACME, before=(first[-1].planned_at, first[-1].id), limit=3)

    assert [o.id for o in (*first, *second)] == ["o4", "o3", "o2", "o1", "o0"]


async def test_what_was_done_last_is_theirs_and_not_undone(stores: Stores) -> None:
    mine = an_order(state=DONE, confirmed_at=NOW, confirmed_by=ALICE)
    await stores.orders.add(mine)
    await stores.orders.add(replace(mine, id="undone", state=OrderState.UNDONE, confirmed_at=LATER))
    await stores.orders.add(replace(mine, id="older", confirmed_at=NOW - DAY))

    assert await stores.orders.last_done(ACME, ALICE) == mine


async def test_what_began_long_ago_and_is_not_done_is_unfinished(stores: Stores) -> None:
    for n, state in enumerate(OrderState):
        await stores.orders.add(an_order(f"o{n}", state=state))
    await stores.orders.add(an_order("new", state=CONFIRMED, changed_at=LATER))

    found = await stores.orders.unfinished(before=LATER)

    assert {order.state for order in found} == {CONFIRMED, OrderState.UNDOING}
    assert "new" not in {order.id for order in found}


# --- pauses


async def test_a_pause_is_in_force_until_it_is_ended_once(stores: Stores) -> None:
    assert await stores.pauses.add_if_new(a_pause())
    assert not await stores.pauses.add_if_new(a_pause())
    assert await stores.pauses.of_account(ACME) == [a_pause()]

    ends = await asyncio.gather(*(stores.pauses.end(ACME, "o4", by="o9") for _ in range(4)))

    assert ends.count(True) == 1
    assert await stores.pauses.of_account(ACME) == []
    assert await stores.pauses.ended_by(ACME, "o9") == [a_pause()]
    assert not await stores.pauses.add_if_new(a_pause())


async def test_only_pauses_in_force_whose_day_has_come_are_over(stores: Stores) -> None:
    await stores.pauses.add_if_new(a_pause("due", until=NOW))
    await stores.pauses.add_if_new(a_pause("foreign", account_id=OTHER, until=NOW))
    await stores.pauses.add_if_new(a_pause("later", until=LATER))
    await stores.pauses.add_if_new(a_pause("open", until=None))
    await stores.pauses.add_if_new(a_pause("ended", until=NOW))
    await stores.pauses.end(ACME, "ended", by="")

    assert {p.id for p in await stores.pauses.over(NOW)} == {"due", "foreign"}


# --- approvals


async def test_of_two_words_at_once_one_comes_first(stores: Stores) -> None:
    words = await asyncio.gather(
        *(stores.approvals.ask(an_approval(asked_by_name=name)) for name in ("Ann", "Bob"))
    )

    assert words[0] == words[1]


async def test_a_word_that_is_over_makes_place_for_a_new_one(stores: Stores) -> None:
    await stores.approvals.ask(an_approval())
    late = an_approval(asked_at=NOW + DAY, expires_at=NOW + 2 * DAY)

    assert await stores.approvals.open(ACME, at=NOW) == [an_approval()]
    assert await stores.approvals.open(ACME, at=NOW + DAY) == []
    assert await stores.approvals.ask(late) == late
    assert await stores.approvals.close(ACME, "a1") is True
    assert await stores.approvals.close(ACME, "a1") is False


async def test_an_account_has_no_threshold_before_it_chose_one(stores: Stores) -> None:
    assert await stores.approvals.threshold(ACME) is None

    await stores.approvals.set_threshold(ACME, 0)

    assert await stores.approvals.threshold(ACME) == 0


# --- the ledger


async def test_a_pause_keeps_back_what_has_not_left_and_puts_claimed_ones_back(
    stores: Stores,
) -> None:
    await one_of_each(stores)

    waiting = await stores.reach.pause(ACME, Scope(sequence_id="s1"), "o1", at=NOW)

    assert waiting == 3
    paused = {s for s in MessageStatus if (await known(stores, s.value)).paused_by}
    # One in doubt may yet be planned again, and must wait then.
    assert paused == {PLANNED, HELD, CLAIMED, SENDING, MessageStatus.UNKNOWN}
    claimed = await known(stores, "claimed")
    assert (claimed.status, claimed.token, claimed.ledger[-1].kind) == (PLANNED, "", "paused")
    assert (await known(stores, "sending")).status is SENDING


async def test_a_pause_pressed_twice_is_one(stores: Stores) -> None:
    await stores.messages.add_planned([a_message()])

    for _ in range(2):
        assert await stores.reach.pause(ACME, Scope(), "o1", at=NOW) == 1

    message = await known(stores, "bob")
    assert message.paused_by == ("o1",)
    assert [line.kind for line in message.ledger] == ["planned", "paused"]


async def test_what_is_paused_is_neither_due_nor_late_and_cannot_be_intended(
    stores: Stores,
) -> None:
    await stores.messages.add_planned([a_message(held_until=NOW - DAY)])
    window = {"since": NOW - DAY, "now": NOW, "lease": LATER}
    (held,) = await stores.outbox.claim_due(**window, limit=1)

    await stores.reach.pause(ACME, Scope(email="bob@pine.test"), "o1", at=NOW)

    assert await stores.outbox.intend(held, digest="d", now=NOW, lease=LATER) is False
    assert await stores.outbox.claim_due(**window, limit=1) == []
    assert await stores.lateness.late(before=NOW + DAY, now=NOW + DAY, limit=9) == []


async def test_what_two_pauses_hold_leaves_after_the_second(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(send_at=NOW + DAY)])
    for pause_id in ("o1", "o2"):
        await stores.reach.pause(ACME, Scope(), pause_id, at=NOW)

    assert await stores.reach.release(ACME, "o1", at=LATER) == 1
    assert (await known(stores, "bob")).paused_by == ("o2",)
    assert await stores.reach.release(ACME, "o2", at=LATER) == 1
    assert await stores.reach.release(ACME, "o2", at=LATER) == 0

    free = await known(stores, "bob")
    assert (free.paused_by, free.send_at) == ((), NOW + DAY)


async def test_what_was_due_a_moment_ago_is_late_when_it_is_released(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(send_at=NOW - MINUTE, held_until=NOW - DAY)])
    await stores.reach.pause(ACME, Scope(), "o1", at=NOW)

    await stores.reach.release(ACME, "o1", at=NOW)

    claimed = await stores.outbox.claim_due(since=NOW - 10 * MINUTE, now=NOW, lease=LATER, limit=9)
    assert claimed == []
    assert len(await stores.lateness.late(before=NOW - 10 * MINUTE, now=NOW, limit=9)) == 1


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        (Scope(), {"bob", "ann", "else"}),
        (Scope(sequence_id="s1"), {"bob", "ann"}),
        (Scope(proposal_id="p2"), {"else"}),
        (Scope(mailbox_id="m2"), {"ann"}),
        (Scope(company="oak.test"), {"ann"}),
        (Scope(email="bob@pine.test"), {"bob"}),
        (Scope(step=2), {"ann"}),
        (Scope(places=(("", "Europe/Paris"),)), {"ann"}),
        (Scope(places=()), set()),
    ],
)
async def test_a_scope_reaches_exactly_what_it_names(
    stores: Stores, scope: Scope, reached: set[str]
) -> None:
    ann = a_message(
        "ann", 2, mailbox_id="m2", company="oak.test", country="", timezone="Europe/Paris"
    )
    other = a_message("else", sequence_id="s2", proposal_id="p2")
    foreign = a_message("mal", account_id=OTHER)
    await stores.messages.add_planned([a_message(), ann, other, foreign])

    opened = await stores.reach.opened(ACME, scope)

    assert {m.person_id for m in opened} == reached
    assert sum((await stores.reach.tally(ACME, scope)).values()) == len(reached)


async def test_places_are_those_of_what_has_not_left(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(),
            a_message("ann", country="", timezone="Europe/Paris"),
            a_message("gone", country="FR", status=SENT),
            a_message("else", country="NO", sequence_id="s2"),
        ]
    )

    assert await stores.reach.places(ACME, "s1") == [
        ("", "Europe/Paris"),
        ("DE", "Europe/Berlin"),
    ]
    assert len(await stores.reach.places(ACME, "")) == 3


async def test_an_order_restores_what_it_cancelled_and_nothing_else(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(), a_message("ann")])
    await stores.messages.cancel(ACME, reason="opted out", at=NOW, email="ann@pine.test")
    await stores.messages.cancel(ACME, reason="stop", at=NOW, sequence_id="s1", by="o1")

    assert await stores.reach.restore(ACME, "o1", at=LATER) == 1
    assert await stores.reach.restore(ACME, "o1", at=LATER) == 0

    back = await known(stores, "bob")
    assert (back.status, back.reason, back.cancelled_by) == (PLANNED, "", "")
    assert (await known(stores, "ann")).status is CANCELLED
    window = {"since": NOW - DAY, "now": NOW, "lease": LATER}
    (held,) = await stores.outbox.claim_due(**window, limit=9)
    assert await stores.outbox.intend(held, digest="d", now=NOW, lease=LATER) is True


async def test_a_mail_gets_other_words_only_before_the_wire(stores: Stores) -> None:
    await one_of_each(stores)

    reworded = {
        status
        for status in MessageStatus
        if await stores.reach.reword(
            a_message(status.value), subject="New", body="words", note="o1", at=NOW
        )
    }

    assert reworded == {PLANNED, HELD, CLAIMED}
    claimed = await known(stores, "claimed")
    assert (claimed.subject, claimed.body, claimed.status) == ("New", "words", PLANNED)
    again = a_message("claimed")  # as it was read before it had its new words
    assert not await stores.reach.reword(again, subject="Else", body="x", note="o2", at=NOW)


async def test_taking_a_plan_back_forgets_whoever_got_nothing_and_keeps_who_did(
    stores: Stores,
) -> None:
    gone = a_message("gone", status=HELD)
    half = [a_message("half", status=SENT), a_message("half", step=2)]
    tried = a_message("tried", attempts=1)
    claimed = a_message("claimed", status=CLAIMED)
    wire = a_message("wire", status=SENDING, attempts=1)
    other_plan = a_message("other", proposal_id="p2")
    await stores.messages.add_planned([gone, *half, tried, claimed, wire, other_plan])

    taken = await stores.reach.take_back(ACME, "p1", reason="undone", at=NOW)

    assert (taken.back, taken.left) == (4, 2)
    assert await stores.reach.written_to(ACME, "s1") == {
        "s1:half",
        "s1:tried",
        "s1:wire",
        "s1:other",
    }
    assert (await known(stores, "half", 2)).status is CANCELLED
    assert (await known(stores, "tried")).status is CANCELLED
    assert (await known(stores, "wire")).status is SENDING
    assert await known(stores, "other") == other_plan
    again = await stores.reach.take_back(ACME, "p1", reason="undone", at=NOW)
    assert (again.back, again.left) == (0, 2)


async def test_words_come_back_unless_somebody_changed_them_again(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(), a_message("ann"), a_message("eve")])
    for key, note in (("bob", "o1"), ("ann", "o1"), ("eve", "o2")):
        await stores.reach.reword(a_message(key), subject="New", body="n", note=note, at=NOW)
    again = a_message("ann", subject="New", body="n")
    await stores.reach.reword(again, subject="Newer", body="n", note="o2", at=NOW)

    assert await stores.reach.give_words_back(ACME, "s1", "o1", at=LATER) == 1
    assert await stores.reach.give_words_back(ACME, "s1", "o1", at=LATER) == 0

    subjects = [(await known(stores, key)).subject for key in ("bob", "ann", "eve")]
    assert subjects == [a_message().subject, "Newer", "New"]
