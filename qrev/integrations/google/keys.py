"""The keys Google signs with, as it publishes them."""

from __future__ import annotations

import asyncio
import logging

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from qrev.integrations.google.client import NOT_NOW, Google
from qrev.kit.errors import Unavailable

log = logging.getLogger(__name__)


class Keys:
    def __init__(self, google: Google) -> None:
        self._google = google
        self._kept: KeySet | None = None
        self._asking = asyncio.Lock()

    async def get(self, *, is_stale: bool = False) -> KeySet:
        """Return the keys; with `is_stale`, as they are now. Raises Unavailable."""
        kept = self._kept
        if kept is not None and not is_stale:
            return kept
        async with self._asking:
            # Those who waited take what was fetched meanwhile.
            if self._kept is kept or self._kept is None:
                self._kept = await self._fetched()
            return self._kept

    async def _fetched(self) -> KeySet:
        document = await self._google.get_json((await self._google.endpoints()).keys)
        try:
            return KeySet.import_key_set({"keys": list(document["keys"])})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.error("Google's keys could not be read: %s", type(error).__name__)
            raise Unavailable(NOT_NOW) from error
