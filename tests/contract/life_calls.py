"""One call of every method that orders, pauses and approvals are kept behind."""

from __future__ import annotations

from qrev.campaigns.life.models import OrderState, Scope
from qrev.campaigns.models import MessageStatus
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, DAY, MINUTE, a_message
from tests.contract.life_builders import a_pause, an_approval, an_order
from tests.contract.stores import Ask, Call, Stores

LATER = TUESDAY_10AM + MINUTE
SCOPES = (
    Scope(),
    Scope(sequence_id="s1"),
    Scope(sequence_id="s1", mailbox_id="m1", company="pine.test", step=1),
    Scope(sequence_id="s1", places=(("DE", "Europe/Berlin"),)),
    Scope(email="bob@pine.test"),
    Scope(proposal_id="p1"),
)


async def fill_life(s: Stores) -> None:
    """Give Acme one of everything about the life of its sequences."""
    done = an_order("o2", state=OrderState.DONE, confirmed_at=LATER, confirmed_by=ALICE)
    for order in (an_order(), done, an_order("o3", state=OrderState.CONFIRMED)):
        await s.orders.add(order)
    await s.pauses.add_if_new(a_pause())
    await s.pauses.add_if_new(a_pause("o5"))
    await s.pauses.end(ACME, "o5", by="o6")
    await s.approvals.ask(an_approval())
    await s.approvals.set_threshold(ACME, 50)
    paused = a_message("pat", paused_by=("o4",))
    cancelled = a_message("cat", status=MessageStatus.CANCELLED, cancelled_by="o7")
    await s.messages.add_planned([paused, cancelled])


def _tally(scope: Scope) -> Ask:
    return lambda s, a: s.reach.tally(a, scope)


def _opened(scope: Scope) -> Ask:
    return lambda s, a: s.reach.opened(a, scope)


LIFE = (
    Call("orders", "get", lambda s, a: s.orders.get(a, "o1"), reads=True),
    Call("orders", "page", lambda s, a: s.orders.page(a, before=None, limit=5), reads=True),
    Call("orders", "page", lambda s, a: s.orders.page(a, before=(LATER, "x"), limit=5), reads=True),
    Call("orders", "last_done", lambda s, a: s.orders.last_done(a, ALICE), reads=True),
    Call("orders", "unfinished", lambda s, a: s.orders.unfinished(before=LATER + DAY)),
    Call("orders", "add", lambda s, a: s.orders.add(an_order("o9"))),
    Call(
        "orders",
        "move",
        lambda s, a: s.orders.move(
            an_order(account_id=a),
            before=OrderState.OPEN,
            after=OrderState.CONFIRMED,
            at=LATER,
            by=(ALICE, "Alice"),
        ),
    ),
    Call("pauses", "of_account", lambda s, a: s.pauses.of_account(a), reads=True),
    Call("pauses", "ended_by", lambda s, a: s.pauses.ended_by(a, "o6"), reads=True),
    Call("pauses", "over", lambda s, a: s.pauses.over(LATER)),
    Call("pauses", "add_if_new", lambda s, a: s.pauses.add_if_new(a_pause())),
    Call("pauses", "end", lambda s, a: s.pauses.end(a, "o4", by="o8")),
    Call("approvals", "open", lambda s, a: s.approvals.open(a, at=TUESDAY_10AM), reads=True),
    Call("approvals", "threshold", lambda s, a: s.approvals.threshold(a), reads=True),
    Call("approvals", "ask", lambda s, a: s.approvals.ask(an_approval())),
    Call("approvals", "close", lambda s, a: s.approvals.close(a, "a1")),
    Call("approvals", "set_threshold", lambda s, a: s.approvals.set_threshold(a, 7)),
    *(Call("reach", "tally", _tally(scope), reads=True) for scope in SCOPES),
    *(Call("reach", "opened", _opened(scope), reads=True) for scope in SCOPES),
    Call("reach", "places", lambda s, a: s.reach.places(a, "s1"), reads=True),
    Call("reach", "written_to", lambda s, a: s.reach.written_to(a, "s1"), reads=True),
    Call("reach", "release", lambda s, a: s.reach.release(a, "o4", at=LATER)),
    Call("reach", "restore", lambda s, a: s.reach.restore(a, "o7", at=LATER)),
    Call(
        "reach",
        "reword",
        lambda s, a: s.reach.reword(
            a_message(account_id=a), subject="S", body="B", note="o1", at=LATER
        ),
    ),
    Call(
        "reach",
        "give_words_back",
        lambda s, a: s.reach.give_words_back(a, "s1", "o1", at=LATER),
    ),
    Call(
        "reach",
        "pause",
        lambda s, a: s.reach.pause(a, Scope(sequence_id="s1"), "o1", at=LATER),
    ),
    Call("reach", "take_back", lambda s, a: s.reach.take_back(a, "p2", reason="undone", at=LATER)),
)
