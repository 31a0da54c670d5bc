"""HubSpot's web hooks: believed by their signature (version 3), and only as a hint to look."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import unquote

from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotSignedIn

SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
NOT_OLDER = timedelta(minutes=5)
MAX_EVENTS = 1000
FORGED = "This does not come from HubSpot."


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A request as it came. `uri` is the whole address HubSpot was told to call."""

    method: str
    uri: str
    body: bytes
    signature: str
    timestamp: str


class Listening(Protocol):
    async def heard(self, portal_id: str, kinds: list[str]) -> int: ...


class HubSpotEvents:
    def __init__(self, *, secret: str, app_id: str, syncing: Listening, clock: Clock) -> None:
        self._secret = secret
        self._app_id = app_id
        self._syncing = syncing
        self._clock = clock

    async def take(self, delivery: Delivery) -> int:
        """Have the accounts it is about looked at soon. Return how many.

        What an event says is not used: HubSpot is asked. So an event that comes twice, late or
        in another order is harmless. Raises NotSignedIn for one that is not HubSpot's, or is old.
        """
        must_be_hubspots(delivery, self._secret, self._clock())
        kinds: dict[str, list[str]] = defaultdict(list)
        for event in _events(delivery.body):
            if str(event.get("appId")) == self._app_id or not self._app_id:
                kinds[str(event.get("portalId", ""))].append(str(event.get("subscriptionType")))
        return sum([await self._syncing.heard(id_, each) for id_, each in kinds.items() if id_])


def must_be_hubspots(delivery: Delivery, secret: str, now: datetime) -> None:
    """Raise NotSignedIn unless HubSpot has signed it within the last five minutes."""
    if not (delivery.timestamp.isascii() and delivery.timestamp.isdigit()):
        raise NotSignedIn(FORGED)
    age = now.timestamp() - int(delivery.timestamp[:16]) / 1000
    if abs(age) > NOT_OLDER.total_seconds():
        raise NotSignedIn("This is older than five minutes.")
    expected = signature_of(delivery, secret)
    if not hmac.compare_digest(expected.encode(), delivery.signature.encode()):
        raise NotSignedIn(FORGED)


def signature_of(delivery: Delivery, secret: str) -> str:
    """Return what HubSpot signs a request with: method, address, body and moment."""
    uri = unquote(delivery.uri)
    signed = b"".join(
        [delivery.method.encode(), uri.encode(), delivery.body, delivery.timestamp.encode()]
    )
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def _events(body: bytes) -> list[Mapping[str, object]]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise InvalidInput("The body is no JSON.") from error
    if not isinstance(found, list) or len(found) > MAX_EVENTS:
        raise InvalidInput("The body must be a list of at most 1,000 events.")
    return [each for each in found if isinstance(each, dict)]
