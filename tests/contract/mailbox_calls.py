"""One call of every method about mailboxes, and about mails of which nobody knows."""

from __future__ import annotations

from qrev.campaigns.doubt import Settlement
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Outcome
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_login, a_mailbox, a_message
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE


async def fill_mailboxes(s: Stores) -> None:
    """Give Acme a mail that left, the whole way."""
    before = TUESDAY_10AM - DAY
    await s.messages.add_planned([a_message("eve", send_at=before, held_until=before)])
    [mine] = await s.outbox.claim_due(
        since=before - DAY, now=TUESDAY_10AM - MINUTE, lease=LATER, limit=5
    )
    assert await s.outbox.intend(mine, digest="d", now=TUESDAY_10AM, lease=LATER)
    outcome = Outcome(status=MessageStatus.SENT, note="sent", at=TUESDAY_10AM)
    assert await s.outbox.record(mine, outcome)


A_LOOK = Settlement(status=MessageStatus.PLANNED, note="not there", at=LATER, send_at=LATER)
DOUBTS = (
    Call("doubts", "to_look_at", lambda s, a: s.doubts.to_look_at(now=LATER, limit=5)),
    Call(
        "doubts",
        "in_doubt",
        lambda s, a: s.doubts.in_doubt(a, before=(LATER, "x"), limit=5),
        reads=True,
    ),
    Call("doubts", "in_doubt", lambda s, a: s.doubts.in_doubt(a, before=None, limit=5), reads=True),
    Call("doubts", "of_ids", lambda s, a: s.doubts.of_ids(a, ["s1:dan:1"]), reads=True),
    Call(
        "doubts",
        "note_look",
        lambda s, a: s.doubts.note_look(
            a_message(account_id=a), note="", at=LATER, look_at=LATER, is_absent=True
        ),
    ),
    Call("doubts", "settle", lambda s, a: s.doubts.settle(a_message(account_id=a), A_LOOK)),
)
MAILBOXES = (
    Call("records", "set", lambda s, a: s.records.set(a, a_mailbox(), ("name",))),
    Call("records", "remove", lambda s, a: s.records.remove(a, "none")),
    Call(
        "mailbox_mails",
        "attempts",
        lambda s, a: s.mailbox_mails.attempts(a, since=TUESDAY_10AM),
    ),
    Call("mailbox_mails", "waiting", lambda s, a: s.mailbox_mails.waiting(a), reads=True),
    Call(
        "mailbox_mails",
        "release",
        lambda s, a: s.mailbox_mails.release(a, "m1", held_beyond=LATER, until=TUESDAY_10AM),
    ),
    Call("logins", "get", lambda s, a: s.logins.get(a, "m1"), reads=True),
    Call("logins", "put", lambda s, a: s.logins.put(a_login(account_id=a))),
    Call("logins", "replace", lambda s, a: s.logins.replace(a_login(account_id=a), was=1)),
    Call("logins", "sealed_with", lambda s, a: s.logins.sealed_with(("old",), 5)),
    Call("logins", "remove", lambda s, a: s.logins.remove(a, "m1")),
)
