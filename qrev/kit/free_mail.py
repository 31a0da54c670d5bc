"""Providers that anybody gets an address from: their domains say nothing about a company."""

from __future__ import annotations

# By the names people call them.
PROVIDERS = {
    "gmail": ("gmail.com", "googlemail.com"),
    "google": ("gmail.com", "googlemail.com"),
    "yahoo": ("yahoo.com", "ymail.com"),
    "outlook": ("outlook.com", "hotmail.com", "live.com"),
    "hotmail": ("hotmail.com", "outlook.com", "live.com"),
    "icloud": ("icloud.com", "me.com"),
    "gmx": ("gmx.de", "gmx.net", "gmx.com", "gmx.at"),
    "aol": ("aol.com",),
}
FREE = tuple(dict.fromkeys(domain for domains in PROVIDERS.values() for domain in domains))
# Of those that have a domain for each country: the word before it.
EVERYWHERE = frozenset(
    {"gmail", "googlemail", "yahoo", "ymail", "outlook", "hotmail", "live", "gmx"}
)
OTHERS = frozenset(
    {
        "mac.com",
        "mail.com",
        "mail.ru",
        "msn.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "fastmail.com",
        "web.de",
        "t-online.de",
        "freenet.de",
        "zoho.com",
        "yandex.com",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
        "comcast.net",
        "tutanota.com",
    }
)


def company_domain(address: str) -> str:
    """Return the domain of an address, nothing if it is one that anybody gets."""
    domain = address.rpartition("@")[2].lower()
    is_free = domain in FREE or domain in OTHERS or domain.partition(".")[0] in EVERYWHERE
    return "" if is_free else domain
