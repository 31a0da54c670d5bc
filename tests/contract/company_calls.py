"""One call of every method about companies, and about what is exported."""

from __future__ import annotations

from qrev.crm.company_ports import EVERY, CompanyFilter, CompanySort
from qrev.crm.edits import FieldEdit
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import ALICE, a_company, a_company_edit, a_person
from tests.contract.stores import Ask, Call, Stores

SORTS: tuple[CompanySort, ...] = ("name", "domain")
BEGINNING = ("", "")


async def fill_companies(s: Stores) -> None:
    """Give Acme a company with somebody in it, a change and a deleted one."""
    await s.people.upsert([a_person("ann", company_id="pine")], upload_id=None)
    await s.register.change(a_company_edit(FieldEdit(field="country", before="", after="Norway")))
    await s.companies.add_if_new([a_company("gone", deleted_at=TUESDAY_10AM)])


def _page(sort: CompanySort, after: tuple[str, str] | None, which: CompanyFilter) -> Ask:
    return lambda s, a: s.register.page(
        a, which, sort=sort, is_descending=False, after=after, limit=5
    )


COMPANIES = (
    Call("register", "get", lambda s, a: s.register.get(a, "pine"), reads=True),
    *(
        Call("register", "page", _page(sort, after, which), reads=True)
        for sort in SORTS
        for after in (None, BEGINNING)
        for which in (EVERY, CompanyFilter(search="pine"))
    ),
    Call(
        "register",
        "page",
        _page("name", None, CompanyFilter(is_deleted=True)),
        reads=True,
    ),
    Call("register", "count", lambda s, a: s.register.count(a, EVERY), reads=True),
    Call("register", "history", lambda s, a: s.register.history(a, "pine"), reads=True),
    Call("staff", "page", lambda s, a: s.staff.page(a, "pine", after=None, limit=5), reads=True),
    Call(
        "staff", "page", lambda s, a: s.staff.page(a, "pine", after=BEGINNING, limit=5), reads=True
    ),
    Call(
        "last_written", "last_sent", lambda s, a: s.last_written.last_sent(a, ["ann"]), reads=True
    ),
    Call(
        "rows",
        "prospects",
        lambda s, a: s.rows.prospects(a, "s1", after=None, limit=5),
        reads=True,
    ),
    Call(
        "rows",
        "prospects",
        lambda s, a: s.rows.prospects(a, "s1", after=0, limit=5),
        reads=True,
    ),
    Call("rows", "mails", lambda s, a: s.rows.mails(a, ["s1:bob"]), reads=True),
    Call("listed", "known", lambda s, a: s.listed.known(a, ["pine"]), reads=True),
    Call("staff", "of", lambda s, a: s.staff.of(a, ["pine"]), reads=True),
    Call("register", "change", lambda s, a: s.register.change(a_company_edit(account_id=a))),
    Call(
        "staff", "rename", lambda s, a: s.staff.rename(a, "pine", before="Pine", after="Pine Ltd")
    ),
    Call(
        "register",
        "set_deleted",
        lambda s, a: s.register.set_deleted(a, "pine", is_wanted=True, at=TUESDAY_10AM, by=ALICE),
    ),
    Call("listed", "unmake", lambda s, a: s.listed.unmake(a, ["pine"], made_by="")),
)
