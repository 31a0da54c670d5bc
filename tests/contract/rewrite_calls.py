"""One call of every method that rewrites and their mails are kept behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Fact
from qrev.campaigns.rewriting.models import (
    Chosen,
    Rewrite,
    RewriteState,
    Rewritten,
    RowState,
    Which,
    Words,
    row_id,
)
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE


def a_rewrite(id: str = "rw1", **changes: Any) -> Rewrite:
    rewrite = Rewrite(
        id=id,
        account_id=ACME,
        sequence_id="s1",
        conversation_id="c1",
        instruction="shorter",
        which=Which.DRAFTS,
        chosen=Chosen(steps=(1, 2), titles=("cto",)),
        created_by=ALICE,
        created_at=TUESDAY_10AM,
        total=3,
    )
    return replace(rewrite, **changes)


def a_mail(place: int = 0, **changes: Any) -> Rewritten:
    row = Rewritten(
        id=row_id("rw1", f"s1:bob:{place}"),
        account_id=ACME,
        rewrite_id="rw1",
        draft_id=f"s1:bob:{place}",
        prospect_id="s1:bob",
        name="Bob",
        email="bob@pine.test",
        step=place + 1,
        place=place,
        is_planned=False,
        is_by_hand=place == 1,
        version=1,
        old=Words(
            subject="Tea", body="Hi {{x}} $a", facts=(Fact(text="Pine", source="csv:company"),)
        ),
    )
    return replace(row, **changes)


def changed(place: int = 0, parts: str = "first", **changes: Any) -> Rewritten:
    new = Words(subject="Tea", body="Hi $$ROOT", missing=("name",), doubts=("You grew.",))
    given = {"new": new, "parts": parts, **changes}
    return a_mail(place, state=RowState.CHANGED, **given)


async def fill_rewrites(s: Stores) -> None:
    """Give Acme a rewrite and three of its mails."""
    await s.rewrites.add(a_rewrite())
    await s.rewritten.add([a_mail(place) for place in range(3)], at=TUESDAY_10AM)
    await s.rewritten.write([changed(0), changed(1, "ask")])


def _theirs(account_id: AccountId) -> list[Rewritten]:
    return [replace(changed(2), account_id=account_id)]


REWRITES = (
    Call("rewrites", "get", lambda s, a: s.rewrites.get(a, "rw1"), reads=True),
    Call("rewrites", "orphans", lambda s, a: s.rewrites.orphans(now=LATER)),
    Call("rewritten", "waiting", lambda s, a: s.rewritten.waiting(a, "rw1", limit=5), reads=True),
    Call("rewritten", "changed", lambda s, a: s.rewritten.changed(a, "rw1"), reads=True),
    Call("rewritten", "tally", lambda s, a: s.rewritten.tally(a, "rw1"), reads=True),
    *(
        Call(
            "rewritten",
            "page",
            lambda s, a, p=parts: s.rewritten.page(  # type: ignore[misc]
                a, "rw1", parts=p, after=-1, limit=2
            ),
            reads=True,
        )
        for parts in ("", "ask")
    ),
    Call("rewrites", "add", lambda s, a: s.rewrites.add(a_rewrite("rw9"))),
    Call(
        "rewrites",
        "claim",
        lambda s, a: s.rewrites.claim(a, "rw1", token="t", now=TUESDAY_10AM, until=LATER),
    ),
    Call(
        "rewrites",
        "beat",
        lambda s, a: s.rewrites.beat(a, "rw1", token="", done=2, until=LATER),
    ),
    Call("rewrites", "set_order", lambda s, a: s.rewrites.set_order(a, "rw1", "ord_1")),
    Call("rewrites", "end", lambda s, a: s.rewrites.end(a, "rw1", RewriteState.STOPPED)),
    Call("rewritten", "write", lambda s, a: s.rewritten.write(_theirs(a))),
    Call("rewritten", "add", lambda s, a: s.rewritten.add([a_mail(7)], at=LATER)),
)
