"""What a domain's records mean for its mails, in words somebody can act on."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from qrev.campaigns.sender_domains import DomainChecks, dkim_of, dmarc_of, spf_of
from tests.integrations.letters import a_mailbox

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        (None, "unknown"),
        ([], "missing"),
        (["google-site-verification=x"], "missing"),
        (["v=spf10 -all"], "missing"),
        (["v=spf1 include:_spf.google.com ~all"], "good"),
        (["V=SPF1 -all", "other"], "good"),
        (["v=spf1 -all", "v=spf1 ~all"], "wrong"),
        (["v=spf1 +all"], "wrong"),
    ],
)
def test_spf(texts: list[str] | None, state: str) -> None:
    assert spf_of("acme.test", texts).state == state


@pytest.mark.parametrize(
    ("keys", "state"),
    [
        ([None, None], "unknown"),
        ([None, ()], "missing"),
        ([(), ("v=DKIM1; k=rsa; p=MIGf",)], "good"),
        ([("v=DKIM1; p=",), ()], "wrong"),
        ([("v=DKIM1; p=",), ("p=abc",)], "good"),
    ],
)
def test_dkim(keys: list[tuple[str, ...] | None], state: str) -> None:
    assert dkim_of(keys).state == state


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        (None, "unknown"),
        ([], "missing"),
        (["v=spf1 -all"], "missing"),
        (["v=DMARC1; p=none; rua=mailto:x@acme.test"], "good"),
        (["v=DMARC1;p=reject"], "good"),
        (["v=DMARC1"], "wrong"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "wrong"),
    ],
)
def test_dmarc(texts: list[str] | None, state: str) -> None:
    assert dmarc_of("acme.test", texts).state == state


class Records:
    def __init__(self, texts: Mapping[str, tuple[str, ...]]) -> None:
        self._texts = texts

    async def texts(self, name: str) -> tuple[str, ...] | None:
        return self._texts.get(name, ())


async def test_the_domain_of_the_address_is_asked_and_what_is_wrong_says_what_to_do() -> None:
    records = Records(
        {
            "acme.test": ("v=spf1 -all",),
            "google._domainkey.acme.test": ("v=DKIM1; p=abc",),
        }
    )

    findings = await DomainChecks(records=records).check(a_mailbox("gmail"))

    assert [(f.name, f.state) for f in findings] == [
        ("SPF", "good"),
        ("DKIM", "good"),
        ("DMARC", "missing"),
    ]
    assert all(bool(f.advice) == (f.state != "good") for f in findings)


async def test_where_nobody_may_be_asked_it_says_so_and_who_can_change_that() -> None:
    findings = await DomainChecks(records=None).check(a_mailbox())

    assert {f.state for f in findings} == {"unknown"}
    assert all("CHECK_MAIL_DOMAINS" in f.advice for f in findings)
