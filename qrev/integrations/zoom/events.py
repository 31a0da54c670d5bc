"""Zoom's events: believed by their signature, taken once, and the end of an app among them."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qrev.accounts.connection import Vendor
from qrev.accounts.connections import Connections
from qrev.crm.meetings import BEFORE, MeetingBook, MeetingState
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotSignedIn
from qrev.kit.http import Api, Asked

log = logging.getLogger(__name__)

SIGNATURE = "x-zm-signature"
TIMESTAMP = "x-zm-request-timestamp"
NOT_OLDER = timedelta(minutes=5)
FORGED = "This does not come from Zoom."
VALIDATION = "endpoint.url_validation"
DEAUTHORIZED = "app_deauthorized"
STATES: Mapping[str, MeetingState] = {
    "meeting.started": MeetingState.STARTED,
    "meeting.ended": MeetingState.ENDED,
    "meeting.deleted": MeetingState.CANCELLED,
}
# Of a token to be sealed. With a colon in it, its seal would be the signature of an event.
PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A request as it came. `shown` is its Authorization header."""

    body: bytes
    signature: str
    timestamp: str
    shown: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoomSecrets:
    client_id: str
    client_secret: str = field(repr=False)
    secret_token: str = field(repr=False)
    verification_token: str = field(repr=False)


class ZoomEvents:
    def __init__(
        self,
        secrets: ZoomSecrets,
        *,
        api: Api,
        connections: Connections,
        meetings: MeetingBook,
        clock: Clock,
    ) -> None:
        self._secrets = secrets
        self._api = api
        self._connections = connections
        self._meetings = meetings
        self._clock = clock

    async def take(self, delivery: Delivery) -> dict[str, str]:
        """Take an event, and return what Zoom is answered.

        Twice is once. Raises NotSignedIn for one that is not Zoom's, or is old.
        """
        is_older = self._has_verification(delivery)
        if not is_older:
            must_be_zooms(delivery, self._secrets.secret_token, self._clock())
        event = _event(delivery.body)
        name, payload = str(event.get("event", "")), _part(event, "payload")
        if is_older and name != DEAUTHORIZED:
            raise NotSignedIn(FORGED)
        if name == VALIDATION:
            return self._validated(payload)
        if name == DEAUTHORIZED:
            await self._end(payload)
        elif name in STATES:
            external_id = str(_part(payload, "object").get("id", ""))
            state = STATES[name]
            if external_id:
                await self._meetings.move(external_id, state, among=BEFORE[state])
        return {}

    def _validated(self, payload: Mapping[str, Any]) -> dict[str, str]:
        plain = str(payload.get("plainToken", ""))
        if PLAIN_TOKEN.fullmatch(plain) is None:
            raise InvalidInput("That is no token to be validated.")
        return {"plainToken": plain, "encryptedToken": sealed(plain, self._secrets.secret_token)}

    async def _end(self, payload: Mapping[str, Any]) -> None:
        """Delete all that is kept of a member who took our app away, and tell Zoom that we did.

        If Zoom cannot be told, it sends the event again and is told then.
        """
        user_id = str(payload.get("user_id", ""))
        if not user_id or payload.get("client_id") != self._secrets.client_id:
            raise InvalidInput("That is about no app of ours.")
        for each in await self._connections.of_vendor(Vendor.ZOOM, external_id=user_id):
            await self._connections.drop(each)
            log.info("Zoom ended the connection %s: what was kept of it is deleted", each.id)
        if str(payload.get("user_data_retention", "false")).lower() == "true":
            return
        body = {
            "client_id": self._secrets.client_id,
            "user_id": user_id,
            "account_id": str(payload.get("account_id", "")),
            "deauthorization_event_received": dict(payload),
            "compliance_completed": True,
        }
        ours = (self._secrets.client_id, self._secrets.client_secret)
        asked = Asked(method="POST", path="/oauth/data/compliance", json=body, basic=ours)
        await self._api.ask(asked)

    def _has_verification(self, delivery: Delivery) -> bool:
        """Return whether it shows the older token, which the end of an app may come with alone."""
        known = self._secrets.verification_token
        shown = delivery.shown.encode()
        is_shown = bool(known) and hmac.compare_digest(shown, known.encode())
        return is_shown and not delivery.signature


def must_be_zooms(delivery: Delivery, secret: str, now: datetime) -> None:
    """Raise NotSignedIn unless Zoom has signed it within the last five minutes."""
    stamp = delivery.timestamp
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 16):
        raise NotSignedIn(FORGED)
    seconds = int(stamp) / 1000 if len(stamp) > 11 else int(stamp)
    if abs(now.timestamp() - seconds) > NOT_OLDER.total_seconds():
        raise NotSignedIn("This is older than five minutes.")
    expected = signature_of(delivery.body, stamp, secret)
    if not hmac.compare_digest(expected.encode(), delivery.signature.encode()):
        raise NotSignedIn(FORGED)


def signature_of(body: bytes, timestamp: str, secret: str) -> str:
    """Return what Zoom signs an event with."""
    signed = b":".join([b"v0", timestamp.encode(), body])
    return f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def sealed(plain: str, secret: str) -> str:
    """Return what shows Zoom that we have its secret."""
    return hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is no JSON.") from error
    if not isinstance(found, dict):
        raise InvalidInput("The body is no event.")
    return found


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, dict) else {}
