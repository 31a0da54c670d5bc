"""An import of Acme's, and one call of every method of what lists are kept and checked with."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from qrev.campaigns.models import ProspectStatus
from qrev.crm.doctor import Diagnosis, FieldChange, Line
from qrev.crm.edits import FieldEdit
from qrev.crm.import_ports import ImportChange
from qrev.crm.imports import Import, ImportState, Mark, PersonChange, Tally, Wish
from qrev.crm.repairs import FILL_ALL, Finding, Plan, Repair, Rule
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE, a_person, a_prospect, a_suppression, an_upload
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE
PLAN = Plan(
    titles=("Email", "Deal.Size"),
    choices=("email", "keep"),
    repairs=frozenset({Repair.FIX_TYPOS}),
    rules={**FILL_ALL, "name": Rule.REPLACE},
)
DIAGNOSIS = Diagnosis(
    rows=3,
    new=1,
    known=1,
    changed=1,
    refused=1,
    found={Finding.INVALID: 1},
    mendable={Finding.INVALID: 1},
    lines={Finding.INVALID: [Line(line=4, value="a@b,c", reason="no", suggestion="a@b.c")]},
    meant={Finding.INVALID: [("a@b,c", "a@b.c", 1)]},
    fields={"fields.Deal.Size $": 1},
    changes=[FieldChange(email="bob@pine.test", field="name", before="", after="Bob")],
    sample=[["a@b.test"], ["10"]],
    are_columns_unsure=True,
)


def an_import(key: str = "i1", **changes: Any) -> Import:
    made = Import(
        id=key,
        account_id=ACME,
        upload_id="u1",
        filename="people.csv",
        created_by=ALICE,
        created_at=TUESDAY_10AM,
        wish=Wish(conversation_id="c1", turn_id="t1", words="sell tea"),
    )
    return replace(made, **changes)


def a_mark(**changes: Any) -> Mark:
    mark = Mark(
        account_id=ACME,
        import_id="i1",
        upload_id="u1",
        source="people.csv",
        by=ALICE,
        at=TUESDAY_10AM,
    )
    return replace(mark, **changes)


def a_change(*edits: FieldEdit, **changes: Any) -> PersonChange:
    change = PersonChange(
        person_id="bob",
        edits=edits or (FieldEdit(field="job_title", before="", after="CEO"),),
        company_id=None,
        moves_company=False,
    )
    return replace(change, **changes)


async def fill_imports(s: Stores) -> None:
    await s.imports.add(an_import(state=ImportState.OPEN, plan=PLAN, diagnosis=DIAGNOSIS))
    await s.imports.add(an_import("i2", created_at=LATER))
    await s.import_settings.set_rules(ACME, {**FILL_ALL, "name": Rule.KEEP})
    await s.import_settings.set_columns(ACME, "k1", {"Email": "email"})
    written_to = a_prospect("ivy", status=ProspectStatus.ACTIVE, position=9)
    await s.prospects.add_if_new([written_to])


IMPORTS = (
    Call("imports", "get", lambda s, a: s.imports.get(a, "i1"), reads=True),
    Call("imports", "page", lambda s, a: s.imports.page(a, before=None, limit=5), reads=True),
    Call("imports", "page", lambda s, a: s.imports.page(a, before=(LATER, "i2"), limit=5), True),
    Call("imports", "of_upload", lambda s, a: s.imports.of_upload(a, "u1"), reads=True),
    Call("imports", "add", lambda s, a: s.imports.add(an_import("i3"))),
    Call(
        "imports",
        "change",
        lambda s, a: s.imports.change(
            a, "i1", ImportChange(problem="odd"), among=[ImportState.OPEN], version=1
        ),
    ),
    Call(
        "import_leases",
        "claim",
        lambda s, a: s.import_leases.claim(a, "i2", token="t", now=LATER, until=LATER + MINUTE),
    ),
    Call(
        "import_leases",
        "beat",
        lambda s, a: s.import_leases.beat(a, "i2", Tally(rows=5), token="t", until=LATER),
    ),
    Call("import_leases", "orphans", lambda s, a: s.import_leases.orphans(now=LATER)),
    Call("import_settings", "rules", lambda s, a: s.import_settings.rules(a), reads=True),
    Call("import_settings", "columns", lambda s, a: s.import_settings.columns(a, "k1"), True),
    Call("import_settings", "set_rules", lambda s, a: s.import_settings.set_rules(a, FILL_ALL)),
    Call(
        "import_settings",
        "set_columns",
        lambda s, a: s.import_settings.set_columns(a, "k1", {"Email": "keep"}),
    ),
    Call(
        "imported", "known", lambda s, a: s.imported.known(a, ["bob"], upload_id="u1"), reads=True
    ),
    Call("imported", "change", lambda s, a: s.imported.change([a_change()], a_mark(account_id=a))),
    Call("imported", "join", lambda s, a: s.imported.join(["bob"], a_mark(upload_id="u7"))),
    Call(
        "imported",
        "take_back",
        lambda s, a: s.imported.take_back(["bob"], a_mark(), is_listed_elsewhere=False),
    ),
    Call("imported", "add_new", lambda s, a: s.imported.add_new([a_person("cy")], a_mark())),
    Call("imported", "remove", lambda s, a: s.imported.remove(["cy"], a_mark())),
    Call("outreach", "running", lambda s, a: s.outreach.running(a, ["ivy"]), reads=True),
    Call("outreach", "written_to", lambda s, a: s.outreach.written_to(a, ["ivy"]), reads=True),
    Call("outreach", "withdraw", lambda s, a: s.outreach.withdraw(a, ["bob"])),
)
UPLOADS = (
    Call("uploads", "get", lambda s, a: s.uploads.get(a, "u1"), reads=True),
    Call("uploads", "fetch", lambda s, a: s.uploads.fetch(a, "u1", BytesIO()), reads=True),
    Call(
        "uploads",
        "add_if_new",
        lambda s, a: s.uploads.add_if_new(an_upload(), BytesIO(b"email")),
    ),
)
SUPPRESSIONS = (
    Call("suppressions", "find", lambda s, a: s.suppressions.find(a, ["bob@pine.test"]), True),
    Call(
        "suppressions",
        "page",
        lambda s, a: s.suppressions.page(a, after=None, limit=2),
        reads=True,
    ),
    Call(
        "suppressions", "page", lambda s, a: s.suppressions.page(a, after="b", limit=2), reads=True
    ),
    Call(
        "suppressions",
        "page",
        lambda s, a: s.suppressions.page(a, search="pine", after="a", limit=2),
        reads=True,
    ),
    Call("suppressions", "count", lambda s, a: s.suppressions.count(a), reads=True),
    Call("suppressions", "count", lambda s, a: s.suppressions.count(a, search="p"), reads=True),
    Call("suppressions", "remove", lambda s, a: s.suppressions.remove(a, "bob@pine.test")),
    Call("suppressions", "add_if_new", lambda s, a: s.suppressions.add_if_new(a_suppression())),
    Call("suppressions", "add_new", lambda s, a: s.suppressions.add_new([a_suppression()])),
)
