"""One call of every method that drafts are kept behind."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from qrev.accounts.models import AccountId
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import DAY, MINUTE, a_draft
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE


def _save(s: Stores, a: AccountId) -> Awaitable[Any]:
    return s.drafts.save(
        a, "s1:bob:1", version=1, subject="New", body="Words", at=LATER, by="alice"
    )


DRAFTS = (
    Call("drafts", "of_sequence", lambda s, a: s.drafts.of_sequence(a, "s1"), reads=True),
    Call("drafts", "get", lambda s, a: s.drafts.get(a, "s1:bob:1"), reads=True),
    Call("drafts", "of_prospect", lambda s, a: s.drafts.of_prospect(a, "s1:bob"), reads=True),
    Call("drafts", "count", lambda s, a: s.drafts.count(a, "s1"), reads=True),
    Call("drafts", "lacking", lambda s, a: s.drafts.lacking(a, "s1"), reads=True),
    Call("remarks", "tally", lambda s, a: s.remarks.tally(a, "s1"), reads=True),
    Call("remarks", "remarks", lambda s, a: s.remarks.remarks(a, "s1"), reads=True),
    Call("remarks", "drafted", lambda s, a: s.remarks.drafted(a, "s1"), reads=True),
    Call("versions", "versions", lambda s, a: s.versions.versions(a, "s1:bob:1"), reads=True),
    Call("drafts", "add_if_new", lambda s, a: s.drafts.add_if_new([a_draft()])),
    Call("drafts", "save", _save),
    Call(
        "drafts",
        "reset",
        lambda s, a: s.drafts.reset(a, "s1:bob:2", version=1, at=LATER, by="alice"),
    ),
    Call("locks", "lock", lambda s, a: s.locks.lock(a, "s1", until=LATER + DAY)),
    Call("locks", "unlock", lambda s, a: s.locks.unlock(a, ["s1:bob"])),
)
