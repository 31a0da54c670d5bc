"""What every PeopleBook, CompanyBook, Uploads and Suppressions promise."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest

from qrev.accounts.models import UserId
from qrev.crm.filters import PeopleFilter
from qrev.crm.models import Origin, Person
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
    lists = [PeopleFilter(upload_id=f"u{n}") for n in range(4)]
    assert [(await stores.finder.count(ACME, each)).number for each in lists] == [20] * 4


async def test_companies_are_new_once(stores: Stores) -> None:
    assert await stores.companies.add_if_new([a_company(), a_company("oak")]) == 2
    assert await stores.companies.add_if_new([a_company(name="Else"), a_company("elm")]) == 1


async def fetched(stores: Stores) -> bytes:
    into = BytesIO()
    assert await stores.uploads.fetch(ACME, "u1", into) is True
    return into.getvalue()


async def test_an_upload_comes_back_byte_by_byte(stores: Stores) -> None:
    assert await stores.uploads.add_if_new(an_upload(size=len(BIG)), BytesIO(BIG)) is True

    assert await stores.uploads.get(ACME, "u1") == an_upload(size=len(BIG))
    assert await fetched(stores) == BIG


async def test_an_empty_upload_is_an_upload(stores: Stores) -> None:
    await stores.uploads.add_if_new(an_upload(size=0), BytesIO())

    assert await fetched(stores) == b""


async def test_an_upload_is_kept_once_and_stays_as_it_came(stores: Stores) -> None:
    await stores.uploads.add_if_new(an_upload(), BytesIO(b"email"))

    assert await stores.uploads.add_if_new(an_upload(filename="b.csv"), BytesIO(b"other")) is False

    assert await fetched(stores) == b"email"
    assert await stores.uploads.get(ACME, "u1") == an_upload()


async def test_a_file_dropped_into_many_tabs_at_once_is_kept_once(stores: Stores) -> None:
    upload = an_upload(size=len(BIG))

    were_new = await asyncio.gather(
        *(stores.uploads.add_if_new(upload, BytesIO(BIG)) for _ in range(4))
    )

    assert were_new.count(True) == 1
    assert await fetched(stores) == BIG


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
