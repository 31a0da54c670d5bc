"""People on their real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.crm.filters import Order, PeopleFilter, Total, key_of
from qrev.crm.finding import KEYS, PeopleSort
from qrev.crm.models import Origin
from qrev.crm.repairs import Finding
from qrev.crm.service import People
from qrev.crm.store import INDEXES, MongoSuppressions
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.kit.errors import NotAllowed, NotFound
from qrev.kit.mongo import Document, ensure_indexes
from tests.contract.builders import a_suppression
from tests.crm.conftest import Crm
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
SAMPLE = (Path(__file__).parents[2] / "docs" / "sample.csv").read_bytes()


@pytest.fixture
def people(crm: Crm) -> People:
    return crm.known.people


async def imported(crm: Crm, actor: Actor, data: bytes) -> tuple[int, int]:
    tally = (await crm.imported(actor, data)).tally
    return tally.new, tally.known


async def test_the_sample_brings_in_twelve_people_once(
    crm: Crm, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    assert await imported(crm, alice, SAMPLE) == (12, 0)
    assert await imported(crm, alice, SAMPLE) == (0, 12)

    assert await mongo.people.count_documents({}) == 12
    assert await mongo.companies.count_documents({}) == 11
    assert await mongo["uploads.files"].count_documents({}) == 1


async def test_what_was_known_is_filled_but_never_replaced(
    people: People, crm: Crm, alice: Actor
) -> None:
    await imported(crm, alice, b"email,name\na@acme.test,Ann\n")
    await imported(crm, alice, b"email,name,title,deal\na@acme.test,Someone,CEO,$10\n")

    (ann,) = (await people.page(alice)).people
    assert (ann.name, ann.job_title, ann.fields) == ("Ann", "CEO", {"deal": "$10"})


async def test_cells_that_look_like_operators_are_only_text(
    people: People, crm: Crm, alice: Actor
) -> None:
    await imported(crm, alice, b'email,name,title,$x\na@acme.test,$name,"{$ne: 1}",$$ROOT\n')

    (ann,) = (await people.page(alice)).people
    assert (ann.name, ann.job_title, ann.fields) == ("$name", "{$ne: 1}", {"_x": "$$ROOT"})


@pytest.mark.parametrize("sort", list(KEYS))
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_in_any_order_show_everyone_once(
    people: People, crm: Crm, alice: Actor, sort: PeopleSort, is_descending: bool
) -> None:
    await imported(crm, alice, SAMPLE)

    order = Order(sort=sort, is_descending=is_descending)
    first = page = await people.page(alice, order=order, limit=5)
    seen = [key_of(p, sort) for p in page.people]
    while page.next is not None:
        page = await people.page(alice, order=order, after=page.next, limit=5)
        seen += [key_of(p, sort) for p in page.people]

    assert (len(seen), first.total, page.total) == (12, Total(number=12), None)
    assert seen == sorted(set(seen), reverse=is_descending)


async def test_a_page_of_an_upload_shows_only_its_people(
    people: People, crm: Crm, alice: Actor
) -> None:
    await imported(crm, alice, SAMPLE)
    other = await crm.imported(alice, b"email\nb@acme.test\ngrace.kim@pinecone.test\n", "b.csv")

    of_other = PeopleFilter(upload_id=other.upload_id)
    page = await people.page(alice, of_other, order=Order(sort="email"))

    assert [p.email for p in page.people] == ["b@acme.test", "grace.kim@pinecone.test"]


async def test_foreign_uploads_and_people_are_not_there(
    people: People, crm: Crm, alice: Actor, mallory: Actor
) -> None:
    made = await crm.imported(alice, SAMPLE)

    with pytest.raises(NotFound):
        await crm.known.importing.upload(mallory, made.upload_id)
    with pytest.raises(NotFound):
        await crm.known.importing.undo(mallory, made.id)
    assert (await people.page(mallory, PeopleFilter(upload_id=made.upload_id))).people == ()
    assert await people.known(mallory.account_id, ["grace.kim@pinecone.test"]) == {}


async def test_who_may_only_look_brings_in_nobody(crm: Crm, victor: Actor) -> None:
    with pytest.raises(NotAllowed):
        await crm.known.importing.keep_upload(victor, "people.csv", SAMPLE)


async def test_who_was_erased_is_not_brought_in_again(
    mongo: AsyncDatabase[Document], crm: Crm, alice: Actor, mallory: Actor
) -> None:
    veil = Veil("house")
    erased = a_suppression(
        value=veil.over(alice.account_id, "ann@elm.test"), origin=Origin.ERASED, reason="erased"
    )
    await MongoSuppressions(mongo, veil).add_if_new(erased)

    made = await crm.imported(alice, b"email\nANN@elm.test\nbob@elm.test\n")
    elsewhere = await crm.imported(mallory, b"email\nann@elm.test\n")

    assert set(await crm.everybody(alice)) == {"bob@elm.test"}
    assert made.diagnosis is not None
    (line,) = made.diagnosis.lines[Finding.SUPPRESSED]
    assert (line.line, "erased" in line.reason) == (2, True)
    assert elsewhere.tally.new == 1


async def test_who_was_deleted_is_back_with_a_list(people: People, crm: Crm, alice: Actor) -> None:
    await imported(crm, alice, b"email,name\na@acme.test,Ann\n")
    (ann,) = (await people.page(alice)).people
    await crm.known.keeping.delete(alice, [ann.id])

    assert await imported(crm, alice, b"email,title\na@acme.test,CEO\n") == (0, 1)

    (back,) = (await people.page(alice)).people
    assert (back.name, back.job_title, back.deleted_at) == ("Ann", "CEO", None)


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
