"""What every CompanyRegister and CompanyPeople promise."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import UserId
from qrev.campaigns.models import MessageStatus
from qrev.crm.company_ports import EVERY, CompanyFilter, CompanySort, sort_key
from qrev.crm.edits import FieldEdit
from qrev.crm.filters import Order, PeopleFilter, key_of
from qrev.crm.models import Company
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import (
    ALICE,
    a_company,
    a_company_edit,
    a_message,
    a_person,
    a_prospect,
)
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def the_company(stores: Stores, key: str = "pine") -> Company:
    found = await stores.register.get(ACME, key)
    assert found is not None
    return found


async def keys(stores: Stores, which: CompanyFilter = EVERY, **asked: Any) -> list[str]:
    page: Mapping[str, Any] = {
        "sort": "name",
        "is_descending": False,
        "after": None,
        "limit": 9,
        **asked,
    }
    return [each.id for each in await stores.register.page(ACME, which, **page)]


async def test_a_company_comes_back_as_it_was_given(stores: Stores) -> None:
    company = a_company(
        industry="Wood",
        fields={"deal": "$10", "a b": "c"},
        owner_id=UserId("alice"),
        team_id="t1",
        source="list.csv",
        created_at=TUESDAY_10AM,
    )

    await stores.companies.add_if_new([company])

    assert await the_company(stores) == company


@pytest.mark.parametrize("sort", ["name", "domain"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_go_through_all_companies_once(
    stores: Stores, sort: CompanySort, is_descending: bool
) -> None:
    names = ("pine", "Oak", "ash", "Elm", "oak")
    await stores.companies.add_if_new(
        [a_company(f"c{n}", name=name, url="") for n, name in enumerate(names)]
    )
    await stores.companies.add_if_new([a_company("x", account_id=OTHER)])

    seen: list[Company] = []
    after = None
    while True:
        page = await stores.register.page(
            ACME, EVERY, sort=sort, is_descending=is_descending, after=after, limit=2
        )
        seen += page
        if len(page) < 2:
            break
        after = sort_key(page[-1], sort), page[-1].id

    order = [(sort_key(company, sort), company.id) for company in seen]
    assert order == sorted(set(order), reverse=is_descending)
    assert len(seen) == await stores.register.count(ACME, EVERY) == 5


async def test_companies_are_found_by_letters_and_by_what_is_known_of_them(stores: Stores) -> None:
    await stores.companies.add_if_new(
        [
            a_company("pine", name="Pine (North)", country="Norway"),
            a_company("oak", url="https://pineoak.test", owner_id=UserId("bob")),
            a_company("elm", team_id="t1"),
        ]
    )

    assert await keys(stores, CompanyFilter(search="pine")) == ["oak", "pine"]
    assert await keys(stores, CompanyFilter(search="(north)")) == ["pine"]
    assert await keys(stores, CompanyFilter(search=".*")) == []
    assert await keys(stores, CompanyFilter(search="pine", country="Norway")) == ["pine"]
    assert await keys(stores, CompanyFilter(owner_id=UserId("bob"))) == ["oak"]
    assert await keys(stores, CompanyFilter(team_id="t1")) == ["elm"]
    assert await stores.register.count(ACME, CompanyFilter(search="pine")) == 2
    assert await keys(stores, CompanyFilter(search="pine"), after=("oak", "oak")) == ["pine"]


async def test_fields_are_changed_one_by_one_with_an_entry_each_time(stores: Stores) -> None:
    await stores.companies.add_if_new([a_company(fields={"deal": "10"})])
    later = TUESDAY_10AM + timedelta(minutes=1)
    first = (
        FieldEdit(field="fields.deal", before="10", after=""),
        FieldEdit(field="owner_id", before="", after="bob"),
    )

    assert await stores.register.change(a_company_edit(*first))
    assert await stores.register.change(
        a_company_edit(FieldEdit(field="owner_id", before="bob", after=""), at=later)
    )

    assert await the_company(stores) == a_company()
    history = await stores.register.history(ACME, "pine")
    assert [(entry.at, len(entry.edits)) for entry in history] == [(later, 1), (TUESDAY_10AM, 2)]


async def test_of_two_who_change_one_field_one_succeeds(stores: Stores) -> None:
    await stores.companies.add_if_new([a_company()])

    done = await asyncio.gather(
        *(
            stores.register.change(
                a_company_edit(FieldEdit(field="industry", before="", after=f"w{n}"))
            )
            for n in range(4)
        )
    )

    assert sorted(done) == [False, False, False, True]
    assert len(await stores.register.history(ACME, "pine")) == 1


async def test_a_renamed_company_is_sorted_by_its_new_name(stores: Stores) -> None:
    await stores.companies.add_if_new([a_company("pine"), a_company("oak")])

    await stores.register.change(
        a_company_edit(FieldEdit(field="name", before="Pine", after="Ash"))
    )

    assert await keys(stores) == ["pine", "oak"]
    assert await keys(stores, CompanyFilter(search="ash")) == ["pine"]


async def test_a_deleted_company_is_on_no_list_but_that_of_the_deleted_until_restored(
    stores: Stores,
) -> None:
    await stores.companies.add_if_new([a_company("pine"), a_company("oak")])
    how: dict[str, Any] = {"at": TUESDAY_10AM, "by": ALICE}

    done = [
        await stores.register.set_deleted(ACME, "pine", is_wanted=True, **how) for _ in range(2)
    ]
    change_refused = await stores.register.change(a_company_edit())

    assert done == [True, False]
    assert change_refused is False
    assert (await the_company(stores)).deleted_at == TUESDAY_10AM
    assert await keys(stores) == ["oak"]
    assert await keys(stores, CompanyFilter(is_deleted=True)) == ["pine"]
    assert await stores.register.set_deleted(ACME, "pine", is_wanted=False, **how)
    assert await keys(stores) == ["oak", "pine"]
    fields = [e.edits[0].after for e in await stores.register.history(ACME, "pine")]
    assert fields == ["", "yes"]


async def test_people_of_a_company_are_paged_told_and_given_its_new_name(stores: Stores) -> None:
    await stores.people.upsert(
        [
            a_person("bob", company_id="pine", company_name="Pine"),
            a_person("ann", company_id="pine", company_name="The Pine"),
            a_person("eve", company_id="oak", company_name="Pine"),
        ],
        upload_id=None,
    )

    first = await stores.staff.page(ACME, "pine", after=None, limit=1)
    rest = await stores.staff.page(ACME, "pine", after=first[-1], limit=5)
    renamed = await stores.staff.rename(ACME, "pine", before="Pine", after="Ash")

    assert [person_id for _, person_id in first + rest] == ["ann", "bob"]
    of = await stores.staff.of(ACME, ["pine", "oak", "elm"])
    assert {key: sorted(ids) for key, ids in of.items()} == {"pine": ["ann", "bob"], "oak": ["eve"]}
    people = await stores.people.get_many(ACME, ["ann", "bob", "eve"])
    assert renamed == 1
    assert {p.id: p.company_name for p in people.values()} == {
        "ann": "The Pine",
        "bob": "Ash",
        "eve": "Pine",
    }
    by_company = await stores.finder.page(
        ACME, PeopleFilter(search="ash"), order=Order(), after=None, limit=5
    )
    bob = people["bob"]
    assert by_company == [(("company_name", key_of(bob, "company_name")), bob)]


async def test_the_last_mail_to_each_person_is_told(stores: Stores) -> None:
    later = TUESDAY_10AM + timedelta(days=1)
    await stores.messages.add_planned(
        [
            a_message("bob", status=MessageStatus.SENT, sent_at=TUESDAY_10AM),
            a_message("bob", step=2, status=MessageStatus.SENT, sent_at=later),
            a_message("ann"),
            a_message("eve", status=MessageStatus.SENT, sent_at=TUESDAY_10AM, account_id=OTHER),
        ]
    )

    assert await stores.last_written.last_sent(ACME, ["bob", "ann", "eve"]) == {"bob": later}


async def test_a_campaign_is_read_piece_by_piece_with_its_mails(stores: Stores) -> None:
    await stores.prospects.add_if_new([a_prospect(k, position=n) for n, k in enumerate("abc")])
    second, first = a_message("a", step=2), a_message("a")
    await stores.messages.add_planned([second, first, a_message("b", account_id=OTHER)])

    pieces = [await stores.rows.prospects(ACME, "s1", after=after, limit=2) for after in (None, 1)]

    assert [[each.id for each in piece] for piece in pieces] == [["s1:a", "s1:b"], ["s1:c"]]
    assert await stores.rows.mails(ACME, ["s1:a", "s1:b"]) == {"s1:a": [first, second]}


async def test_a_list_takes_back_only_what_it_brought_and_nobody_changed(stores: Stores) -> None:
    await stores.companies.add_if_new(
        [
            a_company("pine", made_by="list"),
            a_company("oak", made_by="list"),
            a_company("elm", made_by="other"),
            a_company("ash", account_id=OTHER, made_by="list"),
        ]
    )
    edit = FieldEdit(field="country", before="", after="Norway")
    await stores.register.change(a_company_edit(edit))
    ids = ["pine", "oak", "elm", "ash"]

    removed = await stores.listed.unmake(ACME, ids, made_by="list")

    assert removed == 1
    assert set(await stores.listed.known(ACME, ids)) == {"pine", "elm"}
    assert set(await stores.listed.known(OTHER, ids)) == {"ash"}
