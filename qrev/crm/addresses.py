"""Email addresses: which are ones, and the form ids are made from. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from qrev.kit.free_mail import FREE, OTHERS

# Nearly every address in a list looks like this; the rest takes the library's long way.
PLAIN = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?=[a-z0-9_+-])){0,63}@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
WRAPPED = re.compile(r".*<([^<>]+)>\s*")
ROLES = frozenset(
    {
        "abuse",
        "admin",
        "billing",
        "contact",
        "enquiries",
        "hello",
        "help",
        "hr",
        "info",
        "inquiries",
        "jobs",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "office",
        "postmaster",
        "press",
        "sales",
        "service",
        "support",
        "team",
        "webmaster",
    }
)

# Ends that no domain has, and what was meant.
ENDS = {
    **dict.fromkeys(("con", "cmo", "comm", "ocm", "vom", "xom", "cim", "coom", "cpm"), "com"),
    **dict.fromkeys(("nett", "ner", "nte", "ent"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg"), "org"),
}
PROVIDERS = tuple(sorted({*FREE, *OTHERS}))
NOT_A_TYPO = frozenset({"mail.de", "email.com", "ymail.com", "gmx.ch", "live.de", "aol.de"})
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def normalised(text: str) -> str | None:
    """Return the address in lower case and one Unicode form, None if it is not one.

    Takes what people paste: "Ann <ann@acme.test>" and "mailto:ann@acme.test" as well.
    """
    text = text.strip().removeprefix("mailto:")
    if (wrapped := WRAPPED.fullmatch(text)) is not None:
        text = wrapped[1].strip()
    lowered = text.lower()
    # Two hyphens may be punycode, which has rules of its own (RFC 5891).
    if len(lowered) <= 254 and "--" not in lowered and PLAIN.fullmatch(lowered):
        return lowered
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def is_role(email: str) -> bool:
    """Return whether it belongs to a function rather than to a person."""
    return email.partition("@")[0] in ROLES


def domain(email: str) -> str:
    return email.rpartition("@")[2]


@lru_cache(maxsize=50_000)
def meant_domain(domain: str) -> str | None:
    """Return the domain that was probably meant, None if it looks as it should.

    Two kinds of slip are sure enough to be offered: an end that no domain has (“.con”), and one
    letter too many, too few, wrong or swapped in the name of a provider everybody knows.
    """
    name, _, end = domain.rpartition(".")
    mended = f"{name}.{ENDS[end]}" if name and end in ENDS else domain
    if mended in PROVIDERS or mended in NOT_A_TYPO:
        return mended if mended != domain else None
    return _slips().get(mended) or (mended if mended != domain else None)


@lru_cache(maxsize=1)
def _slips() -> dict[str, str]:
    """Return every domain that is one slip away from a provider's, and from no other's."""
    found: dict[str, set[str]] = {}
    for provider in PROVIDERS:
        name, _, end = provider.partition(".")
        if len(name) < 5:  # “aok.com” and “main.com” are other people's
            continue
        for slip in _one_slip(name):
            found.setdefault(f"{slip}.{end}", set()).add(provider)
    known = {*PROVIDERS, *NOT_A_TYPO}
    return {
        slip: min(meant) for slip, meant in found.items() if len(meant) == 1 and slip not in known
    }


def _one_slip(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    less = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    doubled = {a + b[0] + b for a, b in cuts if b}
    wrong = {a + c + b[1:] for a, b in cuts if b and a for c in LETTERS}
    return (less | swapped | doubled | wrong) - {word}


def mended(text: str) -> str | None:
    """Return the address somebody meant who wrote a comma, a space or “(at)”; None if unsure."""
    tried = re.sub(r"\s*[(\[{]\s*at\s*[)\]}]\s*|\s+at\s+", "@", text.strip(), flags=re.IGNORECASE)
    tried = re.sub(r"\s*[(\[{]\s*dot\s*[)\]}]\s*", ".", tried, flags=re.IGNORECASE)
    tried = re.sub(r"\s+", "", tried).strip(".,;:<>\"'")
    tried = re.sub(r"@+", "@", tried)
    name, _, host = tried.rpartition("@")
    host = re.sub(r"[.,]+", ".", host)
    return normalised(f"{name.rstrip('.,')}@{host}") if name else None
