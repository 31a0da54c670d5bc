"""Tags, owners and teams of a selection, and saved lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor, Member, Role, Team, UserId
from qrev.crm.filters import PeopleFilter
from qrev.crm.marks import MAX_TAGS
from qrev.crm.store import PEOPLE_INDEXES, MongoPeopleBook, MongoPeopleFinder
from qrev.crm.store.owned import MongoOwnedPeople
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.mongo import Document, ensure_indexes
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import a_person
from tests.crm.people_world import Office
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(clock: FakeClock) -> Office:
    office = Office(clock)
    await office.holds(a_person(), a_person("cy"))
    return office


async def test_a_tag_is_one_however_it_is_written(office: Office, alice: Actor) -> None:
    assert await office.grouping.tag(alice, ["bob"], " #Hot  Lead ") == 1
    assert await office.grouping.tag(alice, ["bob", "cy"], "HOT LEAD") == 1

    assert office.person("bob").tags == office.person("cy").tags == ("Hot Lead",)
    assert await office.grouping.tags(alice) == ["Hot Lead"]
    assert await office.grouping.untag(alice, ["bob", "cy"], "hot lead") == 2
    assert office.person("cy").tags == ()


@pytest.mark.parametrize("tag", ["", " # ", "x" * 41])
async def test_what_is_no_tag_is_refused(office: Office, alice: Actor, tag: str) -> None:
    with pytest.raises(InvalidInput):
        await office.grouping.tag(alice, ["bob"], tag)


async def test_a_person_has_so_many_tags_and_no_more(office: Office, alice: Actor) -> None:
    await office.holds(a_person("full", tags=tuple(f"t{n}" for n in range(MAX_TAGS))))

    with pytest.raises(InvalidInput, match="has 50 tags"):
        await office.grouping.tag(alice, ["bob", "full"], "one more")

    assert office.person("bob").tags == ()


async def test_people_are_given_to_members_and_taken_back(office: Office, alice: Actor) -> None:
    carol = UserId("carol")
    office.members.register.members[ACME, carol] = Member(
        account_id=ACME, user_id=carol, role=Role.SELLER
    )

    assert await office.grouping.give(alice, ["bob", "cy"], carol) == 2
    assert await office.grouping.give(alice, ["bob"], carol) == 0
    with pytest.raises(NotFound, match="member"):
        await office.grouping.give(alice, ["bob"], "mallory")

    assert await office.grouping.give(alice, ["bob"], None) == 1
    assert (office.person("bob").owner_id, office.person("cy").owner_id) == (None, carol)
    entry = (await office.editing.history(alice, "bob"))[0]
    assert (entry.edits[0].before, entry.edits[0].after) == (carol, "")


async def test_people_are_put_into_teams_that_there_are(office: Office, alice: Actor) -> None:
    team = Team(id="t1", account_id=ACME, name="North", members=(), created_at=TUESDAY_10AM)
    await office.teams.add(team)

    assert await office.grouping.put_in_team(alice, ["bob"], "t1") == 1
    with pytest.raises(NotFound, match="team"):
        await office.grouping.put_in_team(alice, ["bob"], "t2")

    assert office.person("bob").team_id == "t1"
    assert await office.grouping.put_in_team(alice, ["bob"], None) == 1


async def test_the_deleted_are_restored_before_anything_is_done_to_them(
    office: Office, alice: Actor
) -> None:
    await office.keeping.delete(alice, ["bob"])

    with pytest.raises(Conflict, match="Restore"):
        await office.grouping.tag(alice, ["cy", "bob"], "warm")

    assert office.person("cy").tags == ()


async def test_a_list_is_a_filter_with_a_name(office: Office, alice: Actor, mallory: Actor) -> None:
    wanted = PeopleFilter(country="Peru", has=frozenset({"phone_number"}))

    saved = await office.lists.save(alice, "  Peru,  reachable ", wanted)

    assert (saved.name, saved.wanted) == ("Peru, reachable", wanted)
    assert await office.lists.all(alice) == [saved]
    assert await office.lists.get(alice, saved.id) == saved
    for actor in (mallory,):
        with pytest.raises(NotFound):
            await office.lists.get(actor, saved.id)
        with pytest.raises(NotFound):
            await office.lists.remove(actor, saved.id)
    await office.lists.remove(alice, saved.id)
    assert await office.lists.all(alice) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Everybody", PeopleFilter()),
        (" ", PeopleFilter(country="Peru")),
        ("x" * 81, PeopleFilter(country="Peru")),
    ],
)
async def test_a_list_without_a_name_or_a_filter_is_refused(
    office: Office, alice: Actor, name: str, wanted: PeopleFilter
) -> None:
    with pytest.raises(InvalidInput):
        await office.lists.save(alice, name, wanted)


async def test_who_may_only_look_groups_nobody(office: Office, alice: Actor) -> None:
    victor = replace(alice, role=Role.VIEWER)
    asked = (
        office.grouping.tag(victor, ["bob"], "x"),
        office.grouping.untag(victor, ["bob"], "x"),
        office.grouping.give(victor, ["bob"], None),
        office.grouping.put_in_team(victor, ["bob"], None),
        office.lists.save(victor, "x", PeopleFilter(country="Peru")),
        office.lists.remove(victor, "l1"),
    )

    for each in asked:
        with pytest.raises(NotAllowed):
            await each


async def test_the_people_of_a_member_who_goes_are_anothers(mongo: AsyncDatabase[Document]) -> None:
    await ensure_indexes(mongo, [PEOPLE_INDEXES])
    carol, dave = UserId("carol"), UserId("dave")
    people = [
        a_person("ann", owner_id=carol, tags=("x",)),
        a_person("gone", owner_id=carol, deleted_at=TUESDAY_10AM),
        a_person("bob", owner_id=dave),
        a_person("mal", account_id=OTHER, owner_id=carol),
    ]
    await MongoPeopleBook(mongo).upsert(people, upload_id=None)

    assert await MongoOwnedPeople(mongo).hand_over(ACME, carol, dave) == 2

    finder = MongoPeopleFinder(mongo)
    counts = [
        (await finder.count(account_id, PeopleFilter(owner_id=owner))).number
        for account_id, owner in ((ACME, carol), (ACME, dave), (OTHER, carol))
    ]
    assert counts == [0, 2, 1]
    assert (await finder.count(ACME, PeopleFilter(owner_id=dave, tags=("x",)))).number == 1
