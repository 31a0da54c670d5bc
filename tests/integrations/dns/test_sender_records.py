"""What a name server says of a domain's own mails."""

from __future__ import annotations

import pytest

from qrev.integrations.dns.sender_records import DnsSenderRecords
from tests.dns_server import a_name_server
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
RECORDS = {
    ("acme.test", "TXT"): ['"v=spf1 -all"', '"first half, " "second half"'],
    ("mx.test", "MX"): ["10 mail.mx.test."],
}


async def test_texts_are_read_whole_and_nothing_is_an_answer_as_well(clock: FakeClock) -> None:
    async with a_name_server(RECORDS) as (_, resolver):
        records = DnsSenderRecords(clock=clock, resolver=resolver)

        texts = await records.texts("acme.test")

        assert set(texts or ()) == {"v=spf1 -all", "first half, second half"}
        assert await records.texts("mx.test") == ()
        assert await records.texts("gone.test") == ()


async def test_silence_is_no_answer(clock: FakeClock) -> None:
    async with a_name_server(RECORDS, mute=frozenset({"mute.test"})) as (_, resolver):
        records = DnsSenderRecords(clock=clock, resolver=resolver)

        assert await records.texts("mute.test") is None
        assert await records.texts("x..test") is None


async def test_a_name_is_asked_again_after_five_minutes(clock: FakeClock) -> None:
    async with a_name_server(RECORDS) as (server, resolver):
        records = DnsSenderRecords(clock=clock, resolver=resolver)
        for minutes in (0, 4, 2):
            clock.advance(minutes=minutes)
            await records.texts("acme.test")

    assert len(server.asked) == 2
