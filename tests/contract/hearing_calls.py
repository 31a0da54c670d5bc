"""One call of every method that what is heard is kept behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.hearing.ports import Place
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE


def an_event(key: str = "e1", **changes: Any) -> Event:
    event = Event(
        id=key,
        account_id=ACME,
        kind=EventKind.REPLIED,
        at=TUESDAY_10AM,
        message_id="s1:bob:1",
        sequence_id="s1",
        prospect_id="s1:bob",
        person_id="bob",
        mailbox_id="m1",
        email="bob@pine.test",
        note="Sounds good",
        heard_id="h1",
    )
    return replace(event, **changes)


async def fill_hearing(s: Stores) -> None:
    await s.events.add_if_new(an_event())
    await s.places.claim(ACME, "m1", at=TUESDAY_10AM, until=LATER)
    await s.places.put(ACME, "m1", Place(mark="17", heard_at=TUESDAY_10AM))


HEARING = (
    Call("events", "of_person", lambda s, a: s.events.of_person(a, "bob"), reads=True),
    Call(
        "events",
        "of_address",
        lambda s, a: s.events.of_address(a, "bob@pine.test", EventKind.REPLIED),
        reads=True,
    ),
    Call("events", "counts", lambda s, a: s.events.counts(a, ["s1"]), reads=True),
    Call(
        "events",
        "of_mailbox",
        lambda s, a: s.events.of_mailbox(a, "m1", since=TUESDAY_10AM),
        reads=True,
    ),
    Call("events", "add_if_new", lambda s, _: s.events.add_if_new(an_event("e9"))),
    Call("sent", "to_address", lambda s, a: s.sent.to_address(a, "eve@pine.test"), reads=True),
    Call("sent", "recent", lambda s, a: s.sent.recent(a, "m1", since=TUESDAY_10AM), reads=True),
    Call(
        "sent",
        "keep_back",
        lambda s, a: s.sent.keep_back(a, "bob@pine.test", until=LATER + DAY, at=LATER),
    ),
    Call("places", "get", lambda s, a: s.places.get(a, "m1"), reads=True),
    Call("places", "put", lambda s, a: s.places.put(a, "m1", Place(mark="18"))),
    Call("places", "listened", lambda s, _: s.places.listened(["outbox"])),
    Call("places", "claim", lambda s, a: s.places.claim(a, "m1", at=LATER, until=LATER + DAY)),
)
