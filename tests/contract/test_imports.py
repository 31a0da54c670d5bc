"""What every ImportBook, ImportLeases, ImportedPeople, ImportSettings and Outreach promise."""

from __future__ import annotations

import asyncio

import pytest

from qrev.campaigns.models import ProspectStatus, SequenceStatus
from qrev.crm.edits import FieldEdit
from qrev.crm.import_ports import ImportChange
from qrev.crm.imports import ImportState, Tally
from qrev.crm.models import company_id
from qrev.crm.repairs import FILL_ALL, Rule
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import MINUTE, a_person, a_prospect, a_sequence, an_edit
from tests.contract.import_calls import DIAGNOSIS, PLAN, a_change, a_mark, an_import
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
LATER = TUESDAY_10AM + MINUTE
OPEN = [ImportState.OPEN]


async def test_an_import_comes_back_as_it_was_given(stores: Stores) -> None:
    made = an_import(plan=PLAN, diagnosis=DIAGNOSIS, state=ImportState.OPEN)
    await stores.imports.add(made)

    assert await stores.imports.get(ACME, "i1") == made
    assert await stores.imports.get(OTHER, "i1") is None


async def test_imports_are_shown_the_newest_first_and_each_once(stores: Stores) -> None:
    for number in range(5):
        await stores.imports.add(an_import(f"i{number}", upload_id=f"u{number % 2}"))

    first = await stores.imports.page(ACME, before=None, limit=3)
    rest = await stores.imports.page(ACME, before=(first[-1].created_at, first[-1].id), limit=3)

    assert [each.id for each in [*first, *rest]] == ["i4", "i3", "i2", "i1", "i0"]
    of_one = await stores.imports.of_upload(ACME, "u1")
    assert {each.id for each in of_one} == {"i1", "i3"}


async def test_of_confirms_at_once_one_is_first(stores: Stores) -> None:
    await stores.imports.add(an_import(state=ImportState.OPEN))
    change = ImportChange(state=ImportState.RUNNING)

    done = await asyncio.gather(
        *(stores.imports.change(ACME, "i1", change, among=OPEN, version=1) for _ in range(4))
    )

    assert done.count(True) == 1


async def test_a_new_plan_is_a_new_version_and_what_was_seen_before_cannot_be_confirmed(
    stores: Stores,
) -> None:
    await stores.imports.add(an_import(state=ImportState.OPEN))

    await stores.imports.change(ACME, "i1", ImportChange(plan=PLAN), among=OPEN, version=1)
    late = ImportChange(state=ImportState.RUNNING)

    assert not await stores.imports.change(ACME, "i1", late, among=OPEN, version=1)
    found = await stores.imports.get(ACME, "i1")
    assert found is not None
    assert (found.version, found.plan, found.state) == (2, PLAN, ImportState.OPEN)


async def claimed(stores: Stores, token: str, *, after: int = 0) -> bool:
    now = TUESDAY_10AM + after * MINUTE
    found = await stores.import_leases.claim(
        ACME, "i1", token=token, now=now, until=now + 2 * MINUTE
    )
    return found is not None


async def test_one_works_on_an_import_until_they_are_dead(stores: Stores) -> None:
    await stores.imports.add(an_import())

    first = await asyncio.gather(*(claimed(stores, f"t{n}") for n in range(4)))
    orphans = await stores.import_leases.orphans(now=LATER)
    later = await claimed(stores, "new", after=3)

    assert (first.count(True), orphans, later) == (1, [], True)


async def test_who_lost_the_lease_writes_nothing(stores: Stores) -> None:
    await stores.imports.add(an_import())
    await claimed(stores, "old")
    await claimed(stores, "new", after=3)

    old = await stores.import_leases.beat(ACME, "i1", Tally(rows=1), token="old", until=LATER)
    new = await stores.import_leases.beat(ACME, "i1", Tally(rows=2), token="new", until=LATER)

    found = await stores.imports.get(ACME, "i1")
    assert (old, new) == (None, False)
    assert found is not None
    assert found.tally.rows == 2


async def test_who_works_hears_that_it_is_to_stop(stores: Stores) -> None:
    await stores.imports.add(an_import(state=ImportState.RUNNING))
    await claimed(stores, "t")
    stop = ImportChange(is_stopping=True)
    await stores.imports.change(ACME, "i1", stop, among=[ImportState.RUNNING])

    assert await stores.import_leases.beat(ACME, "i1", Tally(), token="t", until=LATER) is True


async def test_an_import_that_rests_is_nobodys_work(stores: Stores) -> None:
    await stores.imports.add(an_import())
    done = ImportChange(state=ImportState.DONE)
    await stores.imports.change(ACME, "i1", done, among=[ImportState.LOOKING])

    assert not await claimed(stores, "t")
    assert await stores.import_leases.orphans(now=LATER) == []


async def test_what_dies_half_way_is_found(stores: Stores) -> None:
    await stores.imports.add(an_import())

    assert [each.id for each in await stores.import_leases.orphans(now=LATER)] == ["i1"]


