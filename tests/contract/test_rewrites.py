"""What every RewriteBook and RewrittenRows promise."""

from __future__ import annotations

import pytest

from qrev.campaigns.rewriting.models import RewriteState, RowState
from qrev.campaigns.rewriting.ports import Tally
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import MINUTE
from tests.contract.rewrite_calls import LATER, a_mail, a_rewrite, changed
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_a_rewrite_and_its_mails_come_back_as_they_were_given(stores: Stores) -> None:
    await stores.rewrites.add(a_rewrite())
    await stores.rewritten.add([a_mail(1), a_mail(0)], at=TUESDAY_10AM)
    await stores.rewritten.add([a_mail(0)], at=TUESDAY_10AM)

    assert await stores.rewrites.get(ACME, "rw1") == a_rewrite()
    assert await stores.rewritten.waiting(ACME, "rw1", limit=9) == [a_mail(0), a_mail(1)]
    assert await stores.rewritten.waiting(ACME, "rw1", limit=1) == [a_mail(0)]


async def test_one_at_a_time_writes_and_the_next_may_when_the_lease_is_over(
    stores: Stores,
) -> None:
    await stores.rewrites.add(a_rewrite())

    first = await stores.rewrites.claim(ACME, "rw1", token="a", now=TUESDAY_10AM, until=LATER)
    second = await stores.rewrites.claim(ACME, "rw1", token="b", now=TUESDAY_10AM, until=LATER)
    left = await stores.rewrites.orphans(now=TUESDAY_10AM)
    third = await stores.rewrites.claim(ACME, "rw1", token="c", now=LATER, until=LATER + MINUTE)
    is_still_as = await stores.rewrites.beat(ACME, "rw1", token="a", done=1, until=LATER)
    is_cs = await stores.rewrites.beat(ACME, "rw1", token="c", done=2, until=LATER)

    assert (first, second, left, third) == (a_rewrite(), None, [], a_rewrite())
    assert (is_still_as, is_cs) == (False, True)
    assert await stores.rewrites.get(ACME, "rw1") == a_rewrite(done=2)


async def test_what_is_stopped_stays_so(stores: Stores) -> None:
    await stores.rewrites.add(a_rewrite())
    await stores.rewrites.claim(ACME, "rw1", token="a", now=TUESDAY_10AM, until=LATER)

    assert await stores.rewrites.end(ACME, "rw1", RewriteState.STOPPED)

    assert not await stores.rewrites.beat(ACME, "rw1", token="a", done=3, until=LATER)
    assert not await stores.rewrites.end(ACME, "rw1", RewriteState.READY)
    assert await stores.rewrites.claim(ACME, "rw1", token="b", now=LATER, until=LATER) is None
    assert await stores.rewrites.get(ACME, "rw1") == a_rewrite(state=RewriteState.STOPPED)


async def test_there_is_one_order(stores: Stores) -> None:
    await stores.rewrites.add(a_rewrite())

    noted = [await stores.rewrites.set_order(ACME, "rw1", id_) for id_ in ("ord_1", "ord_2")]

    assert noted == [True, False]
    assert await stores.rewrites.get(ACME, "rw1") == a_rewrite(order_id="ord_1")


async def test_what_came_of_a_mail_is_written_once_and_counted(stores: Stores) -> None:
    await stores.rewritten.add([a_mail(place) for place in range(5)], at=TUESDAY_10AM)

    await stores.rewritten.write([changed(0), changed(1, "ask+closing"), changed(2)])
    await stores.rewritten.write([changed(0, "offer")])
    await stores.rewritten.write([a_mail(3, state=RowState.REFUSED, why="A link.")])

    assert await stores.rewritten.changed(ACME, "rw1") == [
        changed(0),
        changed(1, "ask+closing"),
        changed(2),
    ]
    assert await stores.rewritten.page(ACME, "rw1", parts="first", after=0, limit=9) == [changed(2)]
    assert await stores.rewritten.page(ACME, "rw1", parts="", after=-1, limit=2) == [
        changed(0),
        changed(1, "ask+closing"),
    ]
    assert await stores.rewritten.tally(ACME, "rw1") == Tally(
        parts={"first": 2, "ask+closing": 1},
        whys={"A link.": 1},
        waiting=1,
        by_hand=1,
        doubtful=3,
    )
