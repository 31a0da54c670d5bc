"""Connections and syncing: one of each kept, and one call of every method."""

from __future__ import annotations

from qrev.campaigns.hearing.models import EventKind
from qrev.crm.meetings import BEFORE, MeetingState
from qrev.integrations.hubspot.models import Link
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE
from tests.contract.stores import Call, Stores
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

ENDED = MeetingState.ENDED
LATER = TUESDAY_10AM + MINUTE
LINK = Link(person_id="ann", contact_id="101", digest="x")
AT_FIRST = (TUESDAY_10AM - MINUTE, "")


async def fill_vendors(s: Stores) -> None:
    await s.connections.put(a_connection())
    await s.connecting.add(an_attempt())
    await s.calls.add(a_call())
    await s.meetings.add(a_meeting())
    await s.syncs.add_if_new(a_sync())
    await s.pulled.put(a_sync().account_id, "run1", 0, [a_row()], at=TUESDAY_10AM)
    await s.links.put(a_sync().account_id, [LINK])


VENDORS = (
    Call("connections", "get", lambda s, a: s.connections.get(a, CONNECTION_ID), reads=True),
    Call("connections", "put", lambda s, a: s.connections.put(a_connection())),
    Call(
        "connections",
        "lease",
        lambda s, a: s.connections.lease(a_connection(), now=LATER, until=LATER + MINUTE),
    ),
    Call("connections", "release", lambda s, a: s.connections.release(a_connection())),
    Call("connections", "replace", lambda s, a: s.connections.replace(a_connection(), was=9)),
    Call("connections", "of_vendor", lambda s, a: s.connections.of_vendor(HUBSPOT)),
    Call(
        "connections",
        "of_vendor",
        lambda s, a: s.connections.of_vendor(HUBSPOT, external_id="62515"),
    ),
    Call("connections", "sealed_with", lambda s, a: s.connections.sealed_with(["old"], 5)),
    Call("connections", "remove", lambda s, a: s.connections.remove(a, "nothing")),
    Call("connecting", "add", lambda s, a: s.connecting.add(an_attempt("d2"))),
    Call(
        "connecting",
        "take",
        lambda s, a: s.connecting.take(
            "d1", vendor=HUBSPOT, account_id=a, user_id=ALICE, session_id=None, now=LATER
        ),
    ),
    Call("calls", "add", lambda s, a: s.calls.add(a_call("call2"))),
    *(
        Call(
            "calls",
            "page",
            lambda s, a, v=vendor, e=email: s.calls.page(  # type: ignore[misc]
                a, vendor=v, email=e, before=(LATER, "x"), limit=5
            ),
            reads=True,
        )
        for vendor, email in ((None, ""), (HUBSPOT, ""), (None, "ann@pine.test"))
    ),
    Call("syncs", "get", lambda s, a: s.syncs.get(a), reads=True),
    Call("syncs", "add_if_new", lambda s, a: s.syncs.add_if_new(a_sync())),
    Call("syncs", "save", lambda s, a: s.syncs.save(a_sync(version=99))),
    Call("syncs", "claim_due", lambda s, a: s.syncs.claim_due(now=LATER, until=LATER + MINUTE)),
    Call("syncs", "hasten", lambda s, a: s.syncs.hasten(a, LATER)),
    Call("pulled", "put", lambda s, a: s.pulled.put(a, f"run of {a}", 0, [], at=LATER)),
    Call("pulled", "of_run", lambda s, a: s.pulled.of_run(a, "run1"), reads=True),
    Call("pulled", "forget", lambda s, a: s.pulled.forget(a)),
    Call("links", "get_many", lambda s, a: s.links.get_many(a, ["ann"]), reads=True),
    Call("links", "put", lambda s, a: s.links.put(a, [])),
    Call(
        "mails_that_left", "after", lambda s, a: s.mails_that_left.after(a, AT_FIRST, 5), reads=True
    ),
    Call("meetings", "add", lambda s, a: s.meetings.add(a_meeting("mtg2"))),
    Call("meetings", "of_person", lambda s, a: s.meetings.of_person(a, "ann"), reads=True),
    Call("meetings", "booked", lambda s, a: s.meetings.booked(a, ["s1"]), reads=True),
    Call(
        "meetings",
        "to_invite",
        lambda s, a: s.meetings.to_invite(a, ["ann"], now=TUESDAY_10AM),
        reads=True,
    ),
    Call("meetings", "invite_in", lambda s, a: s.meetings.invite_in(a, "mtg1", "m1")),
    Call(
        "meetings",
        "move",
        lambda s, a: s.meetings.move("zoom-none", ENDED, among=BEFORE[ENDED]),
    ),
    Call("meetings", "forget", lambda s, a: s.meetings.forget(a, ALICE)),
    Call(
        "last_campaign",
        "of_address",
        lambda s, a: s.last_campaign.of_address(a, "ann@pine.test"),
        reads=True,
    ),
    Call(
        "heard_since",
        "after",
        lambda s, a: s.heard_since.after(
            a, AT_FIRST, kinds=[EventKind.REPLIED, EventKind.BOUNCED], limit=5
        ),
        reads=True,
    ),
    Call("links", "forget", lambda s, a: s.links.forget(a)),
)
