"""What members put on the suppression list is what mails are checked by."""

from __future__ import annotations

import pytest

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppressions import SuppressionList
from qrev.kit.errors import InvalidInput
from tests.fakes import FakeAuditBook, FakeClock, FakeSuppressions

pytestmark = pytest.mark.anyio
EMAILS = ["ann@pine.test", "bob@oak.test"]


@pytest.mark.parametrize("value", ["pine.test", "@PINE.test", "Ann <ANN@pine.test>"])
async def test_what_is_suppressed_is_unreachable_until_it_is_taken_off(
    alice: Actor, clock: FakeClock, value: str
) -> None:
    book = FakeSuppressions()
    audit = Audit(entries=FakeAuditBook(), clock=clock)
    suppressing = Suppressing(suppressions=book, audit=audit, clock=clock)
    before_the_wire = SuppressionList(suppressions=book, clock=clock)

    await suppressing.add(alice, value, "a partner of ours.")
    suppressed = await before_the_wire.unreachable(alice.account_id, EMAILS)
    await suppressing.remove(alice, value, "no partner any more")

    assert suppressed == {"ann@pine.test": "On the suppression list: a partner of ours."}
    assert await before_the_wire.unreachable(alice.account_id, EMAILS) == {}


async def test_a_reason_is_asked_for(alice: Actor, clock: FakeClock) -> None:
    audit = Audit(entries=FakeAuditBook(), clock=clock)
    suppressing = Suppressing(suppressions=FakeSuppressions(), audit=audit, clock=clock)

    with pytest.raises(InvalidInput, match="Say why"):
        await suppressing.add(alice, "pine.test", " . ")
