"""Reading on behalf of the member: the backend answers, with that member's rights."""

from __future__ import annotations

import json
import logging

import httpx

from qrev.assistant.contract import LookUp, LookUpRequest

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(5, read=20)
MAX_TOLD = 12_000  # characters of an answer that a model is given
NOTHING = "That cannot be looked up just now."


class LookUps:
    """`transport` is where a test or the embedded column steps in."""

    def __init__(self, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._token = token
        self._transport = transport

    async def ask(self, look_up: LookUp | None, question: LookUpRequest) -> str:
        """Return the answer as JSON for a model to read, or a sentence why there is none."""
        if look_up is None:
            return NOTHING
        body = question.model_copy(update={"ticket": look_up.ticket}).model_dump(mode="json")
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, transport=self._transport) as http:
                response = await http.post(look_up.url, json=body, headers=headers)
                answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("nothing could be looked up: %r", error)
            return NOTHING
        if not response.is_success:
            log.warning("looking up was refused with %s", response.status_code)
            return str(answer.get("detail", NOTHING)) if isinstance(answer, dict) else NOTHING
        return json.dumps(answer, ensure_ascii=False)[:MAX_TOLD]
