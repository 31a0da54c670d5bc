"""Whether domains take mail, where nobody may be asked."""

from __future__ import annotations

from collections.abc import Collection


class NobodyToAsk:
    """Fills MailDomains without a network: every domain may take mail."""

    async def without_mail(self, domains: Collection[str]) -> set[str]:
        return set()
