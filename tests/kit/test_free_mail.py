from __future__ import annotations

import pytest

from qrev.kit.free_mail import company_domain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("alice@acme.test", "acme.test"),
        ("alice@mail.ACME.co.uk", "mail.acme.co.uk"),
        ("alice@gmail.com", ""),
        ("alice@GoogleMail.com", ""),
        ("alice@yahoo.co.jp", ""),
        ("alice@hotmail.fr", ""),
        ("alice@web.de", ""),
        ("alice@proton.me", ""),
        ("alice@notgmail.com", "notgmail.com"),
        ("alice@live-music.com", "live-music.com"),
    ],
)
def test_an_address_says_which_domain_its_company_has(address: str, domain: str) -> None:
    assert company_domain(address) == domain
