"""What members put on the suppression list is what mails are checked by."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.crm.models import Origin
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppression_lists import rows_of
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil, is_veiled
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.conftest import ACME, OTHER
from tests.contract.builders import a_suppression
from tests.fakes import FakeAuditBook, FakeClock, FakeSuppressions

pytestmark = pytest.mark.anyio
EMAILS = ["ann@pine.test", "bob@oak.test"]
WHY = "asked by phone"


@dataclass
class Desk:
    book: FakeSuppressions
    log: FakeAuditBook
    suppressing: Suppressing
    before_the_wire: SuppressionList

    async def values(self, actor: Actor) -> list[str]:
        return [each.value for each in (await self.suppressing.page(actor)).suppressions]


@pytest.fixture
def desk(clock: FakeClock) -> Desk:
    book, log = FakeSuppressions(), FakeAuditBook()
    audit = Audit(entries=log, clock=clock)
    return Desk(
        book=book,
        log=log,
        suppressing=Suppressing(suppressions=book, audit=audit, clock=clock),
        before_the_wire=SuppressionList(suppressions=book, clock=clock),
    )


@pytest.mark.parametrize("value", ["pine.test", "@PINE.test", "Ann <ANN@pine.test>"])
async def test_what_is_suppressed_is_unreachable_until_it_is_taken_off(
    desk: Desk, alice: Actor, value: str
) -> None:
    await desk.suppressing.add(alice, value, "a partner of ours.")
    suppressed = await desk.before_the_wire.unreachable(alice.account_id, EMAILS)
    await desk.suppressing.remove(alice, value, "no partner any more")

    assert suppressed == {"ann@pine.test": "On the suppression list: a partner of ours."}
    assert await desk.before_the_wire.unreachable(alice.account_id, EMAILS) == {}


async def test_a_reason_is_asked_for(desk: Desk, alice: Actor) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        await desk.suppressing.add(alice, "pine.test", " . ")


async def test_who_put_it_there_and_how_is_kept(desk: Desk, alice: Actor) -> None:
    added = await desk.suppressing.add(alice, "pine.test", "a partner")
    await desk.before_the_wire.add(ACME, "ann@elm.test", "unsubscribed by link")

    opted_out, by_hand = (await desk.suppressing.page(alice)).suppressions
    assert by_hand == added
    assert (added.origin, added.by) == (Origin.MEMBER, alice.user_id)
    assert (opted_out.origin, opted_out.by) == (Origin.OPT_OUT, None)


@pytest.mark.parametrize("origin", [Origin.OPT_OUT, Origin.ERASED])
async def test_what_a_person_asked_for_is_taken_off_only_by_who_knows_what_it_means(
    desk: Desk, alice: Actor, origin: Origin
) -> None:
    await desk.book.add_if_new(a_suppression(origin=origin))

    with pytest.raises(Conflict, match="Confirm that you know"):
        await desk.suppressing.remove(alice, "bob@pine.test", WHY)
    assert await desk.values(alice) == ["bob@pine.test"]

    await desk.suppressing.remove(alice, "bob@pine.test", WHY, is_meaning_known=True)
    assert await desk.values(alice) == []


async def test_an_erased_address_is_unreachable_and_taken_off_by_itself_or_its_hash(
    desk: Desk, alice: Actor
) -> None:
    veiled = Veil("house").over(ACME, "bob@oak.test")
    erased = a_suppression(value=veiled, origin=Origin.ERASED, reason="erased")

    for value in ("Bob@oak.test", veiled):
        await desk.book.add_if_new(erased)
        assert await desk.before_the_wire.erased(ACME, EMAILS) == {"bob@oak.test"}
        assert await desk.before_the_wire.unreachable(ACME, EMAILS) == {
            "bob@oak.test": "On the suppression list: erased."
        }
        await desk.suppressing.remove(alice, value, WHY, is_meaning_known=True)

    assert await desk.before_the_wire.unreachable(ACME, EMAILS) == {}
    assert "bob@oak.test" not in str(desk.log.entries)


async def test_taking_off_is_for_those_who_manage(desk: Desk, victor: Actor) -> None:
    await desk.book.add_if_new(a_suppression())

    with pytest.raises(NotAllowed):
        await desk.suppressing.remove(victor, "bob@pine.test", WHY)


async def test_what_is_not_on_the_list_cannot_be_taken_off(desk: Desk, alice: Actor) -> None:
    with pytest.raises(NotFound):
        await desk.suppressing.remove(alice, "pine.test", WHY)


async def test_a_list_is_brought_in_and_every_refused_line_told(desk: Desk, alice: Actor) -> None:
    await desk.suppressing.add(alice, "oak.test", "a partner")
    lines = [
        "Company;Email address;Reason",
        "Pine;ANN@pine.test;complained",
        "Oak;oak.test;",
        "Elm;no address;x",
        "",
        "Ash;ash.test;",
        "Ash;ash.test;",
    ]

    done = await desk.suppressing.bring_in(alice, "\r\n".join(lines).encode(), reason="old list")

    assert (done.new, done.known, done.refused_count) == (2, 2, 1)
    assert [(p.line, p.value) for p in done.refused] == [(4, "no address")]
    found = await desk.book.find(ACME, ["ann@pine.test", "oak.test", "ash.test"])
    assert {value: each.reason for value, each in found.items()} == {
        "ann@pine.test": "complained",
        "oak.test": "a partner",
        "ash.test": "old list",
    }
    assert found["ash.test"].origin is Origin.LIST


async def test_an_exported_list_comes_back_as_it_was(
    desk: Desk, alice: Actor, mallory: Actor
) -> None:
    veiled = Veil("house").over(ACME, "bob@oak.test")
    for value in ("-ann@pine.test", "elm.test", veiled):
        await desk.book.add_if_new(a_suppression(value=value, reason="=SUM(1)"))

    exported = b"".join([piece async for piece in await desk.suppressing.export(alice)])
    await desk.suppressing.bring_in(mallory, exported, reason="moved")

    assert exported.startswith(b"\xef\xbb\xbfaddress or domain,reason")
    assert b"\r\n'-ann@pine.test,'=SUM(1)," in exported
    assert await desk.values(mallory) == await desk.values(alice)


async def test_a_long_list_is_exported_whole(desk: Desk, alice: Actor) -> None:
    asked = [a_suppression(value=f"p{n:05d}@pine.test") for n in range(2500)]
    await desk.book.add_new(asked)
    await desk.book.add_if_new(a_suppression(account_id=OTHER, value="x.test"))

    pieces = [piece async for piece in await desk.suppressing.export(alice)]

    lines = b"".join(pieces).decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == [each.value for each in asked]
    assert len(pieces) == 4


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n and so on", b"one\ntwo"])
async def test_what_is_no_list_is_refused_as_a_whole(desk: Desk, alice: Actor, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        await desk.suppressing.bring_in(alice, data, reason="x")

    assert await desk.values(alice) == []


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rows = list(rows_of(text))
    except InvalidInput:
        return

    assert all(row.line > 0 for row in rows)


@given(st.emails(), st.emails())
def test_a_hash_tells_addresses_and_accounts_and_houses_apart(one: str, other: str) -> None:
    veil = Veil("house")

    assert is_veiled(veil.over(ACME, one))
    assert (veil.over(ACME, one) == veil.over(ACME, other)) == (one == other)
    assert veil.over(ACME, one) != veil.over(AccountId("other"), one)
    assert veil.over(ACME, one) != Veil("another").over(ACME, one)
