"""Lists whose domains are looked up: where no mail arrives is said before anything is written."""

from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.accounts.store import MongoAuditBook
from qrev.bootstrap import Databases
from qrev.bootstrap.people import who_we_know
from qrev.campaigns.store.messages import MongoMessages
from qrev.crm.repairs import Finding, Repair
from qrev.crm.veiling import Veil
from qrev.integrations.dns.mail_domains import MailDomainLookup
from qrev.kit.mongo import Document
from tests.crm.conftest import Crm
from tests.dns_server import a_name_server
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


async def test_addresses_where_no_mail_arrives_are_pointed_out_and_left_out_on_a_word(
    mongo: AsyncDatabase[Document], clock: FakeClock, alice: Actor
) -> None:
    await Databases(main=mongo, dropbox=mongo).ensure_indexes()
    audit = Audit(entries=MongoAuditBook(mongo), clock=clock)
    async with a_name_server({("pine.test", "MX"): ["10 mail.pine.test."]}) as (_, resolver):
        known = who_we_know(
            mongo,
            audit,
            Veil("house"),
            mails=MongoMessages(mongo),
            domains=MailDomainLookup(clock=clock, resolver=resolver),
            clock=clock,
        )
        crm = Crm(known=known, mongo=mongo, clock=clock)
        seen = await crm.looked_at(alice, b"email\nann@pine.test\nbob@gone.test\n")
        assert seen.diagnosis is not None
        pointed_out = seen.diagnosis.found
        await known.importing.repair(alice, seen.id, seen.version, [Repair.DROP_NO_MAIL])
        done = await crm.confirmed(alice, await crm.work(alice, seen))

    assert pointed_out == {Finding.NO_MAIL: 1}
    assert (done.tally.new, done.tally.refused) == (1, 1)
    assert set(await crm.everybody(alice)) == {"ann@pine.test"}
