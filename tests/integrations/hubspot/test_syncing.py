"""Between HubSpot and us: shown before it is written, kept up by itself, and told both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Role
from qrev.campaigns.hearing.models import EventKind
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.store.events import MongoEventBook
from qrev.campaigns.store.messages import MongoMessages
from qrev.crm.imports import Import
from qrev.integrations.hubspot.models import SyncState
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed
from tests.contract.builders import a_message
from tests.contract.hearing_calls import an_event
from tests.hubspot_server import half_a_page, said
from tests.integrations.hubspot.conftest import House

pytestmark = pytest.mark.anyio


async def proposed(house: House) -> Import:
    sync = await house.services.hubspot.status(house.alice)
    assert sync is not None
    assert (sync.state, sync.problem) == (SyncState.PROPOSED, "")
    return await house.services.importing.get(house.alice, sync.import_id)


async def pulled(house: House) -> Import:
    """Have everything read, and return the import that waits for somebody."""
    await house.connect()
    await house.services.hubspot.pull(house.alice)
    await house.sweep()
    return await proposed(house)


async def confirmed(house: House) -> None:
    """Have it confirmed, written, and all that follows done."""
    made = await proposed(house)
    await house.services.importing.confirm(house.alice, made.id, made.version)
    await house.services.import_work.work(house.alice.account_id, made.id)
    await house.sweep(minutes=1)


async def names(house: House) -> dict[str, str]:
    page = await house.services.people.page(house.alice, limit=100)
    return {person.email: person.name for person in page.people}


async def test_a_first_pull_is_shown_with_its_numbers_and_writes_nothing(house: House) -> None:
    await house.services.keeping.create(house.alice, "anna@globex.test", {})
    house.hubspot.contact("anna@globex.test", firstname="Anna", lastname="Lee")
    for number in range(250):
        house.hubspot.contact(f"p{number}@globex.test", firstname=f"P{number}")
    house.hubspot.contact("")

    made = await pulled(house)

    assert made.diagnosis is not None
    assert (made.diagnosis.new, made.diagnosis.known) == (250, 1)
    assert made.diagnosis.changed == 1
    assert await names(house) == {"anna@globex.test": ""}


async def test_a_confirmed_pull_is_written_and_can_be_undone(house: House) -> None:
    house.hubspot.contact("anna@globex.test", firstname="Anna", lastname="Lee", company="Globex")
    made = await pulled(house)

    await confirmed(house)
    written = await names(house)
    await house.services.importing.undo(house.alice, made.id)
    await house.services.import_work.work(house.alice.account_id, made.id)

    assert written == {"anna@globex.test": "Anna Lee"}
    assert await names(house) == {}


async def test_what_somebody_wrote_here_stays_unless_the_rule_says_otherwise(
    house: House,
) -> None:
    create = house.services.keeping.create
    await create(house.alice, "anna@globex.test", {"name": "Dr. Anna Lee", "job_title": "CTO"})
    house.hubspot.contact("anna@globex.test", firstname="Anna", lastname="Li", jobtitle="CEO")
    await house.services.importing.set_rules(house.alice, {"job_title": "replace"})

    await pulled(house)
    await confirmed(house)

    [person] = (await house.services.people.page(house.alice)).people
    assert (person.name, person.job_title) == ("Dr. Anna Lee", "CEO")


async def test_a_pull_goes_on_where_it_was_after_trouble(house: House) -> None:
    for number in range(150):
        house.hubspot.contact(f"p{number}@globex.test")
    await house.connect()
    await house.services.hubspot.pull(house.alice)
    house.hubspot.trouble = [said(500, {}), half_a_page(), said(429, {}, retry_after="120")]

    problems = []
    for _ in range(3):
        await house.sweep()
        sync = await house.services.hubspot.status(house.alice)
        assert sync is not None
        problems.append(sync.problem)
        house.clock.advance(minutes=3)
    await house.sweep()

    assert all(problems)
    assert (await proposed(house)).total == 150
    assert house.hubspot.heard.count("GET /crm/v3/objects/contacts") == 5


async def test_a_short_retry_after_is_waited_out(house: House) -> None:
    house.hubspot.contact("anna@globex.test")
    await house.connect()
    house.hubspot.trouble = [said(429, {}, retry_after="0")]
    await house.services.hubspot.pull(house.alice)

    await house.sweep()

    assert (await proposed(house)).total == 1


async def test_an_expired_token_is_refreshed_on_the_way(house: House) -> None:
    house.hubspot.contact("anna@globex.test")
    await house.connect()
    house.hubspot.access_tokens = {"another-one-than-ours"}
    await house.services.hubspot.pull(house.alice)

    await house.sweep()

    assert house.hubspot.refreshes == 1
    assert (await proposed(house)).total == 1


async def test_a_list_of_theirs_can_be_pulled_alone(house: House) -> None:
    ids = [house.hubspot.contact(f"p{n}@globex.test") for n in range(3)]
    house.hubspot.lists["77"] = ids[:2]
    await house.connect()

    await house.services.hubspot.pull(house.alice, list_number="77")
    await house.sweep()

    assert (await proposed(house)).total == 2


async def test_what_is_no_list_or_already_running_is_refused(house: House) -> None:
    await house.connect()

    with pytest.raises(InvalidInput):
        await house.services.hubspot.pull(house.alice, list_number="../contacts")
    await house.services.hubspot.pull(house.alice)
    with pytest.raises(Conflict):
        await house.services.hubspot.pull(house.alice)


async def test_after_the_first_confirmed_pull_changes_come_by_themselves(house: House) -> None:
    house.hubspot.contact("anna@globex.test", firstname="Anna")
    await pulled(house)
    await confirmed(house)
    later = house.clock() + timedelta(minutes=1)
    house.hubspot.contact("bo@globex.test", changed_at=later, firstname="Bo")

    await house.sweep(2, minutes=16)

    assert await names(house) == {"anna@globex.test": "Anna", "bo@globex.test": "Bo"}
    assert (await house.services.hubspot.status(house.alice)).state is SyncState.IDLE  # type: ignore[union-attr]


async def test_a_pull_that_nobody_confirmed_runs_no_further(house: House) -> None:
    house.hubspot.contact("anna@globex.test")
    made = await pulled(house)

    await house.services.importing.cancel(house.alice, made.id)
    await house.sweep(3, minutes=16)

    assert await names(house) == {}
    assert not any("search" in each for each in house.hubspot.heard)


async def test_who_opted_out_there_is_written_to_no_more_before_anybody_confirms(
    house: House,
) -> None:
    house.hubspot.contact("anna@globex.test", hs_email_optout="true")
    house.hubspot.contact("bo@globex.test")

    await pulled(house)

    found = await house.services.suppressions.unreachable(
        house.alice.account_id, ["anna@globex.test", "bo@globex.test"]
    )
    assert found == {"anna@globex.test": "On the suppression list: opted out in HubSpot."}


async def test_owners_are_the_members_with_the_same_address(house: House) -> None:
    house.hubspot.owners = {"7": "Alice@Acme.test", "8": "stranger@acme.test"}
    house.hubspot.contact("anna@globex.test", hubspot_owner_id="7")
    house.hubspot.contact("bo@globex.test", hubspot_owner_id="8")

    await pulled(house)
    await confirmed(house)

    people = (await house.services.people.page(house.alice)).people
    owners = {person.email: person.owner_id for person in people}
    assert owners == {"anna@globex.test": house.alice.user_id, "bo@globex.test": None}


async def test_companies_come_with_everything(house: House) -> None:
    house.hubspot.contact("anna@globex.test")
    house.hubspot.companies["1"] = {"name": "Globex", "domain": "globex.test", "industry": "TEA"}
    house.hubspot.companies["2"] = {"name": "", "domain": ""}

    await pulled(house)
    await confirmed(house)

    page = await house.services.companies.page(house.alice)
    assert [(c.name, c.url, c.industry) for c in page.companies] == [
        ("Globex", "https://globex.test", "Tea")
    ]


async def pushing(house: House) -> None:
    """Confirm that our people are written there, and let it happen."""
    change = await house.services.changes.propose_writing_to_hubspot(house.alice)
    await house.services.changes.confirm(house.alice, change.id, change.hash)
    await house.sweep()


async def test_our_people_are_written_there_once_somebody_confirmed_it(house: House) -> None:
    await house.connect()
    facts = {"name": "Anna Lee", "job_title": "CTO"}
    person = await house.services.keeping.create(house.alice, "anna@globex.test", facts)
    house.hubspot.owners = {"7": "alice@acme.test"}
    await house.services.grouping.give(house.alice, [person.id], house.alice.user_id)
    await house.sweep(minutes=20)
    before = dict(house.hubspot.contacts)

    await pushing(house)
    [written] = house.hubspot.contacts.values()
    heard = len(house.hubspot.heard)
    await house.sweep(2, minutes=16)

    assert before == {}
    assert written == {
        "email": "anna@globex.test",
        "firstname": "Anna",
        "lastname": "Lee",
        "jobtitle": "CTO",
        "hubspot_owner_id": "7",
    }
    # Nothing changed here, so nothing is said again.
    assert len(house.hubspot.heard) == heard


async def test_a_contact_that_is_there_already_is_merged_by_the_id_in_the_answer(
    house: House,
) -> None:
    await house.connect()
    id_ = house.hubspot.contact("anna@globex.test", firstname="Ann", phone="1")
    await house.services.keeping.create(house.alice, "anna@globex.test", {"name": "Anna Lee"})
    house.hubspot.takes_batches = False

    await pushing(house)

    assert list(house.hubspot.contacts) == [id_]
    assert house.hubspot.contacts[id_]["firstname"] == "Anna"
    assert house.hubspot.contacts[id_]["phone"] == "1"


async def test_mails_that_leave_answers_and_returns_are_noted_at_their_contact(
    house: House,
) -> None:
    await house.connect()
    person = await house.services.keeping.create(house.alice, "anna@globex.test", {})
    mine: dict[str, Any] = {"account_id": house.alice.account_id, "person_id": person.id}
    old = a_message("old", status=MessageStatus.SENT, sent_at=house.clock(), **mine)
    await MongoMessages(house.database).add_planned([old])
    house.clock.advance(minutes=1)
    await pushing(house)
    at = house.clock()
    left = a_message("new", status=MessageStatus.SENT, sent_at=at, subject="Tea", **mine)
    await MongoMessages(house.database).add_planned([left])
    events = MongoEventBook(house.database)
    await events.add_if_new(an_event("r1", at=at, note="Yes, please.", **mine))
    await events.add_if_new(an_event("b1", at=at, kind=EventKind.BOUNCED, **mine))
    await events.add_if_new(an_event("a1", at=at, kind=EventKind.AWAY, **mine))

    await house.sweep(3, minutes=16)

    noted = [
        (said["hs_email_direction"], said["hs_email_status"], said["hs_email_subject"])
        for said in (each["properties"] for each in house.hubspot.emails)
    ]
    assert noted == [
        ("EMAIL", "SENT", "Tea"),
        ("EMAIL", "BOUNCED", "A mail to them came back"),
        ("INCOMING_EMAIL", "SENT", "They answered"),
    ]
    [contact] = house.hubspot.contacts
    assert {each["associations"][0]["to"]["id"] for each in house.hubspot.emails} == {contact}


async def test_an_opt_out_here_is_told_there_and_one_of_theirs_is_not_told_back(
    house: House,
) -> None:
    await house.connect()
    await pushing(house)
    stop = house.services.stopping.stop_address
    await stop(house.alice.account_id, "anna@globex.test", "unsubscribed by link")
    await stop(house.alice.account_id, "bo@globex.test", "opted out in HubSpot")

    await house.sweep(2, minutes=16)

    assert house.hubspot.opted_out == ["anna@globex.test"]


async def test_writing_can_be_stopped(house: House) -> None:
    await house.connect()
    await pushing(house)

    await house.services.hubspot.stop_pushing(house.alice)
    await house.services.keeping.create(house.alice, "anna@globex.test", {})
    await house.sweep(2, minutes=16)

    assert house.hubspot.contacts == {}


async def test_every_call_is_in_the_log_with_whom_it_was_about(house: House) -> None:
    await house.connect()
    await house.services.keeping.create(house.alice, "anna@globex.test", {"name": "Anna Lee"})
    await house.services.keeping.create(house.alice, "bo@globex.test", {"name": "Bo Li"})

    await pushing(house)

    page = await house.services.call_log.page(house.alice, about=" Anna@Globex.test")
    [call] = page.calls
    assert (call.what, call.outcome) == ("wrote 2 contacts", "done")
    assert call.fields == ("email", "firstname", "lastname")
    assert "Lee" not in str(call)


async def test_erasing_somebody_erases_what_the_log_says_of_them(house: House) -> None:
    await house.connect()
    await house.services.keeping.create(house.alice, "anna@globex.test", {"name": "Anna Lee"})
    await pushing(house)
    before = await house.services.privacy.held(house.alice, "anna@globex.test")

    change = await house.services.changes.propose_erasure(house.alice, "anna@globex.test")
    await house.services.changes.confirm(house.alice, change.id, change.hash)

    after = await house.services.privacy.held(house.alice, "anna@globex.test")
    assert before.counts["vendor_calls"] == 1
    assert "vendor_calls" not in after.counts
    assert "elsewhere" not in after.counts


async def test_who_does_not_manage_the_workspace_starts_nothing(house: House) -> None:
    await house.connect()
    seller = replace(house.alice, role=Role.SELLER)

    with pytest.raises(NotAllowed):
        await house.services.hubspot.pull(seller)
    with pytest.raises(NotAllowed):
        await house.services.changes.propose_writing_to_hubspot(seller)
    with pytest.raises(NotAllowed):
        await house.services.hubspot.stop_pushing(seller)
