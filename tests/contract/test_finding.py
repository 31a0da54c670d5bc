"""What every PeopleFinder promises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pymongo.asynchronous.database import AsyncDatabase

from qrev.crm.edits import FieldEdit
from qrev.crm.filters import Order, PeopleFilter, Place, Total, first_match, key_of
from qrev.crm.finding import KEYS, PeopleSort, is_meant, keys_of, search_words
from qrev.crm.models import Person
from qrev.crm.store import PEOPLE_INDEXES, MongoPeopleBook, MongoPeopleFinder
from qrev.kit.mongo import Document, ensure_indexes
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import a_person, an_edit
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
NAMES = ("", "Ann", "ann", "Ånn", "Bob")


async def found(
    stores: Stores,
    wanted: PeopleFilter,
    *,
    sort: PeopleSort = "name",
    is_descending: bool = False,
    limit: int = 4,
) -> list[Person]:
    """Return everybody who is as wanted, page by page."""
    order, after, seen = Order(sort=sort, is_descending=is_descending), None, []
    for _ in range(20):
        page = await stores.finder.page(ACME, wanted, order=order, after=after, limit=limit)
        seen += [person for _, person in page]
        after = page[-1][0] if page else None
        if len(page) < limit:
            break
    return seen


async def emails(stores: Stores, **wanted: object) -> list[str]:
    people = await found(stores, PeopleFilter(**wanted))  # type: ignore[arg-type]
    return [person.email.partition("@")[0] for person in people]


@pytest.mark.parametrize("sort", list(KEYS))
@pytest.mark.parametrize("upload_id", [None, "u1"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_show_everyone_once_though_many_are_called_the_same(
    stores: Stores, sort: PeopleSort, upload_id: str | None, is_descending: bool
) -> None:
    people = [
        a_person(f"p{n:02}", name=NAMES[n % 5], company_name=NAMES[n % 3], job_title=NAMES[n % 2])
        for n in range(14)
    ]
    await stores.people.upsert(people[:10], upload_id="u1")
    await stores.people.upsert(people[10:], upload_id="u2")

    wanted = PeopleFilter(upload_id=upload_id)
    seen = await found(stores, wanted, sort=sort, is_descending=is_descending)

    meant = people if upload_id is None else people[:10]
    in_order = sorted(meant, key=lambda p: key_of(p, sort), reverse=is_descending)
    assert [person.id for person in seen] == [person.id for person in in_order]


async def test_case_and_accents_sort_nobody_apart_and_the_nameless_come_last(
    stores: Stores,
) -> None:
    named = {"p1": "Zoe", "p2": "", "p3": "ånn", "p4": "Ann B", "p5": "bob"}
    await stores.people.upsert([a_person(k, name=n) for k, n in named.items()], upload_id=None)

    assert await emails(stores) == ["p3", "p4", "p5", "p1", "p2"]


async def test_people_are_found_by_everything_they_are_like(stores: Stores) -> None:
    people = [
        a_person("ann", company_id="oak", country="Germany", job_title="CEO", tags=("VIP",)),
        a_person("bob", company_id="oak", country="germany", owner_id="u-alice", team_id="t1"),
        a_person("cy", country="Peru", source="assistant", job_title="CTO", tags=("vip", "eu")),
        a_person("dee", name="", owner_id="u-alice", phone_number="+49"),
    ]
    await stores.people.upsert(people, upload_id="u1")
    await stores.people.upsert([a_person("eve")], upload_id="u2")
    await stores.people.upsert([a_person("mal", account_id=OTHER, country="Peru")], upload_id="u1")

    assert await emails(stores, upload_id="u1") == ["ann", "bob", "cy", "dee"]
    assert await emails(stores, country="GERMANY") == ["ann", "bob"]
    assert await emails(stores, company_id="oak", owner_id="u-alice") == ["bob"]
    assert await emails(stores, tags=("VIP",)) == ["ann", "cy"]
    assert await emails(stores, tags=("vip", "eu"), upload_id="u1") == ["cy"]
    assert await emails(stores, team_id="t1") == ["bob"]
    assert await emails(stores, source="assistant") == ["cy"]
    assert await emails(stores, has=frozenset({"job_title"})) == ["ann", "cy"]
    has, lacks = frozenset({"owner_id"}), frozenset({"name", "job_title"})
    assert await emails(stores, has=has, lacks=lacks) == ["dee"]
    assert await emails(stores, country="Peru", company_id="oak") == []
    assert await emails(stores, is_deleted=True) == []


async def test_they_are_counted_by_account_list_and_what_they_are_like(stores: Stores) -> None:
    await stores.people.upsert([a_person(), a_person("ann", country="Peru")], upload_id="u1")
    await stores.people.upsert([a_person("cy"), a_person("ann")], upload_id="u2")
    await stores.people.upsert([a_person("mal", account_id=OTHER)], upload_id="u1")

    async def count(**wanted: str) -> Total:
        return await stores.finder.count(ACME, PeopleFilter(**wanted))  # type: ignore[arg-type]

    assert await count() == Total(number=3)
    assert await count(upload_id="u1") == Total(number=2)
    assert await count(upload_id="u2", country="peru") == Total(number=1)
    assert await count(country="Chile") == Total(number=0)
    assert (await count(search="a")).is_exact is False


async def test_a_search_finds_names_first_then_whatever_else_begins_so(stores: Stores) -> None:
    people = [
        a_person("mia", name="Anna Müller", company_name="Oak", job_title="CEO"),
        a_person("muller.a", name="Ben", company_name="Oak"),
        a_person("cy", name="Cy", company_name="Muller & Sons"),
        a_person("dee", name="Müller, Dee", company_name="Oak"),
        a_person("eve", name="Eve", company_name="Oak", job_title="Head of Müller-Projects"),
        a_person("fay", name="Fay Mull", company_name="Oak"),
    ]
    await stores.people.upsert(people, upload_id="u1")

    assert await emails(stores, search="MULLER") == ["dee", "muller.a", "cy", "mia", "eve"]
    assert await emails(stores, search="müller an") == ["mia"]
    assert await emails(stores, search="an mü") == ["mia"]
    assert await emails(stores, search="projects") == ["eve"]
    assert await emails(stores, search="pine.te") == [
        p.email.partition("@")[0] for p in sorted(people, key=lambda p: key_of(p, "name"))
    ]
    assert await emails(stores, search="ulle") == []
    assert await emails(stores, search="mul", upload_id="u2") == []
    assert await emails(stores, search="$ne .* [a-z] \\") == []


async def test_what_was_filled_or_changed_is_found_by_what_it_is_now(stores: Stores) -> None:
    await stores.people.upsert([a_person(name="", country="")], upload_id="u1")
    better = a_person(name="Robert Stone", country="Peru", job_title="CEO")
    await stores.people.upsert([better], upload_id="u2")

    assert await emails(stores, search="stone", country="peru", upload_id="u2") == ["bob"]
    assert await emails(stores, lacks=frozenset({"name"})) == []

    edits = (
        FieldEdit(field="name", before="Robert Stone", after="Robert Fox"),
        FieldEdit(field="job_title", before="CEO", after=""),
    )
    assert await stores.edits.change(an_edit(*edits))
    assert await emails(stores, search="fox") == ["bob"]
    assert await emails(stores, search="stone") == []
    assert await emails(stores, lacks=frozenset({"job_title"}), has=frozenset({"name"})) == ["bob"]


async def test_whoever_was_deleted_comes_back_with_a_list_alone(stores: Stores) -> None:
    await stores.people.upsert([a_person(deleted_at=TUESDAY_10AM)], upload_id=None)
    await stores.people.upsert([a_person()], upload_id=None)
    deleted = (await emails(stores), await emails(stores, is_deleted=True))

    assert await stores.people.upsert([a_person()], upload_id="u2") == 0

    assert deleted == ([], ["bob"])
    assert (await emails(stores), await emails(stores, is_deleted=True)) == (["bob"], [])
    assert await emails(stores, upload_id="u2") == ["bob"]


@pytest.mark.parametrize("wanted", [PeopleFilter(country="Peru"), PeopleFilter(search="zz")])
async def test_many_are_walked_and_few_are_sorted_with_the_same_answer(
    mongo: AsyncDatabase[Document], wanted: PeopleFilter
) -> None:
    await ensure_indexes(mongo, [PEOPLE_INDEXES])
    people = [a_person(f"p{n}", name=f"N{n * 7 % 10} zz", country="Peru") for n in range(10)]
    await MongoPeopleBook(mongo).upsert(people, upload_id="u1")

    answers = [
        [
            person.name
            for _, person in await MongoPeopleFinder(mongo, few=few).page(
                ACME, wanted, order=Order(), after=None, limit=20
            )
        ]
        for few in (3, 100)
    ]

    assert answers == [[f"N{n} zz" for n in range(10)]] * 2


WORDS = some.sampled_from(["ann", "Ann-Lee", "o'hara", "Müller", "ß", "李", "x", "of", "$ne", ""])
TEXTS = some.lists(WORDS, max_size=3).map(" ".join)


@given(some.builds(a_person, name=TEXTS, company_name=TEXTS, job_title=TEXTS), WORDS | TEXTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whoever_is_meant_stands_where_the_search_looks(person: Person, text: str) -> None:
    words = search_words(text)

    if words and is_meant(person, words):
        stored = keys_of(person, [])["words"]
        begins = any(word.startswith(words[0]) for word in stored)
        assert first_match(person, words[0]) is not None or begins


def test_places_of_different_orders_are_not_mixed_up() -> None:
    places: set[Place] = {(sort, key_of(a_person(), sort)) for sort in KEYS}

    assert len(places) == len(KEYS)
