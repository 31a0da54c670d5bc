"""Every question the stores put has an index, and every index has a question."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from qrev.assistant.store import DROPBOX_INDEXES
from qrev.bootstrap import INDEXES, Databases
from qrev.kit.mongo import Document
from tests.conftest import ACME
from tests.contract.calls import CALLS, fill
from tests.contract.ports import ports
from tests.contract.questions import Heard, Listener, Question, way_of
from tests.contract.stores import mongo_stores
from tests.servers import a_database_name

pytestmark = pytest.mark.anyio

# Questions that read a whole collection, and why that is no harm.
SCANS = {
    "uploads.chunks": "GridFS looks whether it holds anything at all: one document is read",
    "uploads.files": "GridFS looks whether it holds anything at all: one document is read",
}
# Questions without an account, and why.
GLOBAL = {
    "accounts.get_many": "the workspaces of a person, by their ids",
    "accounts.claim_deleted": "a sweep over all accounts",
    "api_keys.check": "a program asks: which account is the answer",
    "changes.unmade_erasures": "a sweep over all accounts",
    "connections.of_vendor": "events and sweeps: which account is the answer",
    "connections.sealed_with": "a sweep over all connections",
    "grants.get": "a grant is a person's, of whichever account",
    "grants.put": "a grant is a person's",
    "grants.remove": "a grant is a person's",
    "grants.replace": "a grant is a person's",
    "grants.sealed_with": "a sweep over all grants",
    "import_leases.orphans": "a sweep over all accounts",
    "invitations.find": "it waits for a person who is not in the account yet",
    "invitations.of_address": "it waits for a person who is not in the account yet",
    "meetings.move": "an event from outside: which account is the answer",
    "members.of_account": "a user is a person, found by the ids of the account's members",
    "members.of_user": "to which accounts someone belongs is the answer",
    "pictures.get": "a picture is a person's",
    "pictures.put": "a picture is a person's",
    "pictures.remove": "a picture is a person's",
    "sessions.choose": "a session is a person's, of whichever account",
    "sessions.end": "a session is a person's",
    "sessions.end_all": "a session is a person's",
    "sessions.get": "a session is a person's",
    "sessions.of_user": "a session is a person's",
    "sessions.rename": "a session is a person's",
    "sessions.rotate": "a session is a person's",
    "sessions.seen": "a session is a person's",
    "sessions.who": "someone asks: which account is the answer",
    "users.bind": "a user is a person",
    "users.unbind": "a user is a person",
    "users.change": "a user is a person",
    "users.chose": "a user is a person",
    "users.get": "a user is a person",
    "dropbox.is_stopped": "a callback knows the AI server's own id alone",
    "dropbox.hear": "a callback knows the AI server's own id alone",
    "dropbox.heard": "a callback knows the AI server's own id alone",
    "dropbox.mark_messages": "the drop box knows no accounts, only the AI server's own ids",
    "dropbox.mark_prospects": "the drop box knows no accounts",
    "dropbox.new_messages": "the drop box knows no accounts",
    "dropbox.new_prospects": "the drop box knows no accounts",
    "logins.sealed_with": "a sweep over all logins",
    "doubts.to_look_at": "a sweep over all accounts",
    "lateness.late": "a sweep over all accounts",
    "lateness.move": "the sweep moves a message it has read, by its id",
    "notices.claim_posting": "by the id of a notice that was read",
    "notices.since": "one poll for all conversations that are open in this process",
    "notices.unposted": "a conversation belongs to one account",
    "outbox.claim_due": "a worker serves all accounts",
    "outbox.intend": "a worker serves all accounts",
    "outbox.record": "a worker serves all accounts",
    "outbox.release_expired": "a sweep over all accounts",
    "orders.unfinished": "a sweep over all accounts",
    "pauses.over": "a sweep over all accounts",
    "places.listened": "a sweep over all accounts",
    "proposals.confirmed_before": "a sweep over all accounts",
    "proposals.undoing_before": "a sweep over all accounts",
    "rewrites.orphans": "a sweep over all accounts",
    "sent_mails.linked": "a link in a mail: which account is the answer",
    "sequences.active": "a sweep over all accounts",
    "sequences.by_dropbox_id": "the AI server's callback knows its own id alone",
    "sequences.drafting": "a sweep over all accounts",
    "stalls.all": "the watchdog looks at all accounts",
    "stillness.waiting": "a sweep over all accounts",
    "syncs.claim_due": "a sweep over all accounts",
    "uploads.add_if_new": "GridFS finds its chunks by the file they belong to",
    "uploads.fetch": "GridFS finds its chunks by the file they belong to",
}
# Where the account is the document's own id, or begins it.
ACCOUNT_IN_THE_ID = {
    *("accounts", "approval_rules", "members", "planning_leases", "conversations"),
    *("import_settings", "hubspot_syncs"),
}
# Pages that are sorted after reading, and why that stays small.
SORTED_IN_MEMORY = {
    "lateness.late": "two states are merged, and what is late is swept every minute",
    "messages.page": "one sequence's mails, not an account's",
    "outbox.claim_due": "two states are merged, and only ten minutes are looked at",
    "finder.page": "at most 1,500 people who are alike in something else than their lists",
    "register.page": "companies that were deleted in the last thirty days",
    "prospects.beside": "among people who are named one by one",
}
# Indexes no store asks for.
NOT_FOR_STORES = {
    **{
        (each.collection, f"{each.forgets.field}_1"): "lets what is over be forgotten"
        for each in INDEXES
        if each.forgets is not None
    },
    ("rewritten", "account_id_1_prospect_id_1"): "what is held on somebody is found by it",
    ("hubspot_rows", "account_id_1_rows.email_1"): "finds somebody who is to be erased",
    ("ai_uploads", "upload_id_1__id_1"): "the AI server reads the rows of a list in pages",
}


@pytest.fixture
async def listener() -> Listener:
    return Listener()


@pytest.fixture
async def asked(embedded_url: str, listener: Listener) -> AsyncIterator[AsyncDatabase[Document]]:
    """The database after every call of every store, with `listener` having heard them."""
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        embedded_url, tz_aware=True, event_listeners=[listener]
    )
    database = client[a_database_name()]
    await Databases(main=database, dropbox=database).ensure_indexes()
    stores = mongo_stores(database)
    heard: dict[str, Any] = {name: Heard(name, getattr(stores, name), listener) for name in ports()}
    stores = replace(stores, **heard)
    await fill(stores)
    for call in CALLS:
        await call.ask(stores, ACME)
    yield database
    await client.drop_database(database.name)
    await client.close()


async def test_no_question_reads_a_whole_collection(
    asked: AsyncDatabase[Document], listener: Listener
) -> None:
    scans = [q for q in listener.questions if (await way_of(asked, q)).is_scan]

    assert [str(q) for q in scans if q.collection not in SCANS] == []
    assert {q.collection for q in scans if q.is_limited} == set(SCANS)


async def test_every_question_names_its_account_or_says_why_not(
    asked: AsyncDatabase[Document], listener: Listener
) -> None:
    nameless = [q for q in listener.questions if not q.names_the_account and not is_by_account(q)]

    assert [str(q) for q in nameless if q.asked_by not in GLOBAL] == []
    assert {q.asked_by for q in nameless} == set(GLOBAL)


def is_by_account(question: Question) -> bool:
    key = question.filter.get("_id")
    return question.collection in ACCOUNT_IN_THE_ID and re.match(rf"{ACME}\b", str(key)) is not None


async def test_every_index_is_used(asked: AsyncDatabase[Document], listener: Listener) -> None:
    chosen = set(NOT_FOR_STORES)
    for question in listener.questions:
        way = await way_of(asked, question)
        chosen |= {(question.collection, name) for name in way.indexes}

    declared = {
        (each.collection, model.document["name"]): model.document["key"]
        for each in chain(INDEXES, DROPBOX_INDEXES)
        for model in each.models
    }
    unused = [
        (collection, name)
        for (collection, name), key in declared.items()
        if (collection, name) not in chosen
        and not any(
            q.collection == collection and q.is_what_it_is_for(key) for q in listener.questions
        )
    ]
    assert unused == []
    assert set(NOT_FOR_STORES) <= set(declared)


async def test_pages_are_read_in_the_order_of_their_index(
    asked: AsyncDatabase[Document], listener: Listener
) -> None:
    sorted_late = {
        q.asked_by
        for q in listener.questions
        if q.is_limited and (await way_of(asked, q)).is_sorted_in_memory
    }

    assert sorted_late == set(SORTED_IN_MEMORY)


async def test_everyone_and_every_list_is_read_in_the_order_of_any_column(
    asked: AsyncDatabase[Document], listener: Listener
) -> None:
    pages = [
        question
        for question in listener.questions
        if question.asked_by == "finder.page" and question.sort and "words" not in question.filter
    ]
    of_shelves = [q for q in pages if not q.filter.keys() & {"by_country", "gaps", "source"}]
    of_shelves = [q for q in of_shelves if "company_id" not in q.filter]

    assert len(of_shelves) >= 16
    assert not any([(await way_of(asked, q)).is_sorted_in_memory for q in of_shelves])


async def test_companies_listed_by_any_column_are_read_in_order(
    asked: AsyncDatabase[Document], listener: Listener
) -> None:
    pages = [q for q in listener.questions if q.asked_by == "register.page"]
    of_those_there = [q for q in pages if q.filter["deleted_at"] is None]

    assert len(of_those_there) == 8
    assert not any([(await way_of(asked, q)).is_sorted_in_memory for q in of_those_there])


async def names_of_indexes(database: AsyncDatabase[Document]) -> set[tuple[str, str]]:
    return {
        (collection, name)
        for collection in await database.list_collection_names()
        for name in await database[collection].index_information()
        if name != "_id_"
    }


async def test_creating_the_indexes_again_changes_nothing(mongo: AsyncDatabase[Document]) -> None:
    databases = Databases(main=mongo, dropbox=mongo)

    first = await databases.ensure_indexes()
    made = await names_of_indexes(mongo)
    again = await databases.ensure_indexes()

    assert first == again == len(made)
    assert await names_of_indexes(mongo) == made


async def test_instances_that_start_at_once_agree_on_the_indexes(
    mongo: AsyncDatabase[Document],
) -> None:
    databases = Databases(main=mongo, dropbox=mongo)

    counts = await asyncio.gather(*(databases.ensure_indexes() for _ in range(4)))

    assert set(counts) == {len(await names_of_indexes(mongo))}
