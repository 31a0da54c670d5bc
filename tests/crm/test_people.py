"""People on their real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.crm.importing import Importing
from qrev.crm.models import Origin
from qrev.crm.ports import PeopleSort
from qrev.crm.service import People
from qrev.crm.store import (
    INDEXES,
    MongoCompanyBook,
    MongoPeopleBook,
    MongoSuppressions,
    MongoUploads,
)
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound
from qrev.kit.mongo import Document, ensure_indexes
from tests.contract.builders import a_suppression
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
SAMPLE = (Path(__file__).parents[2] / "docs" / "sample.csv").read_bytes()


@pytest.fixture
async def people(mongo: AsyncDatabase[Document], clock: FakeClock) -> People:
    await ensure_indexes(mongo, INDEXES)
    return People(people=MongoPeopleBook(mongo))


@pytest.fixture
async def importing(mongo: AsyncDatabase[Document], clock: FakeClock) -> Importing:
    await ensure_indexes(mongo, INDEXES)
    return Importing(
        people=MongoPeopleBook(mongo),
        companies=MongoCompanyBook(mongo),
        uploads=MongoUploads(mongo),
        suppressions=SuppressionList(
            suppressions=MongoSuppressions(mongo, Veil("house")), clock=clock
        ),
        clock=clock,
    )


async def imported(importing: Importing, actor: Actor, data: bytes) -> tuple[int, int]:
    upload = await importing.keep_upload(actor, "people.csv", data)
    summary = await importing.import_upload(actor, upload.id)
    return summary.new, summary.known


async def test_the_sample_brings_in_twelve_people_once(
    importing: Importing, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    assert await imported(importing, alice, SAMPLE) == (12, 0)
    assert await imported(importing, alice, SAMPLE) == (0, 12)

    assert await mongo.people.count_documents({}) == 12
    assert await mongo.companies.count_documents({}) == 11
    assert await mongo["uploads.files"].count_documents({}) == 1


async def test_what_was_known_is_filled_but_never_replaced(
    people: People, importing: Importing, alice: Actor
) -> None:
    await imported(importing, alice, b"email,name\na@acme.test,Ann\n")
    await imported(importing, alice, b"email,name,title,deal\na@acme.test,Someone,CEO,$10\n")

    (ann,) = (await people.page(alice)).people
    assert (ann.name, ann.job_title, ann.fields) == ("Ann", "CEO", {"deal": "$10"})


async def test_cells_that_look_like_operators_are_only_text(
    people: People, importing: Importing, alice: Actor
) -> None:
    await imported(importing, alice, b'email,name,title,$x\na@acme.test,$name,"{$ne: 1}",$$ROOT\n')

    (ann,) = (await people.page(alice)).people
    assert (ann.name, ann.job_title, ann.fields) == ("$name", "{$ne: 1}", {"_x": "$$ROOT"})


@pytest.mark.parametrize("sort", ["name", "email", "company_name", "job_title"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_in_any_order_show_everyone_once(
    people: People, importing: Importing, alice: Actor, sort: PeopleSort, is_descending: bool
) -> None:
    await imported(importing, alice, SAMPLE)

    seen, after = [], None
    while True:
        page = await people.page(
            alice, sort=sort, is_descending=is_descending, after=after, limit=5
        )
        seen += [(getattr(p, sort), p.id) for p in page.people]
        after = page.next
        if after is None:
            break

    assert len(seen) == page.total == 12
    assert seen == sorted(set(seen), reverse=is_descending)


async def test_a_page_of_an_upload_shows_only_its_people(
    people: People, importing: Importing, alice: Actor
) -> None:
    await imported(importing, alice, SAMPLE)
    other = await importing.keep_upload(
        alice, "b.csv", b"email\nb@acme.test\ngrace.kim@pinecone.test\n"
    )
    await importing.import_upload(alice, other.id)

    page = await people.page(alice, upload_id=other.id, sort="email")

    assert [p.email for p in page.people] == ["b@acme.test", "grace.kim@pinecone.test"]


async def test_foreign_uploads_and_people_are_not_there(
    people: People, importing: Importing, alice: Actor, mallory: Actor
) -> None:
    upload = await importing.keep_upload(alice, "people.csv", SAMPLE)
    await importing.import_upload(alice, upload.id)

    with pytest.raises(NotFound):
        await importing.import_upload(mallory, upload.id)
    assert (await people.page(mallory, upload_id=upload.id)).total == 0
    assert await people.known(mallory.account_id, ["grace.kim@pinecone.test"]) == {}


async def test_who_may_only_look_brings_in_nobody(importing: Importing, victor: Actor) -> None:
    with pytest.raises(NotAllowed):
        await importing.keep_upload(victor, "people.csv", SAMPLE)


async def test_who_was_erased_is_not_brought_in_again(
    mongo: AsyncDatabase[Document],
    people: People,
    importing: Importing,
    alice: Actor,
    mallory: Actor,
) -> None:
    veil = Veil("house")
    erased = a_suppression(
        value=veil.over(alice.account_id, "ann@elm.test"), origin=Origin.ERASED, reason="erased"
    )
    await MongoSuppressions(mongo, veil).add_if_new(erased)
    upload = await importing.keep_upload(alice, "a.csv", b"email\nANN@elm.test\nbob@elm.test\n")
    theirs = await importing.keep_upload(mallory, "a.csv", b"email\nann@elm.test\n")

    summary = await importing.import_upload(alice, upload.id)
    elsewhere = await importing.import_upload(mallory, theirs.id)

    assert [person.email for person in (await people.page(alice)).people] == ["bob@elm.test"]
    assert [(p.line, "erased" in p.reason) for p in summary.read.problems] == [(2, True)]
    assert elsewhere.new == 1


async def test_a_list_of_nobody_says_why(importing: Importing, alice: Actor) -> None:
    with pytest.raises(InvalidInput, match="Line 2"):
        await imported(importing, alice, b"email\nnonsense\n")


async def test_suppressed_addresses_and_domains_are_unreachable(
    mongo: AsyncDatabase[Document], clock: FakeClock, alice: Actor, mallory: Actor
) -> None:
    await ensure_indexes(mongo, INDEXES)
    listed = SuppressionList(suppressions=MongoSuppressions(mongo, Veil("house")), clock=clock)
    asked = ["ann@acme.test", "bob@acme.test", "not an address"]

    assert await listed.add(alice.account_id, "Ann@Acme.test", "asked to stop")
    assert not await listed.add(alice.account_id, "ann@acme.test", "again")

    assert await listed.unreachable(alice.account_id, asked) == {
        "ann@acme.test": "On the suppression list: asked to stop.",
        "not an address": "Not an email address.",
    }
    assert "ann@acme.test" not in await listed.unreachable(mallory.account_id, asked)
