"""Looking through many people: a page of them in any order, as a member would ask."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping

from bench.house import House, a_house
from bench.measuring import Measure, Measured
from bench.world import MONDAY, Somebody, somebodies
from qrev.accounts.models import AccountId, UserId
from qrev.crm.filters import Order, PeopleFilter
from qrev.crm.models import Person, company_id, person_id
from qrev.crm.store import MongoPeopleBook

TARGET = 150.0  # milliseconds
LISTS = 5
PAGES = 3  # of each question, one behind the other
PER_PAGE = 50
ROUNDS = 3


def people_page_p95_ms(*, people: int = 100_000) -> Measured:
    """Ask for pages of 50 of 100,000 people, by all filters and in all orders."""
    return asyncio.run(_measured(people))


async def _measured(people: int) -> Measured:
    async with a_house() as house:
        actor = await house.services.accounts.sign_in("alice@acme.test", "Alice")
        await _filled(house, actor.account_id, people)
        taken: list[tuple[float, str]] = []
        shown = 0
        for _ in range(ROUNDS):
            for name, wanted, order in _questions(actor.account_id):
                after = None
                for _ in range(PAGES):
                    began = time.perf_counter()
                    page = await house.services.people.page(
                        actor, wanted, order=order, after=after, limit=PER_PAGE
                    )
                    taken.append((1000 * (time.perf_counter() - began), name))
                    shown += len(page.people)
                    if (after := page.next) is None:
                        break
    value = statistics.quantiles([each for each, _ in taken], n=20)[-1]
    return Measured(
        value=value,
        unit="ms",
        target=TARGET,
        is_ok=value < TARGET and shown > 0,
        more={
            "median": round(statistics.median(each for each, _ in taken), 1),
            "slowest_medians": _slowest(taken),
            "pages": len(taken),
            "people": people,
        },
    )


def _slowest(taken: list[tuple[float, str]]) -> dict[str, float]:
    """Return the three questions that take longest, and how long, at the median."""
    of = {name: statistics.median(t for t, each in taken if each == name) for _, name in taken}
    return {name: round(of[name], 1) for name in sorted(of, key=lambda name: -of[name])[:3]}


async def _filled(house: House, account_id: AccountId, count: int) -> None:
    book = MongoPeopleBook(house.database)
    everybody = list(somebodies(count))
    for number in range(LISTS):
        some = [_person(each, account_id) for each in everybody[number::LISTS]]
        await book.upsert(some, upload_id=f"list{number}")


def _person(each: Somebody, account_id: AccountId) -> Person:
    url = f"https://{each.domain}"
    return Person(
        id=person_id(account_id, each.email),
        account_id=account_id,
        email=each.email,
        name=each.name,
        company_id=company_id(account_id, each.company, url),
        company_name=each.company,
        company_url=url,
        job_title=each.title,
        timezone=each.zone,
        country=each.country,
        linkedin_url="" if each.number % 3 else f"https://linkedin.test/in/{each.number}",
        source="people.csv",
        created_at=MONDAY,
        owner_id=UserId("u1") if each.number % 4 == 0 else None,
        tags=("vip",) if each.number % 10 == 0 else (),
    )


def _questions(account_id: AccountId) -> Iterator[tuple[str, PeopleFilter, Order]]:
    by_company = Order(sort="company_name", is_descending=True)
    filters = {
        "everybody": PeopleFilter(),
        "a list": PeopleFilter(upload_id="list1"),
        "a list with a tag": PeopleFilter(upload_id="list0", tags=("vip",)),
        "an owner without a zone": PeopleFilter(owner_id="u1", lacks=frozenset({"timezone"})),
        "a large country": PeopleFilter(country="us"),
        "a small country": PeopleFilter(country="jp"),
        "a company": PeopleFilter(company_id=company_id(account_id, "", "https://firm7.test")),
        "with a profile": PeopleFilter(has=frozenset({"linkedin_url"})),
        "one letter": PeopleFilter(search="p"),
        "a later word": PeopleFilter(search="number77"),
        "a common later word": PeopleFilter(search="sales"),
        "a domain": PeopleFilter(search="firm12.test"),
        "two words in a list": PeopleFilter(search="ceo number77", upload_id="list2"),
    }
    for name, wanted in filters.items():
        for order in (Order(), by_company):
            yield name, wanted, order


PEOPLE: Mapping[str, Measure] = {"people_page_p95_ms": people_page_p95_ms}
