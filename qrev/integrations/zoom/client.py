"""Zoom's API, as much of it as we speak. Every call is written down. Fills Rooms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from qrev.accounts.connection import Vendor
from qrev.accounts.connections import Connections, Disconnected
from qrev.accounts.models import AccountId, UserId
from qrev.crm.calls import CallLog
from qrev.crm.meetings import Booked, NewCall
from qrev.kit.errors import QrevError, Unavailable
from qrev.kit.http import Api, Asked, TokenRefused

SCHEDULED = 2  # Zoom's number for a meeting at a fixed time
NOT_SURE = (
    "Zoom did not say whether the call was made. Look into your Zoom: if it is there, it can be "
    "used; if not, ask for it again."
)


class Zoom:
    def __init__(self, api: Api, connections: Connections, log: CallLog) -> None:
        self._api = api
        self._connections = connections
        self._log = log

    async def host(self, account_id: AccountId, user_id: UserId) -> str:
        found = await self._connections.found(account_id, Vendor.ZOOM, user_id)
        if found is None or found.is_revoked:
            raise Disconnected(
                "Your Zoom is not connected. Connect it in /integrations, then ask again."
            )
        return found.label

    async def book(
        self, account_id: AccountId, user_id: UserId, call: NewCall, *, about: str
    ) -> Booked:
        body = {
            "topic": call.topic,
            "type": SCHEDULED,
            "start_time": f"{call.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "duration": call.minutes,
            "settings": {"waiting_room": True, "join_before_host": False},
        }
        asked = Asked(method="POST", path="/users/me/meetings", json=body)
        outcome = "done"
        try:
            answer = await self._signed(account_id, user_id, asked)
        except Unavailable as error:
            outcome = str(error)
            raise Unavailable(NOT_SURE) from error
        except QrevError as error:
            outcome = str(error)
            raise
        finally:
            await self._log.note(
                account_id,
                Vendor.ZOOM,
                "made a call",
                about=[about],
                fields=["topic", "start_time", "duration"],
                outcome=outcome,
            )
        id_, link = str(answer.get("id") or ""), str(answer.get("join_url") or "")
        if not id_ or not link.startswith(("https://", "http://127.0.0.1")):
            raise Unavailable(NOT_SURE)
        return Booked(external_id=id_, link=link)

    async def _signed(
        self, account_id: AccountId, user_id: UserId, asked: Asked
    ) -> Mapping[str, Any]:
        """Ask with a token; once more with a new one if Zoom does not take this one."""
        token = await self._connections.token(account_id, Vendor.ZOOM, user_id)
        try:
            return await self._api.ask(_with(asked, token))
        except TokenRefused:
            token = await self._connections.token(account_id, Vendor.ZOOM, user_id, refused=token)
            return await self._api.ask(_with(asked, token))


def _with(asked: Asked, token: str) -> Asked:
    return Asked(method=asked.method, path=asked.path, token=token, json=asked.json)
