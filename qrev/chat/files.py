"""The files members dropped, given back to their own account."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from qrev.accounts.models import Actor, Newcomer
from qrev.chat.door import Door
from qrev.crm.importing import Importing
from qrev.kit.csv_writing import begun
from qrev.kit.errors import NotFound, NotSignedIn

GONE = "We could not find that file."
MIMES = {
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Files:
    def __init__(self, *, door: Door, importing: Importing) -> None:
        self._door = door
        self._importing = importing

    def routes(self) -> list[Route]:
        return [
            Route("/files/{upload_id}", self._file, methods=["GET"]),
            Route("/files/refused/{import_id}", self._refused, methods=["GET"]),
        ]

    async def _file(self, request: Request) -> Response:
        """Answer with a file its own account dropped, as a download and nothing else."""
        who = await self._who(request)
        try:
            upload = await self._importing.upload(who, request.path_params["upload_id"])
            pieces = await begun(self._importing.pieces_of(who, upload.id))
        except NotFound as error:
            raise HTTPException(404, GONE) from error
        return _download(pieces, upload.filename, mime_of(upload.filename))

    async def _refused(self, request: Request) -> Response:
        """Answer with the lines of a list that were refused, each with its reason."""
        who = await self._who(request)
        try:
            made = await self._importing.get(who, request.path_params["import_id"])
            pieces = await begun(self._importing.refused(who, made.id))
        except NotFound as error:
            raise HTTPException(404, GONE) from error
        name = made.filename.rpartition(".")[0] or made.filename
        return _download(pieces, f"{name} - refused.csv", "text/csv")

    async def _who(self, request: Request) -> Actor:
        try:
            who = await self._door.browser(request)
        except NotSignedIn as error:
            raise HTTPException(404, GONE) from error
        if isinstance(who, Newcomer):
            raise HTTPException(404, GONE)
        return who


def mime_of(filename: str) -> str:
    """Return what kind of list a file says it is."""
    return MIMES.get(filename.rpartition(".")[2].lower(), "text/csv")


def _download(pieces: AsyncIterator[bytes], name: str, mime: str) -> Response:
    kind = f"{mime}; charset=utf-8" if mime.startswith("text/") else mime
    headers = {
        "Content-Disposition": f'attachment; filename="{_plain(name)}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces, media_type=kind, headers=headers)


def _plain(filename: str) -> str:
    """Return a name that can stand in a header."""
    kept = "".join(c if (c.isascii() and c.isalnum()) or c in " .-_" else "_" for c in filename)
    return kept.strip() or "people.csv"
