"""What domains say of their own mails, as the domain name system has it."""

from __future__ import annotations

from datetime import datetime, timedelta

import dns.asyncresolver
import dns.exception
import dns.resolver

from qrev.kit.clock import Clock

ANSWER_WITHIN = 3.0  # seconds, with every further try
KEPT_FOR = timedelta(minutes=5)  # short: who mends a record wants to see it
MOST_KEPT = 10_000  # names


class DnsSenderRecords:
    """Fills SenderRecords."""

    def __init__(self, *, clock: Clock, resolver: dns.asyncresolver.Resolver | None = None) -> None:
        self._clock = clock
        self._resolver = resolver
        self._known: dict[str, tuple[tuple[str, ...], datetime]] = {}

    async def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the TXT records of a name, None when nobody answered."""
        kept = self._known.get(name)
        if kept is not None and kept[1] > self._clock():
            return kept[0]
        try:
            found = await self._asked(name)
        except (dns.exception.DNSException, OSError, UnicodeError):
            return None
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[name] = found, self._clock() + KEPT_FOR
        return found

    async def _asked(self, name: str) -> tuple[str, ...]:
        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver()
            self._resolver.lifetime = ANSWER_WITHIN
        try:
            records = await self._resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in records)
