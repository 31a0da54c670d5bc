"""What every port that vendors are reached through promises."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from qrev.accounts.models import UserId
from qrev.campaigns.hearing.models import EventKind
from qrev.campaigns.models import MessageStatus
from qrev.crm.meetings import BEFORE, MeetingState
from qrev.integrations.hubspot.models import Link
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE, a_message
from tests.contract.hearing_calls import an_event
from tests.contract.stores import Stores
from tests.contract.vendor_builders import (
    CONNECTION_ID,
    HUBSPOT,
    a_call,
    a_connection,
    a_meeting,
    a_row,
    a_sync,
    an_attempt,
)

pytestmark = pytest.mark.anyio
STARTED = MeetingState.STARTED
NOW, LATER = TUESDAY_10AM, TUESDAY_10AM + MINUTE


async def test_of_many_who_would_refresh_a_connection_one_may(stores: Stores) -> None:
    await stores.connections.put(a_connection())
    kept = await stores.connections.get(ACME, CONNECTION_ID)
    assert kept is not None

    won = await asyncio.gather(
        *(stores.connections.lease(kept, now=NOW, until=LATER) for _ in range(5))
    )
    early = await stores.connections.lease(kept, now=NOW, until=LATER)
    late = await stores.connections.lease(kept, now=LATER, until=LATER + MINUTE)

    assert sorted(won) == [False] * 4 + [True]
    assert (early, late) == (False, True)


async def test_what_is_released_or_replaced_may_be_refreshed_again(stores: Stores) -> None:
    await stores.connections.put(a_connection())
    first = await stores.connections.get(ACME, CONNECTION_ID)
    assert first is not None
    await stores.connections.lease(first, now=NOW, until=LATER)
    await stores.connections.release(first)

    assert await stores.connections.lease(first, now=NOW, until=LATER)
    assert await stores.connections.replace(a_connection(label="new"), was=first.version)
    assert not await stores.connections.replace(a_connection(), was=first.version)
    second = await stores.connections.get(ACME, CONNECTION_ID)
    assert second == a_connection(label="new", version=first.version + 1)
    assert await stores.connections.lease(second, now=NOW, until=LATER)


async def test_connections_are_found_by_service_outside_id_and_key(stores: Stores) -> None:
    await stores.connections.put(a_connection())
    await stores.connections.put(
        a_connection(id="con2", account_id=OTHER, external_id="1", is_revoked=True, key_id="old")
    )

    good = await stores.connections.of_vendor(HUBSPOT)
    outside = await stores.connections.of_vendor(HUBSPOT, external_id="1")
    stale = await stores.connections.sealed_with(["old"], 5)

    assert [each.account_id for each in good] == [ACME]
    assert [each.account_id for each in outside] == [OTHER]
    assert [each.id for each in stale] == ["con2"]
    assert await stores.connections.remove(ACME, CONNECTION_ID)
    assert not await stores.connections.remove(ACME, CONNECTION_ID)


async def test_an_attempt_is_taken_once_by_whoever_began_it(stores: Stores) -> None:
    await stores.connecting.add(an_attempt())

    async def take(user_id: UserId = ALICE, at: object = NOW) -> object:
        return await stores.connecting.take(
            "d1",
            vendor=HUBSPOT,
            account_id=ACME,
            user_id=user_id,
            session_id=None,
            now=LATER if at is LATER else NOW,
        )

    assert await take(UserId("bob")) is None
    assert await take(at=LATER) is None
    assert await take() == an_attempt()
    assert await take() is None


async def test_calls_are_paged_the_newest_first_and_by_whom_they_are_about(
    stores: Stores,
) -> None:
    for number in range(3):
        about = ("ann@pine.test",) if number else ("bo@pine.test", "ann@pine.test")
        await stores.calls.add(a_call(f"call{number}", at=NOW + number * MINUTE, about=about))

    first = await stores.calls.page(ACME, vendor=None, email="", before=None, limit=2)
    place = (first[-1].at, first[-1].id)
    rest = await stores.calls.page(ACME, vendor=HUBSPOT, email="", before=place, limit=2)
    of_bo = await stores.calls.page(ACME, vendor=None, email="bo@pine.test", before=None, limit=2)

    assert [each.id for each in first] == ["call2", "call1"]
    assert [each.id for each in rest] == [each.id for each in of_bo] == ["call0"]


async def test_a_sync_is_claimed_by_one_and_saved_only_as_it_was_seen(stores: Stores) -> None:
    assert await stores.syncs.add_if_new(a_sync())
    assert not await stores.syncs.add_if_new(a_sync(rows=9))

    claims = await asyncio.gather(*(stores.syncs.claim_due(now=NOW, until=LATER) for _ in range(3)))
    [mine] = [each for each in claims if each is not None]

    assert await stores.syncs.save(mine)
    assert not await stores.syncs.save(mine)
    assert await stores.syncs.claim_due(now=NOW, until=LATER) is None
    await stores.syncs.hasten(ACME, NOW)
    assert await stores.syncs.claim_due(now=NOW, until=LATER) is not None


async def test_a_sync_comes_back_as_it_was_kept(stores: Stores) -> None:
    await stores.syncs.add_if_new(a_sync())
    whole = a_sync(since=NOW, pushed_after=("a", "b"), mails_after=(NOW, "m"), is_pushing=True)

    await stores.syncs.save(whole)

    assert await stores.syncs.get(ACME) == a_sync(
        since=NOW, pushed_after=("a", "b"), mails_after=(NOW, "m"), is_pushing=True, version=2
    )


async def test_the_same_page_twice_is_one_page_and_pages_keep_their_order(stores: Stores) -> None:
    for page in (1, 0, 0):
        await stores.pulled.put(ACME, "run1", page, [a_row(str(page))], at=NOW)

    rows = await stores.pulled.of_run(ACME, "run1")
    await stores.pulled.forget(ACME)

    assert rows == [a_row("0"), a_row("1")]
    assert await stores.pulled.of_run(ACME, "run1") == []


async def test_links_are_replaced_and_forgotten_with_the_sync(stores: Stores) -> None:
    await stores.syncs.add_if_new(a_sync())
    for digest in ("x", "y"):
        link = Link(person_id="ann", contact_id="101", digest=digest)
        await stores.links.put(ACME, [link])

    kept = await stores.links.get_many(ACME, ["ann", "bo"])
    await stores.links.forget(ACME)

    assert kept == {"ann": Link(person_id="ann", contact_id="101", digest="y")}
    assert await stores.links.get_many(ACME, ["ann"]) == {}
    assert await stores.syncs.get(ACME) is None


async def test_sent_mails_come_in_the_order_they_left_in(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message(name, status=MessageStatus.SENT, sent_at=NOW + minutes * MINUTE)
            for name, minutes in (("cy", 2), ("ann", 0), ("bo", 1))
        ]
        + [a_message("dee")]
    )

    first = await stores.mails_that_left.after(ACME, (NOW - MINUTE, ""), 2)
    assert first[-1].sent_at is not None
    rest = await stores.mails_that_left.after(ACME, (first[-1].sent_at, first[-1].id), 2)

    assert [m.sent_at for m in first] == [NOW, NOW + MINUTE]
    assert [m.sent_at for m in rest] == [NOW + 2 * MINUTE]


async def test_a_call_moves_only_the_way_it_may(stores: Stores) -> None:
    await stores.meetings.add(a_meeting())

    begun = await stores.meetings.move("zoom-mtg1", STARTED, among=BEFORE[STARTED])
    again = await stores.meetings.move("zoom-mtg1", STARTED, among=BEFORE[STARTED])
    unknown = await stores.meetings.move("zoom-none", STARTED, among=BEFORE[STARTED])

    assert begun == a_meeting(state=STARTED)
    assert (again, unknown) == (None, None)


async def test_one_mail_carries_the_invitation_to_a_call_ahead(stores: Stores) -> None:
    await stores.meetings.add(a_meeting())
    await stores.meetings.add(a_meeting("mtg2", starts_at=NOW))
    await stores.meetings.add(a_meeting("mtg3", state=MeetingState.CANCELLED))

    ahead = await stores.meetings.to_invite(ACME, ["ann", "bo"], now=NOW)
    told = [await stores.meetings.invite_in(ACME, "mtg1", m) for m in ("m1", "m1", "m2")]

    assert ahead == [a_meeting()]
    assert told == [True, True, False]
    assert not await stores.meetings.invite_in(OTHER, "mtg1", "m1")


async def test_people_with_a_call_are_counted_once_for_each_campaign(stores: Stores) -> None:
    wanted: dict[str, dict[str, Any]] = {
        "1": {},
        "2": {},
        "3": {"person_id": "bo"},
        "4": {"sequence_id": "s2"},
        "5": {"sequence_id": "s3", "state": MeetingState.CANCELLED},
        "6": {"account_id": OTHER},
    }
    for id_, changes in wanted.items():
        await stores.meetings.add(a_meeting(id_, **changes))

    assert await stores.meetings.booked(ACME, ["s1", "s2", "s3"]) == {"s1": 2, "s2": 1}


async def test_calls_with_somebody_are_read_the_latest_first_and_forgotten_with_their_member(
    stores: Stores,
) -> None:
    await stores.meetings.add(a_meeting("early"))
    await stores.meetings.add(a_meeting("late", starts_at=LATER + 90 * MINUTE))
    await stores.meetings.add(a_meeting("bobs", by=UserId("bob"), starts_at=NOW))

    found = await stores.meetings.of_person(ACME, "ann")
    await stores.meetings.forget(ACME, ALICE)

    assert [each.id for each in found] == ["late", "early", "bobs"]
    assert [each.id for each in await stores.meetings.of_person(ACME, "ann")] == ["bobs"]


async def test_a_call_came_of_the_campaign_that_reached_somebody_last(stores: Stores) -> None:
    await stores.messages.add_planned(
        [
            a_message("ann", status=MessageStatus.SENT, sent_at=NOW),
            a_message("bob", status=MessageStatus.SENT, sent_at=NOW),
        ]
    )
    [mail] = await stores.mails_that_left.after(ACME, (NOW - MINUTE, ""), 1)

    assert await stores.last_campaign.of_address(ACME, mail.to) == mail.sequence_id
    assert await stores.last_campaign.of_address(ACME, "nobody@pine.test") == ""


async def test_what_was_heard_comes_in_the_order_it_was_heard_in(stores: Stores) -> None:
    for name, minutes, kind in (
        ("late", 2, EventKind.REPLIED),
        ("early", 0, EventKind.BOUNCED),
        ("away", 1, EventKind.AWAY),
    ):
        await stores.events.add_if_new(an_event(name, at=NOW + minutes * MINUTE, kind=kind))
    kinds = [EventKind.REPLIED, EventKind.BOUNCED]

    first = await stores.heard_since.after(ACME, (NOW - MINUTE, ""), kinds=kinds, limit=1)
    place = (first[0].at, first[0].id)
    rest = await stores.heard_since.after(ACME, place, kinds=kinds, limit=5)

    assert [each.id for each in (*first, *rest)] == ["early", "late"]
