"""Lists of companies: looked at, brought in, and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.accounts.models import Actor, Role
from qrev.crm.company_importing import CompanyListed
from qrev.crm.models import Company, Upload
from qrev.kit.errors import NotAllowed, NotFound
from tests.crm.conftest import Crm

pytestmark = pytest.mark.anyio
LIST = (
    b"name,website,industry\nPine,pine.test,Wood\nOak,oak.test,\nPine again,www.pine.test,\n,,Tea\n"
)


async def upload_of(crm: Crm, actor: Actor, data: bytes = LIST) -> Upload:
    return await crm.known.importing.keep_upload(actor, "firms.csv", data)


async def companies(crm: Crm, actor: Actor) -> dict[str, Company]:
    page = await crm.known.companies.page(actor)
    return {each.name: each for each in page.companies}


def counts(listed: CompanyListed) -> tuple[int, int, int, int]:
    return listed.new, listed.known, listed.filled, listed.refused_count


async def test_a_list_is_looked_at_before_anything_is_written(crm: Crm, alice: Actor) -> None:
    listed = await crm.known.company_importing.look(alice, await upload_of(crm, alice))

    assert counts(listed) == (2, 0, 0, 2)
    assert [each.reason for each in listed.refused] == [
        "The same company as line 2.",
        "There is neither a name nor a web site.",
    ]
    assert await companies(crm, alice) == {}


async def test_known_companies_get_what_they_lack_and_keep_what_they_have(
    crm: Crm, alice: Actor
) -> None:
    await crm.known.companies.create(alice, {"name": "Pine Ltd", "url": "pine.test"})
    upload = await upload_of(crm, alice)

    done = await crm.known.company_importing.bring_in(alice, upload)
    again = await crm.known.company_importing.bring_in(alice, upload)

    assert (counts(done), counts(again)) == ((1, 1, 1, 2), (0, 2, 0, 2))
    found = await companies(crm, alice)
    assert (found["Pine Ltd"].industry, found["Oak"].source) == ("Wood", "firms.csv")
    [entry] = await crm.known.companies.history(alice, found["Pine Ltd"].id)
    assert [edit.field for edit in entry.edits] == ["industry"]


async def test_undo_takes_back_what_the_list_brought_and_nobody_touched(
    crm: Crm, alice: Actor
) -> None:
    upload = await upload_of(
        crm, alice, b"name,website\nPine,pine.test\nOak,oak.test\nElm,elm.test\n"
    )
    await crm.known.company_importing.bring_in(alice, upload)
    found = await companies(crm, alice)
    await crm.known.companies.change(alice, found["Oak"].id, {"industry": "Wood"})
    await crm.imported(alice, b"email,company,website\nann@elm.test,Elm,elm.test\n")

    done = await crm.known.company_importing.undo(alice, upload)

    assert (done.removed, done.kept) == (1, 2)
    assert set(await companies(crm, alice)) == {"Oak", "Elm"}


async def test_an_undone_list_of_people_leaves_no_empty_companies(crm: Crm, alice: Actor) -> None:
    first = await crm.imported(alice, b"email,company\nann@elm.test,Elm\n", "first.csv")
    second = await crm.imported(
        alice, b"email,company\nbob@elm.test,Elm\ncem@oak.test,Oak\n", "second.csv"
    )

    await crm.undone(alice, second)
    assert set(await companies(crm, alice)) == {"Elm"}
    await crm.undone(alice, first)

    assert await companies(crm, alice) == {}


async def test_a_viewer_and_another_account_bring_in_nothing(
    crm: Crm, alice: Actor, mallory: Actor
) -> None:
    upload = await upload_of(crm, alice)
    viewer = replace(alice, role=Role.VIEWER)

    with pytest.raises(NotAllowed):
        await crm.known.company_importing.bring_in(viewer, upload)
    with pytest.raises(NotFound):
        await crm.known.company_importing.look(mallory, upload)
