"""What every EventBook, Sent and Places promise."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.campaigns.hearing.models import EventKind
from qrev.campaigns.hearing.ports import Place
from qrev.campaigns.models import MessageStatus
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_mailbox, a_message
from tests.contract.hearing_calls import an_event
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
NOW = TUESDAY_10AM


async def test_an_event_heard_twice_is_there_once_as_it_came_first(stores: Stores) -> None:
    news = await asyncio.gather(*(stores.events.add_if_new(an_event()) for _ in range(4)))
    await stores.events.add_if_new(an_event(note="else"))

    assert news.count(True) == 1
    assert await stores.events.of_person(ACME, "bob") == [an_event()]


async def test_events_are_read_by_person_and_by_address_the_newest_first(stores: Stores) -> None:
    later = an_event("e2", at=NOW + MINUTE, kind=EventKind.AWAY)
    for event in (an_event(), later, an_event("e3", person_id="eve", email="eve@pine.test")):
        await stores.events.add_if_new(event)

    assert await stores.events.of_person(ACME, "bob") == [later, an_event()]
    assert await stores.events.of_address(ACME, "bob@pine.test", EventKind.AWAY) == [later]


async def test_people_are_counted_not_events(stores: Stores) -> None:
    for event in (
        an_event(),
        an_event("e2"),
        an_event("e3", prospect_id="s1:eve"),
        an_event("e4", kind=EventKind.BOUNCED),
        an_event("e5", sequence_id="s2"),
    ):
        await stores.events.add_if_new(event)

    counts = await stores.events.counts(ACME, ["s1", "s3"])

    assert {key: dict(each) for key, each in counts.items()} == {
        "s1": {EventKind.REPLIED: 2, EventKind.BOUNCED: 1}
    }


async def test_a_mailbox_has_its_events_of_late(stores: Stores) -> None:
    for event in (
        an_event("e1", at=NOW - DAY),
        an_event("e2", at=NOW),
        an_event("e3", at=NOW, mailbox_id="m2"),
    ):
        await stores.events.add_if_new(event)

    assert dict(await stores.events.of_mailbox(ACME, "m1", since=NOW)) == {EventKind.REPLIED: 1}


async def test_what_was_handed_over_is_found_by_address_and_by_mailbox(stores: Stores) -> None:
    await stores.messages.add_planned([a_message(), a_message(step=2, send_at=NOW + DAY)])
    (message,) = await stores.outbox.claim_due(
        since=NOW - MINUTE, now=NOW, lease=NOW + MINUTE, limit=1
    )
    await stores.outbox.intend(message, digest="d", now=NOW, lease=NOW + MINUTE)

    found = await stores.sent.to_address(ACME, "bob@pine.test")

    assert [m.id for m in found] == ["s1:bob:1"]
    assert await stores.sent.recent(ACME, "m1", since=NOW) == [("s1:bob:1", "")]
    assert await stores.sent.recent(ACME, "m1", since=NOW + MINUTE) == []


async def test_what_is_kept_back_leaves_later_and_nothing_else_does(stores: Stores) -> None:
    claimed = a_message("ann", status=MessageStatus.CLAIMED, token="t")
    sent = a_message("ann", 2, status=MessageStatus.SENT, sent_at=NOW)
    await stores.messages.add_planned([claimed, sent, a_message(), a_message("ann", 3)])
    until = NOW + 7 * DAY

    kept = await stores.sent.keep_back(ACME, "ann@pine.test", until=until, at=NOW)
    again = await stores.sent.keep_back(ACME, "ann@pine.test", until=until - DAY, at=NOW)

    first = await stores.messages.get(ACME, claimed.id)
    assert (kept, again) == (2, 0)
    assert first is not None
    assert (first.held_until, first.status, first.token) == (until, MessageStatus.PLANNED, "")
    assert first.ledger[-1].note == "they are away until 10 March"
    assert await stores.messages.get(ACME, sent.id) == sent
    assert await stores.messages.get(ACME, "s1:bob:1") == a_message()


async def test_one_listens_at_a_time_and_goes_on_where_it_was_left(stores: Stores) -> None:
    claims = await asyncio.gather(
        *(stores.places.claim(ACME, "m1", at=NOW, until=NOW + MINUTE) for _ in range(5))
    )
    place = Place(mark="17", heard_at=NOW, trouble="it is away")
    await stores.places.put(ACME, "m1", place, free_at=NOW + MINUTE)

    assert claims.count(True) == 1
    assert await stores.places.claim(ACME, "m1", at=NOW + MINUTE, until=NOW + DAY)
    assert await stores.places.get(ACME, "m1") == place
    assert await stores.places.get(OTHER, "m1") == Place()


async def test_every_mailbox_that_can_be_listened_to_is(stores: Stores) -> None:
    for mailbox in (a_mailbox("m1"), replace(a_mailbox("m2"), channel="smtp")):
        await stores.mailboxes.add_if_new(mailbox)

    assert await stores.places.listened([a_mailbox("m1").channel]) == [(ACME, "m1")]
