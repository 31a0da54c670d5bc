"""What is done to people, as the contract needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qrev.crm.edits import FieldEdit
from qrev.crm.filters import PeopleFilter
from qrev.crm.lists import SavedList
from qrev.crm.marks import Mark, deleted, owned, restored, tagged, untagged
from qrev.crm.merges import Merge
from qrev.crm.models import Person
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, a_person

OWNED: Mapping[str, Any] = {"owner_id": ALICE}


def a_mark(sets: Mapping[str, Any] | None = None) -> Mark:
    """Bob gets a tag, or an owner."""
    if sets:
        mark = owned(a_person(), ALICE, ALICE, TUESDAY_10AM)
    else:
        mark = tagged(a_person(), "Warm", ALICE, TUESDAY_10AM)
    assert mark is not None
    return mark


def an_untag(person: Person, tag: str) -> Mark:
    made = untagged(person, tag, ALICE, TUESDAY_10AM)
    assert made is not None
    return made


def a_deletion(person: Person | None = None) -> Mark:
    return deleted(person or a_person(), ALICE, TUESDAY_10AM)


def a_restoration(person: Person | None = None) -> Mark:
    return restored(person or a_person(), ALICE, TUESDAY_10AM)


def a_saved_list(**changes: Any) -> SavedList:
    saved = SavedList(
        id="l1",
        account_id=ACME,
        name="Peru, warm",
        wanted=PeopleFilter(country="Peru", tags=("Warm",), lacks=frozenset({"phone_number"})),
        created_by=ALICE,
        created_at=TUESDAY_10AM,
    )
    return replace(saved, **changes)


def a_merge(**changes: Any) -> Merge:
    merge = Merge(
        id="m1",
        account_id=ACME,
        kept_id="bob",
        other_id="ann",
        by=ALICE,
        at=TUESDAY_10AM,
        edits=(FieldEdit(field="name", before="", after="Ann"),),
        tags=("Warm",),
        lists=("u1",),
    )
    return replace(merge, **changes)
