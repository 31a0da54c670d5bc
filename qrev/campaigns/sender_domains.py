"""Whether receivers can see that a domain's mails are its own: SPF, DKIM and DMARC."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from qrev.campaigns.models import Mailbox

State = Literal["good", "missing", "wrong", "unknown"]
# Where the keys of mail services usually are; the domain's own may have any name.
SELECTORS = ("google", "selector1", "selector2", "default", "k1", "s1", "mail", "dkim")
OF_GOOGLE = ("google",)
UNASKED = "The domain name system did not answer."
LATER = "Look again later."
OFF = "Looking up domains is switched off here."
ON = "Whoever runs QRev can switch it on with CHECK_MAIL_DOMAINS."


class SenderRecords(Protocol):
    async def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the TXT records of a name, None when nobody answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What is to be said of one of the three, and what to do about it: "" for nothing."""

    name: str
    state: State
    words: str
    advice: str = ""


class DomainChecks:
    """Without `records` nobody may be asked, and it says so."""

    def __init__(self, *, records: SenderRecords | None) -> None:
        self._records = records

    async def check(self, mailbox: Mailbox) -> list[Finding]:
        """Return SPF, DKIM and DMARC of the mailbox's domain, as they are set up now."""
        if self._records is None:
            return [
                Finding(name=name, state="unknown", words=OFF, advice=ON)
                for name in ("SPF", "DKIM", "DMARC")
            ]
        domain = mailbox.email.rpartition("@")[2].encode("idna").decode()
        selectors = OF_GOOGLE if mailbox.channel == "gmail" else SELECTORS
        spf, dmarc, *keys = await asyncio.gather(
            self._records.texts(domain),
            self._records.texts(f"_dmarc.{domain}"),
            *(self._records.texts(f"{each}._domainkey.{domain}") for each in selectors),
        )
        return [spf_of(domain, spf), dkim_of(keys), dmarc_of(domain, dmarc)]


def spf_of(domain: str, texts: Sequence[str] | None) -> Finding:
    """Return what a domain's SPF says (RFC 7208)."""
    if texts is None:
        return Finding(name="SPF", state="unknown", words=UNASKED, advice=LATER)
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return Finding(
            name="SPF",
            state="missing",
            words=f"{domain} does not say which servers send for it.",
            advice=f"Add a TXT record to {domain}. For Google it is: "
            "v=spf1 include:_spf.google.com ~all",
        )
    if len(found) > 1:
        return Finding(
            name="SPF",
            state="wrong",
            words=f"{domain} has {len(found)} SPF records: receivers then believe none.",
            advice="Put everything into one and delete the others.",
        )
    if "+all" in found[0].lower().split():
        return Finding(
            name="SPF",
            state="wrong",
            words="It allows every server in the world to send for this domain.",
            advice="End it with ~all instead of +all.",
        )
    return Finding(name="SPF", state="good", words=f"{domain} says which servers send for it.")


def dkim_of(keys: Sequence[Sequence[str] | None]) -> Finding:
    """Return what is known of a domain's DKIM (RFC 6376). `keys` are those of the usual names."""
    texts = [text for each in keys if each is not None for text in each]
    tags = [_tags(text) for text in texts]
    if any(each.get("p") for each in tags):
        return Finding(name="DKIM", state="good", words="Mails of this domain can be signed.")
    if any("p" in each for each in tags):
        return Finding(
            name="DKIM",
            state="wrong",
            words="The key that mails are signed with was withdrawn.",
            advice="Make a new key where your mail is hosted, and publish it.",
        )
    if all(each is None for each in keys):
        return Finding(name="DKIM", state="unknown", words=UNASKED, advice=LATER)
    return Finding(
        name="DKIM",
        state="missing",
        words="There is no signing key under the usual names.",
        advice="Switch DKIM on where your mail is hosted. If it is on, send yourself a test mail: "
        "its source should say dkim=pass.",
    )


def dmarc_of(domain: str, texts: Sequence[str] | None) -> Finding:
    """Return what a domain's DMARC says (RFC 7489)."""
    if texts is None:
        return Finding(name="DMARC", state="unknown", words=UNASKED, advice=LATER)
    found = [tags for text in texts if (tags := _tags(text)).get("v", "").upper() == "DMARC1"]
    if not found:
        return Finding(
            name="DMARC",
            state="missing",
            words=f"{domain} does not say what to do with mails that only pretend to be its own. "
            "Gmail and Yahoo want it of everybody who sends a lot.",
            advice=f"Add a TXT record to _dmarc.{domain}: v=DMARC1; p=none",
        )
    if len(found) > 1 or found[0].get("p", "").lower() not in ("none", "quarantine", "reject"):
        return Finding(
            name="DMARC",
            state="wrong",
            words="Its record cannot be read by receivers.",
            advice=f"Leave one TXT record at _dmarc.{domain}: v=DMARC1; p=none",
        )
    return Finding(name="DMARC", state="good", words="Receivers know what to do with fakes.")


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record as a=b; c=d."""
    pairs = (each.partition("=") for each in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}
