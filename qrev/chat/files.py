"""The files members dropped, given back to their own account."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qrev.accounts.models import Newcomer
from qrev.chat.door import Door
from qrev.crm.importing import Importing
from qrev.crm.workbooks import is_workbook
from qrev.kit.errors import NotFound, NotSignedIn


class Files:
    def __init__(self, *, door: Door, importing: Importing) -> None:
        self._door = door
        self._importing = importing

    def routes(self) -> list[Route]:
        return [Route("/files/{upload_id}", self._file, methods=["GET"])]

    async def _file(self, request: Request) -> Response:
        """Answer with a file its own account dropped, as a download and nothing else."""
        try:
            who = await self._door.browser(request)
            if isinstance(who, Newcomer):
                raise NotFound
            upload, data = await self._importing.read_upload(who, request.path_params["upload_id"])
        except (NotFound, NotSignedIn) as error:
            raise HTTPException(404, "We could not find that file.") from error
        headers = {"Content-Disposition": f'attachment; filename="{_plain(upload.filename)}"'}
        kind = "application/octet-stream" if is_workbook(data) else "text/csv; charset=utf-8"
        return Response(data, media_type=kind, headers=headers)


def _plain(filename: str) -> str:
    """Return a name that can stand in a header."""
    kept = "".join(c if (c.isascii() and c.isalnum()) or c in " .-_" else "_" for c in filename)
    return kept.strip() or "people.csv"