async def test_rules_and_columns_are_remembered_by_account(stores: Stores) -> None:
    rules, columns = {**FILL_ALL, "name": Rule.KEEP}, {"E-Mail $.": "email", "X": "keep"}
    await stores.import_settings.set_rules(ACME, rules)
    await stores.import_settings.set_columns(ACME, "k", columns)

    assert await stores.import_settings.rules(ACME) == rules
    assert await stores.import_settings.rules(OTHER) == FILL_ALL
    assert await stores.import_settings.columns(ACME, "k") == columns
    assert await stores.import_settings.columns(OTHER, "k") is None


async def test_new_people_are_added_once_whoever_brings_them(stores: Stores) -> None:
    people = [a_person(f"p{n}") for n in range(20)]

    added = await asyncio.gather(
        *(stores.imported.add_new(people, a_mark(import_id=f"i{n}")) for n in range(3))
    )

    assert sum(map(len, added)) == 20
    known = await stores.imported.known(ACME, ["p3", "nobody"], upload_id="u1")
    assert known["p3"].person == a_person("p3")
    assert known["p3"].made_by in {"i0", "i1", "i2"}
    assert known["p3"].is_in_list


async def test_a_change_is_written_only_where_nothing_moved(stores: Stores) -> None:
    await stores.people.upsert([a_person(), a_person("ann", job_title="CTO")], upload_id=None)
    both = [a_change(), a_change(person_id="ann")]

    assert await stores.imported.change(both, a_mark()) == 1
    assert await stores.imported.change([a_change()], a_mark(account_id=OTHER)) == 0

    found = await stores.people.get_many(ACME, ["bob", "ann"])
    assert (found["bob"].job_title, found["ann"].job_title) == ("CEO", "CTO")
    (entry,) = await stores.edits.history(ACME, "bob")
    assert entry.edits == a_change().edits


async def test_what_is_undone_is_gone_and_what_others_touched_stays(stores: Stores) -> None:
    await stores.imported.add_new([a_person("p1"), a_person("p2"), a_person("p3")], a_mark())
    await stores.edits.change(an_edit(person_id="p2"))
    await stores.imported.join(["p3"], a_mark(upload_id="u9"))

    removed = await stores.imported.remove(["p1", "p2", "p3"], a_mark())
    again = await stores.imported.remove(["p1", "p2", "p3"], a_mark())

    assert (removed, again) == (1, 0)
    assert set(await stores.people.get_many(ACME, ["p1", "p2", "p3"])) == {"p2", "p3"}


async def test_nobody_undoes_another_accounts_people(stores: Stores) -> None:
    await stores.imported.add_new([a_person("p1")], a_mark())

    assert await stores.imported.remove(["p1"], a_mark(account_id=OTHER)) == 0


async def test_fields_go_back_to_what_they_were_unless_somebody_changed_them(
    stores: Stores,
) -> None:
    await stores.people.upsert([a_person(fields={"deal": "1"})], upload_id=None)
    filled = a_change(
        FieldEdit(field="company_url", before="", after="https://pine.test"),
        FieldEdit(field="country", before="", after="DE"),
        FieldEdit(field="fields.deal", before="1", after="2"),
        FieldEdit(field="fields.size", before="", after="9"),
        company_id=company_id(ACME, "Pine", "https://pine.test"),
        moves_company=True,
    )
    await stores.imported.change([filled], a_mark())
    await stores.imported.join(["bob"], a_mark())
    theirs = FieldEdit(field="country", before="DE", after="AT")
    await stores.edits.change(an_edit(theirs))

    restored = await stores.imported.take_back(["bob"], a_mark(), is_listed_elsewhere=False)
    again = await stores.imported.take_back(["bob"], a_mark(), is_listed_elsewhere=False)

    assert (restored, again) == (1, 0)
    bob = (await stores.people.get_many(ACME, ["bob"]))["bob"]
    assert bob == a_person(
        fields={"deal": "1"}, country="AT", company_id=company_id(ACME, "Pine", "")
    )
    assert [entry.edits for entry in await stores.edits.history(ACME, "bob")] == [(theirs,)]
    known = await stores.imported.known(ACME, ["bob"], upload_id="u1")
    assert not known["bob"].is_in_list


async def test_who_is_in_which_sequence(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence(status=SequenceStatus.ACTIVE))
    await stores.prospects.add_if_new(
        [
            a_prospect(status=ProspectStatus.ACTIVE),
            a_prospect("ann"),
            a_prospect("cy", status=ProspectStatus.FINISHED),
        ]
    )
    asked = ["bob", "ann", "cy", "dan"]

    assert await stores.outreach.running(ACME, asked) == {"bob": "Spring"}
    assert await stores.outreach.written_to(ACME, asked) == {"bob", "cy"}
    assert await stores.outreach.running(OTHER, asked) == {}


async def test_who_waits_is_withdrawn_and_who_was_written_to_is_not(stores: Stores) -> None:
    await stores.sequences.add_if_new(a_sequence())
    await stores.prospects.add_if_new([a_prospect(status=ProspectStatus.ACTIVE), a_prospect("ann")])

    assert await stores.outreach.withdraw(ACME, ["bob", "ann"]) == 1
    assert await stores.outreach.withdraw(ACME, ["bob", "ann"]) == 0

    ann = await stores.prospects.get(ACME, "s1:ann")
    assert ann is not None
    assert ann.status is ProspectStatus.STOPPED
