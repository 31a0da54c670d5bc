"""Whether domains take mail, as the domain name system has it (RFC 5321, 5.1; RFC 7505)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from qrev.kit.clock import Clock
from qrev.kit.free_mail import FREE, OTHERS

ANSWER_WITHIN = 3.0  # seconds, with every further try
AT_ONCE = 50
KEPT_FOR = timedelta(hours=6)
MOST_KEPT = 100_000  # domains
SILENT_AFTER = 5  # questions nobody answered, one after the other
SILENT_FOR = timedelta(minutes=5)
ADDRESSES = ("A", "AAAA")


class _Unanswered(Exception):
    """Nobody said anything, or nothing that can be relied on."""


class MailDomainLookup:
    """Fills MailDomains. What is asked once is known for six hours.

    Without a network, or with a resolver that does not answer, every domain may take mail, and
    after five questions in vain none is asked for five minutes: an import never waits for it.
    """

    def __init__(self, *, clock: Clock, resolver: dns.asyncresolver.Resolver | None = None) -> None:
        self._clock = clock
        self._resolver = resolver
        self._known: dict[str, tuple[bool, datetime]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._vain = 0
        self._silent_until: datetime | None = None

    async def without_mail(self, domains: Collection[str]) -> set[str]:
        """Return those that surely take no mail. Costs one or two questions each, fifty at once."""
        takes = await asyncio.gather(*(self._takes(each) for each in set(domains)))
        return {domain for domain, is_taken in takes if is_taken is False}

    async def _takes(self, domain: str) -> tuple[str, bool | None]:
        if domain in FREE or domain in OTHERS:
            return domain, True
        now = self._clock()
        kept, until = self._known.get(domain, (None, now))
        if kept is not None and until > now:
            return domain, kept
        async with self._gate:
            if self._silent_until is not None and self._clock() < self._silent_until:
                return domain, None
            try:
                found = await self._asked(domain)
            except _Unanswered:
                self._note_silence()
                return domain, None
        self._vain, self._silent_until = 0, None
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[domain] = found, now + KEPT_FOR
        return domain, found

    def _note_silence(self) -> None:
        self._vain += 1
        if self._vain >= SILENT_AFTER:
            self._vain, self._silent_until = 0, self._clock() + SILENT_FOR

    async def _asked(self, domain: str) -> bool:
        """Return whether a domain has somewhere to deliver to. Raises _Unanswered."""
        with _in_our_words():
            try:
                found = await self._answers().resolve(domain, "MX", search=False)
            except dns.resolver.NXDOMAIN:
                return False
            except dns.resolver.NoAnswer:
                return await self._has_address(domain)
        # A single dot says in so many words that the domain takes no mail.
        return any(record.exchange != dns.name.root for record in found)

    async def _has_address(self, domain: str) -> bool:
        """Return whether mail could be delivered to the domain itself: it has no MX record."""
        for kind in ADDRESSES:
            with contextlib.suppress(dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
                await self._answers().resolve(domain, kind, search=False)
                return True
        return False

    def _answers(self) -> dns.asyncresolver.Resolver:
        """Return what asks: made at the first question, for a machine may have no resolver."""
        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver()
            self._resolver.lifetime = ANSWER_WITHIN
        return self._resolver


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise _Unanswered from error
