"""Which domains surely take no mail, asked of a name server."""

from __future__ import annotations

import pytest

from qrev.integrations.dns.mail_domains import SILENT_AFTER, MailDomainLookup
from tests.dns_server import a_name_server
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
RECORDS = {
    ("pine.test", "MX"): ["10 mail.pine.test."],
    ("null.test", "MX"): ["0 ."],  # RFC 7505
    ("plain.test", "A"): ["192.0.2.1"],  # RFC 5321: delivered to the address itself
    ("six.test", "AAAA"): ["2001:db8::1"],
    ("web.test", "TXT"): ["nothing but text"],
}


async def test_a_domain_without_somewhere_to_deliver_takes_no_mail(clock: FakeClock) -> None:
    names = {name for name, _ in RECORDS} | {"gone.test"}
    async with a_name_server(RECORDS) as (_, resolver):
        lookup = MailDomainLookup(clock=clock, resolver=resolver)

        dead = await lookup.without_mail(names)

    assert dead == {"null.test", "web.test", "gone.test"}


async def test_what_is_known_is_not_asked_again_for_six_hours(clock: FakeClock) -> None:
    async with a_name_server(RECORDS) as (server, resolver):
        lookup = MailDomainLookup(clock=clock, resolver=resolver)
        for hours in (0, 5, 2):
            clock.advance(hours=hours)
            await lookup.without_mail(["pine.test", "gmail.com"])

    assert server.asked == [("pine.test", "MX"), ("pine.test", "MX")]


async def test_silence_says_nothing_about_a_domain_and_is_soon_not_asked(clock: FakeClock) -> None:
    names = [f"mute{n}.test" for n in range(SILENT_AFTER)]
    async with a_name_server(RECORDS, mute=frozenset(names)) as (server, resolver):
        lookup = MailDomainLookup(clock=clock, resolver=resolver)
        dead = await lookup.without_mail(names)
        asked = len(server.asked)
        unasked = await lookup.without_mail(["gone.test"])
        clock.advance(minutes=6)
        again = await lookup.without_mail(["gone.test"])

    assert (dead, unasked, again) == (set(), set(), {"gone.test"})
    assert server.asked[asked:] == [("gone.test", "MX")]


@pytest.mark.parametrize("domain", ["", ".", "a" * 70 + ".test", "ä\u0000.test", "x..test"])
async def test_what_is_no_domain_is_left_to_others_to_judge(clock: FakeClock, domain: str) -> None:
    async with a_name_server(RECORDS) as (_, resolver):
        lookup = MailDomainLookup(clock=clock, resolver=resolver)

        assert await lookup.without_mail([domain]) <= {domain}
