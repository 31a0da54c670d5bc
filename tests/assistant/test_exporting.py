"""What is downloaded: people and campaigns as files, whole and harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import pytest

from qrev.accounts.models import Actor
from qrev.crm.filters import Order, PeopleFilter
from qrev.crm.models import Person, person_id
from qrev.kit.errors import NotFound
from tests.assistant.asking import sent_mails
from tests.assistant.world import PEOPLE, World
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio


async def read(pieces: AsyncIterator[bytes]) -> list[dict[str, str]]:
    text = b"".join([piece async for piece in pieces]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def a_stranger(actor: Actor, email: str, **facts: str) -> Person:
    return Person(
        id=person_id(actor.account_id, email),
        account_id=actor.account_id,
        email=email,
        name=facts.get("name", email),
        fields={"deal": "=1+1", "size": facts.get("size", "")},
    )


async def test_people_go_out_with_their_own_fields_and_come_in_again(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.services.people.add_found(
        [
            a_stranger(alice, "ann@elm.test", name="=cmd()", size="4"),
            a_stranger(alice, "b@elm.test"),
        ]
    )
    exported = await world.services.people_export.export(alice)
    data = b"".join([piece async for piece in exported])

    made = await bring_in(world.services, mallory, data)

    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [(row["Email"], row["Name"], row["deal"], row["size"]) for row in rows] == [
        ("ann@elm.test", "'=cmd()", "'=1+1", "4"),
        ("b@elm.test", "b@elm.test", "'=1+1", ""),
    ]
    assert (made.tally.new, made.tally.refused) == (2, 0)


async def test_people_of_a_list_are_exported_in_pieces_and_in_order(
    world: World, alice: Actor
) -> None:
    lines = ["email,name", *(f"p{n:04d}@elm.test,Pat {n:04d}" for n in range(2100))]
    made = await bring_in(world.services, alice, "\n".join(lines).encode())
    await world.services.people.add_found([a_stranger(alice, "ann@elm.test")])

    exported = await world.services.people_export.export(
        alice, PeopleFilter(upload_id=made.upload_id), order=Order(is_descending=True)
    )
    pieces = [piece async for piece in exported]

    text = b"".join(pieces).decode("utf-8-sig")
    names = [row["Name"] for row in csv.DictReader(io.StringIO(text))]
    assert names == [f"Pat {n:04d}" for n in reversed(range(2100))]
    assert max(piece.count(b"\r\n") for piece in pieces) <= 1000


async def test_the_people_and_mails_of_a_campaign_say_how_far_they_got(
    world: World, alice: Actor
) -> None:
    await sent_mails(world, alice)
    sequence = await world.sequence()

    people = await read(await world.services.campaign_export.people(alice, sequence.id))
    mails = await read(await world.services.campaign_export.mails(alice, sequence.id))
    every = await read(await world.services.campaign_export.mails(alice, None))

    assert [(row["email"], row["mails sent"], row["mails ahead"]) for row in people] == [
        (email, "2", "0") for email in PEOPLE
    ]
    assert [(mail["to"], mail["mail"], mail["campaign"]) for mail in mails] == [
        (email, str(step), "Tea") for email in PEOPLE for step in (1, 2)
    ]
    assert sorted(mail["sent"] for mail in mails) == sorted(mail["sent"] for mail in every)
    assert [mail["sent"] for mail in every] == sorted((m["sent"] for m in every), reverse=True)
    assert all(mail["text"].startswith("Hi ") for mail in every)


async def test_another_workspaces_campaign_is_not_there(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.a_campaign(alice)
    sequence = await world.sequence()

    with pytest.raises(NotFound):
        await world.services.campaign_export.people(mallory, sequence.id)
    with pytest.raises(NotFound):
        await world.services.campaign_export.mails(mallory, sequence.id)
    assert await read(await world.services.people_export.export(mallory)) == []


async def test_every_download_is_in_the_log(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    sequence = await world.sequence()

    await world.services.people_export.export(alice)
    await world.services.campaign_export.people(alice, sequence.id)
    await world.services.campaign_export.mails(alice, None)

    log = await world.services.audit.page(alice)
    assert [entry.action for entry in log[:3]] == [
        "campaign.mails_exported",
        "campaign.people_exported",
        "people.exported",
    ]
