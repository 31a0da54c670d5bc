"""What the AI server calls about campaigns."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qrev.api.bodies import MIB, read_object
from qrev.api.documents import problems
from qrev.api.problems import NoSuchToken
from qrev.assistant.contract import Callback, LookUpRequest, MessageRow, ProspectRow
from qrev.assistant.intake import TakingIn
from qrev.assistant.looking_up import LookingUp
from qrev.assistant.ports import DropBox
from qrev.kit.errors import InvalidInput

log = logging.getLogger(__name__)

LIMITS = {"/update_sequence_messages": 10 * MIB}
SECRETS_IN_ADDRESS = ("token", "secret", "access_token", "api_key", "apikey", "key", "auth")
CALLBACK = problems(401, 413, 422) | {
    200: {"description": "It was taken in."},
    202: {"description": "It is kept until the turn it belongs to was answered."},
}
LOOK_UP = problems(401, 404, 413, 422) | {200: {"description": "What there is."}}
LOOK_UP_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": LookUpRequest.model_json_schema()}},
    }
}
Row = TypeVar("Row", ProspectRow, MessageRow)


class Campaigns:
    def __init__(
        self,
        *,
        token: str,
        taking_in: TakingIn,
        dropbox: DropBox,
        looking_up: LookingUp,
    ) -> None:
        self._token = token
        self._taking_in = taking_in
        self._dropbox = dropbox
        self._looking_up = looking_up

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/campaign", tags=["campaign"])
        for method in ("GET", "POST"):
            router.add_api_route(
                "/update_sequence_messages",
                self._callback,
                methods=[method],
                name=f"callback_by_{method.lower()}",
                response_model=None,
                responses=CALLBACK,
                openapi_extra={"security": [{"bearer": []}]},
            )
        router.add_api_route(
            "/look_up",
            self._look_up,
            methods=["POST"],
            response_model=None,
            responses=LOOK_UP,
            openapi_extra={"security": [{"bearer": []}], **LOOK_UP_BODY},
        )
        return router

    async def _callback(self, request: Request) -> Response:
        """The AI server says that something arrived in the drop box. Twice is harmless."""
        self._must_be_the_ai_server(request)
        callback = await _read_callback(request)
        prospects, messages = _rows(callback)
        await self._dropbox.put_prospects(prospects)
        await self._dropbox.put_messages(messages)
        is_last = callback.type in ("messages_ready", "messages_failed")
        if callback.is_historical and callback.step_id:
            is_last = False  # the historical form is told step by step
        progress = await self._taking_in.take_in(
            callback.sequence_id,
            are_people_complete=callback.type == "prospects_ready",
            is_last=is_last,
        )
        if progress is None:
            # Its turn's answer is still on its way to us; the drop box keeps everything till then.
            return JSONResponse({"status": "kept"}, 202)
        status = "stopped" if await self._dropbox.is_stopped(callback.sequence_id) else "ok"
        return JSONResponse({"status": status, "ready": progress.ready, "total": progress.total})

    async def _look_up(self, request: Request) -> Response:
        """Tell the AI server what the member of its ticket would see. Changes nothing."""
        self._must_be_the_ai_server(request)
        try:
            asked = LookUpRequest.model_validate(await read_object(request))
        except ValidationError as error:
            raise _unreadable(error, "the question") from error
        return JSONResponse(await self._looking_up.answer(asked))

    def _must_be_the_ai_server(self, request: Request) -> None:
        if any(name.lower() in SECRETS_IN_ADDRESS for name in request.query_params):
            log.warning(
                "a callback came with a secret in its address, where logs keep it; refused: the "
                "token belongs into the Authorization header"
            )
            raise NoSuchToken("The token belongs into the Authorization header.")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        is_right = hmac.compare_digest(given.strip().encode(), self._token.encode())
        if scheme.lower() != "bearer" or not is_right:
            raise NoSuchToken


async def _read_callback(request: Request) -> Callback:
    said: dict[str, Any] = dict(request.query_params)
    if request.method == "POST":
        said |= await read_object(request)
    try:
        return Callback.model_validate(said)
    except ValidationError as error:
        raise _unreadable(error, "the callback") from error


def _unreadable(error: ValidationError, what: str) -> InvalidInput:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or what
    return InvalidInput(f"{where}: {first['msg']}")


def _rows(callback: Callback) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the people and messages sent along by a server without a database, as the drop box
    keeps them. Whoever has a message is a prospect, named beside it or not.
    """
    messages = _parsed(MessageRow, callback.messages, callback.sequence_id)
    named = _parsed(ProspectRow, callback.prospects, callback.sequence_id)
    addressed = [
        ProspectRow(sequence_id=callback.sequence_id, email=email)
        for email in dict.fromkeys(message.email for message in messages)
    ]
    return _documents([*named, *addressed]), _documents(messages)


def _parsed(kind: type[Row], rows: list[dict[str, Any]], sequence_id: str) -> list[Row]:
    parsed = []
    for raw in rows:
        try:
            parsed.append(kind.model_validate({**raw, "sequence_id": sequence_id}))
        except ValidationError as error:
            log.warning("a row of a callback cannot be read: %s", error.errors()[0]["loc"])
    return parsed


def _documents(rows: Sequence[ProspectRow | MessageRow]) -> list[dict[str, Any]]:
    """Return the rows as documents, the first of each id."""
    return list({row.id: {"_id": row.id, **row.model_dump()} for row in reversed(rows)}.values())
