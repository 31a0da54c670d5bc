"""The companies a workspace knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from qrev.accounts.models import Actor, UserId
from qrev.api.asked import IdAsked
from qrev.api.company_views import (
    CompaniesTakenBackView,
    CompanyAsked,
    CompanyChangeAsked,
    CompanyListAsked,
    CompanyListView,
    CompanyPageView,
    CompanyView,
    NewCompanyAsked,
)
from qrev.api.cursors import from_word_cursor, to_word_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.downloads import CSV_SEEN, csv_download
from qrev.api.house import Behind
from qrev.api.lists_taken import LIST_TAKEN, kept_upload
from qrev.api.people_views import ContactPage, ContactView, HistoryEntryView
from qrev.bootstrap import Services
from qrev.crm.company_ports import CompanyFilter, CompanySort
from qrev.crm.edits import CUSTOM
from qrev.crm.models import Company

OF_A_COMPANY = "people of a company"
router = APIRouter(prefix="/crm/company", tags=["companies"], responses=USUAL)
Short = Annotated[str | None, Query(max_length=300)]


def _which(
    search: Annotated[str, Query(max_length=300)] = "",
    owner_id: Short = None,
    team_id: Short = None,
    country: Short = None,
    is_deleted: bool = False,
) -> CompanyFilter:
    return CompanyFilter(
        search=search,
        owner_id=None if owner_id is None else UserId(owner_id),
        team_id=team_id,
        country=country,
        is_deleted=is_deleted,
    )


Which = Annotated[CompanyFilter, Depends(_which)]


@router.get("/list")
async def companies(
    behind: Behind,
    actor: Asking,
    which: Which,
    sort: CompanySort = "name",
    is_descending: bool = False,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CompanyPageView:
    """List companies in order. A page belongs to the sort it was begun with.

    `search` are letters of the name or domain. Deleted ones are listed by themselves.
    """
    order = f"companies {sort} {is_descending}"
    page = await behind.companies.page(
        actor,
        which,
        sort=sort,
        is_descending=is_descending,
        after=None if after is None else from_word_cursor(after, order),
        limit=limit,
    )
    numbers = await behind.company_numbers.of(actor, [each.id for each in page.companies])
    return CompanyPageView(
        companies=[CompanyView.of(each, numbers[each.id]) for each in page.companies],
        total=page.total,
        next=None if page.next is None else to_word_cursor(page.next, order),
    )


@router.get("/details", responses=problems(404))
async def details(behind: Behind, actor: Asking, company_id: IdAsked) -> CompanyView:
    """Tell about one company, a deleted one as well."""
    return await _view(behind, actor, await behind.companies.get(actor, company_id))


@router.post("/create", status_code=201, responses=problems(409))
async def create(behind: Behind, actor: Asking, asked: NewCompanyAsked) -> CompanyView:
    """Add a company. It is known by its domain or, without one, its name: 409 if it is there."""
    given = {name: value for name, value in asked.model_dump(exclude={"fields"}).items() if value}
    given |= {f"{CUSTOM}{title}": value for title, value in asked.fields.items()}
    return await _view(behind, actor, await behind.companies.create(actor, given))


@router.post("/update", responses=problems(404, 409))
async def update(behind: Behind, actor: Asking, asked: CompanyChangeAsked) -> CompanyView:
    """Change the fields that are named; every other stays as it is.

    With `seen`, a field that is not any more what you saw is not changed, and nothing else of the
    request is: 409. Fields of your own are named `fields.` and their title; "" empties a field.
    """
    changed = await behind.companies.change(actor, asked.company_id, asked.changes, seen=asked.seen)
    return await _view(behind, actor, changed)


@router.post("/delete", responses=problems(404))
async def delete(behind: Behind, actor: Asking, asked: CompanyAsked) -> CompanyView:
    """Take a company off every list. Its people stay; for 30 days it can be restored."""
    return await _view(behind, actor, await behind.companies.delete(actor, asked.company_id))


@router.post("/restore", responses=problems(404))
async def restore(behind: Behind, actor: Asking, asked: CompanyAsked) -> CompanyView:
    """Bring back a company that was deleted in the last 30 days."""
    return await _view(behind, actor, await behind.companies.restore(actor, asked.company_id))


@router.get("/history", responses=problems(404))
async def history(behind: Behind, actor: Asking, company_id: IdAsked) -> list[HistoryEntryView]:
    """Tell who changed what of a company, the newest first; the last 200 changes."""
    return [HistoryEntryView.of(e) for e in await behind.companies.history(actor, company_id)]


@router.get("/people", responses=problems(404))
async def people(
    behind: Behind,
    actor: Asking,
    company_id: IdAsked,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ContactPage:
    """List the people of a company in the order of their names."""
    page = await behind.companies.people(
        actor,
        company_id,
        after=None if after is None else from_word_cursor(after, OF_A_COMPANY),
        limit=limit,
    )
    numbers = await behind.company_numbers.of(actor, [company_id])
    return ContactPage(
        people=[ContactView.of(person) for person in page.people],
        total=numbers[company_id].people,
        is_total_exact=True,
        next=None if page.next is None else to_word_cursor(page.next, OF_A_COMPANY),
    )


@router.get("/export", response_class=Response, responses=CSV_SEEN)
async def export(behind: Behind, actor: Asking, which: Which) -> Response:
    """Give the companies that fit as a CSV file."""
    return await csv_download(await behind.companies.export(actor, which), "companies")


@router.post("/import", openapi_extra=LIST_TAKEN, responses=problems(413))
async def look(
    behind: Behind,
    actor: Asking,
    request: Request,
    filename: Annotated[str, Query(max_length=200)] = "",
) -> CompanyListView:
    """Hand over a list. The body is the file itself: CSV, TSV or Excel, up to 50,000 companies.

    Nothing is written: it is looked at, and waits for `import/confirm`.
    """
    upload = await kept_upload(behind, actor, request, filename)
    return CompanyListView.of(await behind.company_importing.look(actor, upload))


@router.post("/import/confirm", responses=problems(404))
async def bring_in(behind: Behind, actor: Asking, asked: CompanyListAsked) -> CompanyListView:
    """Bring a list in: new companies, and facts that known ones lack. Twice is harmless."""
    upload = await behind.importing.upload(actor, asked.upload_id)
    return CompanyListView.of(await behind.company_importing.bring_in(actor, upload))


@router.post("/import/undo", responses=problems(404))
async def take_back(
    behind: Behind, actor: Asking, asked: CompanyListAsked
) -> CompaniesTakenBackView:
    """Remove the companies a list brought, but for those changed since or with people in them."""
    upload = await behind.importing.upload(actor, asked.upload_id)
    done = await behind.company_importing.undo(actor, upload)
    return CompaniesTakenBackView(removed=done.removed, kept=done.kept)


async def _view(behind: Services, actor: Actor, company: Company) -> CompanyView:
    numbers = await behind.company_numbers.of(actor, [company.id])
    return CompanyView.of(company, numbers[company.id])
