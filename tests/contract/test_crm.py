"""What every PeopleBook, CompanyBook, Uploads and Suppressions promise."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import UserId
from qrev.crm.models import Origin, Person
from qrev.crm.ports import PeopleSort
from qrev.crm.veiling import Veil
from tests.conftest import ACME, OTHER
from tests.contract.builders import a_company, a_person, a_suppression, an_upload
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio

BIG = bytes(range(256)) * 4 * 1024 * 3  # three megabytes: a dozen pieces of 255 KB


async def the_person(stores: Stores, key: str = "bob") -> Person:
    return (await stores.people.get_many(ACME, [key]))[key]


async def test_a_person_comes_back_as_they_were_given(stores: Stores) -> None:
    person = a_person(company_id="pine", fields={"deal": "$10", "a b": "c"}, phone_number="+49")

    assert await stores.people.upsert([person], upload_id=None) == 1

    assert await the_person(stores) == person


async def test_what_is_known_of_a_person_is_filled_and_never_replaced(stores: Stores) -> None:
    await stores.people.upsert([a_person(fields={"deal": "10"})], upload_id=None)
    better = a_person(
        name="Robert",
        job_title="CEO",
        source="other.csv",
        company_id="pine",
        fields={"deal": "99", "size": "4"},
    )

    assert await stores.people.upsert([better, a_person("ann")], upload_id=None) == 1

    assert await the_person(stores) == a_person(
        job_title="CEO", company_id="pine", fields={"deal": "10", "size": "4"}
    )


async def test_lists_that_bring_the_same_people_at_once_bring_them_once(stores: Stores) -> None:
    people = [a_person(f"p{n}") for n in range(20)]

    new = await asyncio.gather(
        *(stores.people.upsert(people, upload_id=f"u{n}") for n in range(4)),
    )

    assert sum(new) == 20
    assert [await stores.people.count(ACME, upload_id=f"u{n}") for n in range(4)] == [20] * 4


async def test_people_are_counted_by_list_and_by_account(stores: Stores) -> None:
    await stores.people.upsert([a_person(), a_person("ann")], upload_id="u1")
    await stores.people.upsert([a_person("cy"), a_person("ann")], upload_id="u2")
    await stores.people.upsert([a_person("mal", account_id=OTHER)], upload_id="u1")

    assert await stores.people.count(ACME, upload_id=None) == 3
    assert await stores.people.count(ACME, upload_id="u1") == 2
    assert await stores.people.count(ACME, upload_id="u2") == 2


async def pages(
    stores: Stores, sort: PeopleSort, *, is_descending: bool, upload_id: str | None
) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    for _ in range(10):
        page = await stores.people.page(
            ACME,
            upload_id=upload_id,
            sort=sort,
            is_descending=is_descending,
            after=seen[-1] if seen else None,
            limit=4,
        )
        seen += [(getattr(person, sort), person.id) for person in page]
        if len(page) < 4:
            break
    return seen


@pytest.mark.parametrize("sort", ["name", "email", "company_name", "job_title"])
@pytest.mark.parametrize("upload_id", [None, "u1"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_show_everyone_once_though_many_are_called_the_same(
    stores: Stores, sort: PeopleSort, upload_id: str | None, is_descending: bool
) -> None:
    names = ["", "Ann", "ann", "Ånn", "Bob"]
    people = [
        a_person(f"p{n:02}", name=names[n % 5], company_name=names[n % 3], job_title=names[n % 2])
        for n in range(14)
    ]
    await stores.people.upsert(people[:10], upload_id="u1")
    await stores.people.upsert(people[10:], upload_id="u2")

    seen = await pages(stores, sort, is_descending=is_descending, upload_id=upload_id)

    meant = people if upload_id is None else people[:10]
    in_order = sorted(((getattr(p, sort), p.id) for p in meant), reverse=is_descending)
    assert seen == in_order


async def test_companies_are_new_once(stores: Stores) -> None:
    assert await stores.companies.add_if_new([a_company(), a_company("oak")]) == 2
    assert await stores.companies.add_if_new([a_company(name="Else"), a_company("elm")]) == 1


async def test_an_upload_comes_back_byte_by_byte(stores: Stores) -> None:
    assert await stores.uploads.add_if_new(an_upload(size=len(BIG)), BIG) is True

    assert await stores.uploads.get(ACME, "u1") == an_upload(size=len(BIG))
    assert await stores.uploads.read(ACME, "u1") == BIG


async def test_an_empty_upload_is_an_upload(stores: Stores) -> None:
    await stores.uploads.add_if_new(an_upload(size=0), b"")

    assert await stores.uploads.read(ACME, "u1") == b""


async def test_an_upload_is_kept_once_and_stays_as_it_came(stores: Stores) -> None:
    await stores.uploads.add_if_new(an_upload(), b"email")

    assert await stores.uploads.add_if_new(an_upload(filename="b.csv"), b"other") is False

    assert await stores.uploads.read(ACME, "u1") == b"email"
    assert await stores.uploads.get(ACME, "u1") == an_upload()


async def test_a_file_dropped_into_many_tabs_at_once_is_kept_once(stores: Stores) -> None:
    upload = an_upload(size=len(BIG))

    were_new = await asyncio.gather(*(stores.uploads.add_if_new(upload, BIG) for _ in range(4)))

    assert were_new.count(True) == 1
    assert await stores.uploads.read(ACME, "u1") == BIG


async def test_a_suppression_is_new_once_and_keeps_its_reason(stores: Stores) -> None:
    assert await stores.suppressions.add_if_new(a_suppression()) is True
    assert await stores.suppressions.add_if_new(a_suppression(reason="again")) is False

    assert await stores.suppressions.find(ACME, ["bob@pine.test"]) == {
        "bob@pine.test": a_suppression()
    }


async def test_of_suppressions_at_once_one_is_new(stores: Stores) -> None:
    were_new = await asyncio.gather(
        *(stores.suppressions.add_if_new(a_suppression(reason=str(n))) for n in range(8))
    )

    assert were_new.count(True) == 1


async def test_only_the_accounts_own_suppressions_among_those_asked_are_found(
    stores: Stores,
) -> None:
    domain = a_suppression(value="elm.test", reason="a partner")
    for each in (a_suppression(), domain, a_suppression(value="oak.test")):
        await stores.suppressions.add_if_new(each)
    await stores.suppressions.add_if_new(a_suppression(account_id=OTHER, value="x.test"))

    found = await stores.suppressions.find(
        ACME, ["elm.test", "bob@pine.test", "x.test", "ash.test"]
    )

    assert found == {"elm.test": domain, "bob@pine.test": a_suppression()}


async def test_the_same_address_may_be_suppressed_by_two_accounts(stores: Stores) -> None:
    theirs = a_suppression(account_id=OTHER, reason="theirs")

    assert await stores.suppressions.add_if_new(a_suppression()) is True
    assert await stores.suppressions.add_if_new(theirs) is True

    assert (await stores.suppressions.find(OTHER, [theirs.value]))[theirs.value] == theirs


async def test_suppressions_are_paged_in_order_and_counted(stores: Stores) -> None:
    for value in ("oak.test", "ann@elm.test", "bob@pine.test"):
        await stores.suppressions.add_if_new(a_suppression(value=value))
    await stores.suppressions.add_if_new(a_suppression(account_id=OTHER, value="c.test"))

    first = await stores.suppressions.page(ACME, after=None, limit=2)
    rest = await stores.suppressions.page(ACME, after=first[-1].value, limit=2)

    values = [each.value for each in (*first, *rest)]
    assert values == ["ann@elm.test", "bob@pine.test", "oak.test"]
    assert await stores.suppressions.count(ACME) == 3


async def test_a_suppression_is_taken_off_by_one_of_those_who_try(stores: Stores) -> None:
    await stores.suppressions.add_if_new(a_suppression())

    removed = await asyncio.gather(
        *(stores.suppressions.remove(ACME, "bob@pine.test") for _ in range(4))
    )

    assert sorted(removed, key=bool) == [None, None, None, a_suppression()]
    assert await stores.suppressions.find(ACME, ["bob@pine.test"]) == {}
    assert await stores.suppressions.add_if_new(a_suppression(reason="again")) is True


async def test_an_erased_address_is_found_by_itself_and_read_by_nobody(stores: Stores) -> None:
    erased = a_suppression(value=Veil("house").over(ACME, "bob@pine.test"), origin=Origin.ERASED)
    await stores.suppressions.add_if_new(erased)

    again = await stores.suppressions.add_if_new(a_suppression(reason="typed anew"))

    assert again is False
    assert await stores.suppressions.find(ACME, ["bob@pine.test", "ann@pine.test"]) == {
        "bob@pine.test": erased
    }
    assert await stores.suppressions.find(OTHER, ["bob@pine.test"]) == {}
    assert await stores.suppressions.page(ACME, after=None, limit=5) == [erased]
    assert await stores.suppressions.remove(ACME, "bob@pine.test") == erased
    assert await stores.suppressions.count(ACME) == 0


async def test_of_a_batch_of_suppressions_those_that_are_new_are_told(stores: Stores) -> None:
    await stores.suppressions.add_if_new(a_suppression())
    elm = a_suppression(value="elm.test", origin=Origin.LIST, by=UserId("alice"))

    added = await stores.suppressions.add_new([a_suppression(reason="again"), elm])

    assert added == {"elm.test"}
    assert await stores.suppressions.find(ACME, ["elm.test"]) == {"elm.test": elm}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("pine", ["ann@pine.test", "pine.test"]),
        ("ann@pine.test", ["ann@pine.test"]),
        ("bob@elm.test", ["(erased)"]),
        (".*", []),
        ("erased:", ["(erased)"]),
    ],
)
async def test_suppressions_are_searched_by_letters_and_erased_ones_by_their_address(
    stores: Stores, search: str, found: list[str]
) -> None:
    veiled = Veil("house").over(ACME, "bob@elm.test")
    for value in ("ann@pine.test", "pine.test", veiled):
        await stores.suppressions.add_if_new(a_suppression(value=value))

    page = await stores.suppressions.page(ACME, search=search, after=None, limit=5)
    behind = await stores.suppressions.page(ACME, search=search, after="z", limit=5)

    assert [each.value.replace(veiled, "(erased)") for each in page] == found
    assert await stores.suppressions.count(ACME, search=search) == len(found)
    assert behind == []
