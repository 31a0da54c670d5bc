"""What every Notices and Mailboxes promise."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import MINUTE, a_mailbox, a_notice
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_a_notice_told_twice_is_shown_once_as_it_came_first(stores: Stores) -> None:
    await stores.notices.tell(a_notice())
    await stores.notices.tell(a_notice(text="Else", at=TUESDAY_10AM + MINUTE))

    assert await stores.notices.since(["c1"], TUESDAY_10AM) == [a_notice()]
    assert await stores.notices.unposted("c1") == [a_notice()]


async def test_a_conversation_is_told_what_is_its_own_and_recent_in_order(stores: Stores) -> None:
    for n in (3, 1, 0, 2):
        await stores.notices.tell(a_notice(f"n{n}", at=TUESDAY_10AM + n * MINUTE))
    await stores.notices.tell(a_notice("x", conversation_id="c2", at=TUESDAY_10AM + 9 * MINUTE))
    await stores.notices.tell(a_notice("y", conversation_id="c3", at=TUESDAY_10AM + 9 * MINUTE))

    told = await stores.notices.since(["c1", "c2"], TUESDAY_10AM + MINUTE)

    assert [n.id for n in told] == ["n1", "n2", "n3", "x"]
    assert await stores.notices.since([], TUESDAY_10AM) == []


async def test_of_those_who_would_post_a_text_one_does(stores: Stores) -> None:
    await stores.notices.tell(a_notice())

    claims = await asyncio.gather(*(stores.notices.claim_posting("n1") for _ in range(8)))

    assert claims.count(True) == 1
    assert await stores.notices.unposted("c1") == []
    assert await stores.notices.since(["c1"], TUESDAY_10AM) == [a_notice()]


async def test_a_text_told_again_after_it_was_posted_is_not_posted_again(stores: Stores) -> None:
    await stores.notices.tell(a_notice())
    await stores.notices.claim_posting("n1")

    await stores.notices.tell(a_notice())

    assert await stores.notices.unposted("c1") == []
    assert await stores.notices.claim_posting("n1") is False


async def test_a_card_that_should_look_again_is_nothing_to_post(stores: Stores) -> None:
    card = a_notice(text="", card_id="s1")
    await stores.notices.tell(card)

    assert await stores.notices.unposted("c1") == []
    assert await stores.notices.claim_posting("n1") is False
    assert await stores.notices.since(["c1"], TUESDAY_10AM) == [card]


async def test_a_notice_that_is_not_there_cannot_be_posted(stores: Stores) -> None:
    assert await stores.notices.claim_posting("n1") is False


async def test_unposted_texts_come_in_order(stores: Stores) -> None:
    for n in (2, 0, 1):
        await stores.notices.tell(a_notice(f"n{n}", at=TUESDAY_10AM + n * MINUTE))
    await stores.notices.tell(a_notice("x", conversation_id="c2"))

    assert [n.id for n in await stores.notices.unposted("c1")] == ["n0", "n1", "n2"]


async def test_a_mailbox_is_new_once_and_stays_as_it_came(stores: Stores) -> None:
    were_new = await asyncio.gather(*(stores.mailboxes.add_if_new(a_mailbox()) for _ in range(8)))

    assert were_new.count(True) == 1
    assert await stores.mailboxes.add_if_new(a_mailbox(cap=1)) is False
    assert await stores.mailboxes.of_account(ACME) == [a_mailbox()]


async def test_mailboxes_come_by_their_address_and_only_to_their_account(stores: Stores) -> None:
    warmed = a_mailbox("m2", email="a@acme.test", ramp_started_on=None)
    for each in (a_mailbox(), warmed, a_mailbox("m3", account_id=OTHER)):
        await stores.mailboxes.add_if_new(each)

    assert await stores.mailboxes.of_account(ACME) == [warmed, a_mailbox()]


async def test_how_a_mailbox_sends_is_set_and_nothing_else_of_it(stores: Stores) -> None:
    await stores.mailboxes.add_if_new(a_mailbox())
    sends: dict[str, Any] = {
        "cap": 7,
        "timezone": "Asia/Tokyo",
        "ramp_started_on": TUESDAY_10AM.date(),
    }

    await stores.mailboxes.set_sending(ACME, a_mailbox(**sends, name="Other", is_paused=True))
    await stores.mailboxes.set_sending(OTHER, a_mailbox(cap=1))

    assert await stores.mailboxes.of_account(ACME) == [a_mailbox(**sends)]


async def test_a_paused_mailbox_says_why_and_the_others_go_on(stores: Stores) -> None:
    for key in ("m1", "m2"):
        await stores.mailboxes.add_if_new(a_mailbox(key))

    await stores.mailboxes.pause(ACME, "m1", "token revoked")

    paused = a_mailbox(is_paused=True, paused_reason="token revoked")
    assert await stores.mailboxes.of_account(ACME) == [paused, a_mailbox("m2")]
