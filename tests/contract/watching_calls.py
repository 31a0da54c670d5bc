"""One call of every method that tells what stands still."""

from __future__ import annotations

from datetime import timedelta

from qrev.accounts.models import AccountId
from qrev.campaigns.watching import Stall
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import MINUTE
from tests.contract.stores import Call, Stores


def a_stall(account_id: AccountId = ACME, **changes: object) -> Stall:
    facts: dict[str, object] = {
        "sequence_id": "s1",
        "since": TUESDAY_10AM,
        "kind": "mailbox",
        "because": "alice@acme.test is paused",
        "waiting": 3,
    }
    return Stall(account_id=account_id, **facts | changes)  # type: ignore[arg-type]


async def fill_watching(s: Stores) -> None:
    await s.stalls.open(a_stall())


WATCHING = (
    Call(
        "stillness",
        "waiting",
        lambda s, _: s.stillness.waiting(
            before=TUESDAY_10AM + MINUTE, tried_until=TUESDAY_10AM + timedelta(hours=1)
        ),
    ),
    Call("stillness", "last_left", lambda s, a: s.stillness.last_left(a), reads=True),
    Call("stalls", "all", lambda s, _: s.stalls.all()),
    Call("stalls", "open", lambda s, a: s.stalls.open(a_stall(a, kind="worker"))),
    Call("stalls", "close", lambda s, a: s.stalls.close(a)),
)
