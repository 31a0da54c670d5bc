"""Lists, from the drop to the undoing, on the real store."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qrev.accounts.models import Actor
from qrev.campaigns.models import ProspectStatus, SequenceStatus
from qrev.campaigns.store.prospects import MongoProspectBook
from qrev.campaigns.store.sequences import MongoSequenceBook
from qrev.crm.imports import Import, ImportState
from qrev.crm.models import person_id
from qrev.crm.repairs import Finding, Repair
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed
from tests.contract.builders import a_prospect, a_sequence
from tests.crm.conftest import Crm

pytestmark = pytest.mark.anyio
MESSY = (
    b"Email,Full name,Job titel,Time zone\n"
    b"ann@gmial.com,Ann Lee,CEO,Europe/Berlin\n"
    b"info@acme.test,,,\n"
    b"bob(at)acme.test,Bob Ray,CTO,\n"
    b"nonsense,Nobody,,\n"
    b"ANN@gmial.com,Ann again,,\n"
    b'cy@acme.test,Cy Oak,COO,"Berlin, Germany"\n'
    b",Without,,\n"
)
EVERY = frozenset({Repair.FIX_TYPOS, Repair.FIX_ZONES, Repair.MEND_ADDRESSES, Repair.DROP_ROLES})


async def test_a_list_is_told_before_anything_is_written(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, MESSY)

    seen = made.diagnosis
    assert seen is not None
    assert made.state is ImportState.OPEN
    assert (seen.rows, seen.new, seen.known, seen.refused) == (7, 3, 0, 4)
    assert seen.found == {
        Finding.TYPO: 1,
        Finding.ROLE: 1,
        Finding.INVALID: 2,
        Finding.DUPLICATE: 1,
        Finding.UNKNOWN_ZONE: 1,
        Finding.NO_ADDRESS: 1,
    }
    assert dict(seen.repairs()) == {
        Repair.FIX_TYPOS: 1,
        Repair.FIX_ZONES: 1,
        Repair.MEND_ADDRESSES: 1,
        Repair.DROP_ROLES: 1,
    }
    assert seen.meant[Finding.TYPO] == [("gmial.com", "gmail.com", 1)]
    assert seen.are_columns_unsure
    assert await crm.mongo.people.count_documents({}) == 0


async def test_repairs_are_made_and_the_list_is_looked_at_again(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, MESSY)
    await crm.known.importing.repair(alice, made.id, made.version, EVERY)

    again = await crm.work(alice, made)
    done = await crm.confirmed(alice, again)

    assert again.version > made.version
    assert done.state is ImportState.DONE
    people = await crm.everybody(alice)
    assert set(people) == {"ann@gmail.com", "bob@acme.test", "cy@acme.test"}
    assert people["cy@acme.test"].timezone == "Europe/Berlin"
    assert (done.tally.new, done.tally.refused, done.tally.rows) == (3, 4, 7)


async def test_only_what_was_seen_can_be_confirmed_and_only_once(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, MESSY)
    await crm.known.importing.repair(alice, made.id, made.version, EVERY)
    again = await crm.work(alice, made)

    with pytest.raises(Conflict):
        await crm.known.importing.confirm(alice, made.id, made.version)
    presses = await asyncio.gather(
        *(crm.known.importing.confirm(alice, again.id, again.version) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(press, Import) for press in presses) == 1


async def test_what_columns_are_is_asked_once_for_a_kind_of_list(crm: Crm, alice: Actor) -> None:
    made = await crm.looked_at(alice, b"Email,Job titel,Ref\na@acme.test,CEO,7\n")
    assert made.plan.choices == ("email", "job_title", "keep")
    await crm.known.importing.choose(alice, made.id, made.version, ("email", "keep", "leave"))
    await crm.confirmed(alice, await crm.work(alice, made))

    later = await crm.looked_at(alice, b"Job titel,Ref,Email\nCTO,8,b@acme.test\n")

    assert later.plan.choices == ("keep", "leave", "email")
    assert later.diagnosis is not None
    assert not later.diagnosis.are_columns_unsure
    await crm.confirmed(alice, later)
    assert (await crm.everybody(alice))["b@acme.test"].fields == {"Job titel": "CTO"}


@pytest.mark.parametrize(
    "choices",
    [
        ("email", "email", "keep"),
        ("keep", "name", "keep"),
        ("email", "name"),
        ("email", "name", "$where"),
    ],
)
async def test_columns_that_cannot_be_are_refused_in_words(
    crm: Crm, alice: Actor, choices: tuple[str, ...]
) -> None:
    made = await crm.looked_at(alice, b"Email,Name,Ref\na@acme.test,Ann,7\n")

    with pytest.raises(InvalidInput):
        await crm.known.importing.choose(alice, made.id, made.version, choices)


async def test_old_is_shown_beside_new_and_blanks_take_nothing_away(crm: Crm, alice: Actor) -> None:
    await crm.imported(alice, b"email,name,title,deal\na@acme.test,Ann,CEO,10\n")
    await crm.known.importing.set_rules(alice, {"name": "keep", "job_title": "replace"})

    made = await crm.looked_at(
        alice, b"email,name,title,deal,phone\na@acme.test,Anna,CFO,11,+49 1\nb@acme.test,,,,\n"
    )

    assert made.diagnosis is not None
    told = [(c.field, c.before, c.after) for c in made.diagnosis.changes]
    assert told == [("job_title", "CEO", "CFO"), ("phone_number", "", "+49 1")]
    assert (made.diagnosis.known, made.diagnosis.changed) == (1, 1)
    await crm.confirmed(alice, made)
    await crm.imported(alice, b"email,title\na@acme.test,\n")
    ann = (await crm.everybody(alice))["a@acme.test"]
    assert (ann.name, ann.job_title, ann.phone_number) == ("Ann", "CFO", "+49 1")
    assert ann.fields == {"deal": "10"}


async def test_a_company_that_is_filled_in_moves_the_person_there(crm: Crm, alice: Actor) -> None:
    await crm.imported(alice, b"email,company\na@acme.test,Acme\n")
    await crm.imported(alice, b"email,company,website\na@acme.test,Acme,acme.test\n")

    ann = (await crm.everybody(alice))["a@acme.test"]

    assert ann.company_url == "https://acme.test"
    assert await crm.mongo.companies.count_documents({"_id": ann.company_id}) == 1


async def test_only_who_manages_sets_the_rules(crm: Crm, victor: Actor, alice: Actor) -> None:
    with pytest.raises(NotAllowed):
        await crm.known.importing.set_rules(victor, {"name": "keep"})
    with pytest.raises(InvalidInput):
        await crm.known.importing.set_rules(alice, {"name": "burn"})
    with pytest.raises(InvalidInput):
        await crm.known.importing.set_rules(alice, {"$where": "keep"})


async def test_who_must_not_be_written_to_does_not_come_in(crm: Crm, alice: Actor) -> None:
    await crm.known.suppressions.add(alice.account_id, "a@acme.test", "asked to stop")

    made = await crm.imported(alice, b"email\na@acme.test\nb@acme.test\n")

    assert set(await crm.everybody(alice)) == {"b@acme.test"}
    assert made.diagnosis is not None
    (line,) = made.diagnosis.lines[Finding.SUPPRESSED]
    assert line.reason == "on the suppression list: asked to stop"


async def test_people_in_a_running_sequence_are_told_and_can_be_left_out(
    crm: Crm, alice: Actor
) -> None:
    await crm.imported(alice, b"email,name\na@acme.test,\n")
    ann = person_id(alice.account_id, "a@acme.test")
    await MongoSequenceBook(crm.mongo).add_if_new(a_sequence(status=SequenceStatus.ACTIVE))
    await MongoProspectBook(crm.mongo).add_if_new(
        [a_prospect(person_id=ann, status=ProspectStatus.ACTIVE)]
    )
    made = await crm.looked_at(alice, b"email,name\na@acme.test,Ann\nb@acme.test,Bob\n")

    assert made.diagnosis is not None
    assert made.diagnosis.found == {Finding.RUNNING: 1}
    await crm.known.importing.repair(alice, made.id, made.version, [Repair.DROP_RUNNING])
    done = await crm.confirmed(alice, await crm.work(alice, made))
    assert (done.tally.new, done.tally.refused) == (1, 1)


async def test_refused_lines_come_back_with_their_reasons_and_can_be_dropped_again(
    crm: Crm, alice: Actor
) -> None:
    made = await crm.imported(
        alice, b"Email,Name,Phone\nann@acme.test,Ann,1\nbob acme.test,=Bob,+49 30 1\n"
    )

    csv = b"".join([piece async for piece in crm.known.importing.refused(alice, made.id)])

    assert csv.decode("utf-8-sig").splitlines() == [
        "Email,Name,Phone,QRev: line,QRev: why it was refused",
        "bob acme.test,'=Bob,'+49 30 1,3,“bob acme.test” is not an email address",
    ]
    again = await crm.imported(alice, csv.replace(b"bob acme", b"bob@acme"), "refused.csv")
    bob = (await crm.everybody(alice))["bob@acme.test"]
    assert (again.tally.new, again.tally.refused) == (1, 0)
    assert (bob.name, bob.phone_number, bob.fields) == ("=Bob", "+49 30 1", {})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"email,name\n", "no people under it"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"PK\x03\x04rest", "Excel"),
        (b"name,phone\nAnn,123\n", "No column of email addresses"),
    ],
)
async def test_a_file_that_is_no_list_says_what_to_do(
    crm: Crm, alice: Actor, data: bytes, says: str
) -> None:
    made = await crm.looked_at(alice, data)

    assert made.state is ImportState.FAILED
    assert says in made.problem


async def test_who_may_only_look_decides_nothing(crm: Crm, alice: Actor, victor: Actor) -> None:
    made = await crm.looked_at(alice, MESSY)
    importing = crm.known.importing

    for press in (
        importing.confirm(victor, made.id, made.version),
        importing.repair(victor, made.id, made.version, []),
        importing.choose(victor, made.id, made.version, made.plan.choices),
        importing.stop(victor, made.id),
        importing.go_on(victor, made.id),
        importing.undo(victor, made.id),
        importing.cancel(victor, made.id),
    ):
        with pytest.raises(NotAllowed):
            await press


@given(st.binary(max_size=300), st.sets(st.sampled_from(Repair)))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_rows_are_new_known_or_refused_whatever_the_file(
    crm: Crm, alice: Actor, data: bytes, repairs: set[Repair]
) -> None:
    made = await crm.looked_at(alice, b"email,name,timezone\na@acme.test,Ann,\n" + data)
    if made.state is ImportState.FAILED:
        assert made.problem
        return
    await crm.known.importing.repair(alice, made.id, made.version, repairs)
    looked_at = await crm.work(alice, made)
    done = await crm.confirmed(alice, looked_at)

    seen = looked_at.diagnosis
    assert seen is not None
    assert seen.rows == seen.new + seen.known + seen.refused
    tally = done.tally
    assert tally.rows == tally.new + tally.known + tally.refused == seen.rows
    assert (tally.new, tally.known) == (seen.new, seen.known)
