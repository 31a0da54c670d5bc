"""A small world of Acme's, and one call of every method of every port into it."""

from __future__ import annotations

from collections.abc import Awaitable
from io import BytesIO
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.models import (
    MessageStatus,
    ProposalState,
    ProspectStatus,
    SequenceStatus,
)
from qrev.campaigns.ports import Outcome
from qrev.crm.edits import FieldEdit
from qrev.crm.filters import Order, PeopleFilter, Place, Total
from qrev.crm.finding import KEYS, PeopleSort
from qrev.crm.models import person_id
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.account_calls import ACCOUNTS, fill_accounts
from tests.contract.assistant_builders import a_line, a_row, a_spending
from tests.contract.assistant_calls import ASSISTANT
from tests.contract.builders import (
    ALICE,
    MINUTE,
    a_company,
    a_draft,
    a_login,
    a_mailbox,
    a_message,
    a_notice,
    a_person,
    a_proposal,
    a_prospect,
    a_rulebook,
    a_sequence,
    a_suppression,
    an_edit,
    an_upload,
)
from tests.contract.company_calls import COMPANIES, fill_companies
from tests.contract.draft_calls import DRAFTS
from tests.contract.hearing_calls import HEARING, fill_hearing
from tests.contract.import_calls import IMPORTS, SUPPRESSIONS, UPLOADS, fill_imports
from tests.contract.knowledge_calls import KNOWLEDGE, fill_knowledge
from tests.contract.life_calls import LIFE, fill_life
from tests.contract.mailbox_calls import DOUBTS, MAILBOXES, fill_mailboxes
from tests.contract.people_builders import OWNED, a_mark, a_merge, a_saved_list
from tests.contract.rewrite_calls import REWRITES, fill_rewrites
from tests.contract.stores import Ask, Call, Stores
from tests.contract.vendor_calls import VENDORS, fill_vendors
from tests.contract.watching_calls import WATCHING, fill_watching

LATER = TUESDAY_10AM + MINUTE
GONE = "gone@pine.test"
FILTERS = (
    PeopleFilter(),
    PeopleFilter(company_id="pine", upload_id="u1"),
    PeopleFilter(country="norway"),
    PeopleFilter(source="people.csv", tags=("vip",)),
    PeopleFilter(has=frozenset({"name"}), lacks=frozenset({"timezone"})),
)


async def fill(s: Stores) -> None:
    """Give Acme one of everything. The other account has nothing."""
    await fill_accounts(s)
    await s.people.upsert([a_person(company_id="pine", tags=("VIP",))], upload_id="u1")
    gone = a_person("gone", email=GONE, id=person_id(ACME, GONE), deleted_at=TUESDAY_10AM)
    await s.people.upsert([gone], upload_id=None)
    await s.tags.add_if_new(ACME, "VIP")
    await s.lists.put(a_saved_list())
    await s.logins.put(a_login())
    await s.merges.add(a_merge())
    await s.companies.add_if_new([a_company()])
    await fill_companies(s)
    await s.uploads.add_if_new(an_upload(), BytesIO(b"email"))
    await fill_imports(s)
    await s.edits.change(an_edit(FieldEdit(field="country", before="", after="Norway")))
    await s.suppressions.add_if_new(a_suppression())
    await s.sequences.add_if_new(a_sequence(status=SequenceStatus.ACTIVE))
    await s.prospects.add_if_new([a_prospect(), a_prospect("eve", status=ProspectStatus.STOPPED)])
    await s.drafts.add_if_new([a_draft(), a_draft(step=2, missing=("their product",))])
    await s.notices.tell(a_notice())
    await s.mailboxes.add_if_new(a_mailbox())
    await s.rulebooks.put(ACME, a_rulebook())
    await s.proposals.add(a_proposal())
    await s.proposals.add(
        a_proposal("p9", state=ProposalState.CONFIRMED, confirmed_at=TUESDAY_10AM)
    )
    applied = a_proposal(
        "p8", state=ProposalState.APPLIED, confirmed_at=TUESDAY_10AM, confirmed_by=ALICE
    )
    await s.proposals.add(applied)
    await s.lease.take(ACME, at=TUESDAY_10AM, until=LATER)
    held = a_message(step=2, status=MessageStatus.HELD, proposal_id="p2")
    sent = a_message("ann", status=MessageStatus.SENT, sent_at=TUESDAY_10AM)
    doubted = a_message("dan", status=MessageStatus.UNKNOWN)
    await fill_mailboxes(s)
    await s.messages.add_planned([a_message(), held, sent, doubted])
    await fill_life(s)
    await fill_rewrites(s)
    await fill_knowledge(s)
    await fill_watching(s)
    await fill_hearing(s)
    await fill_vendors(s)
    await s.conversations.add_if_new(a_line())
    await s.conversations.set_upload(ACME, "c1", "u1")
    await s.dropbox.put_messages([a_row()])
    await s.lay_spending(a_spending())
    await s.dropbox.ask_to_stop("ai-s1")
    await s.lay_prospects([a_row()])


async def claim_and_send(s: Stores, _: AccountId) -> bool:
    (message, *_rest) = await s.outbox.claim_due(
        since=TUESDAY_10AM - MINUTE, now=LATER, lease=LATER + MINUTE, limit=5
    )
    await s.outbox.intend(message, digest="d", now=LATER, lease=LATER + MINUTE)
    outcome = Outcome(status=MessageStatus.PLANNED, note="busy", at=LATER, send_at=LATER)
    return await s.outbox.record(message, outcome)


def _pages_of_people() -> tuple[Call, ...]:
    def page(wanted: PeopleFilter, sort: PeopleSort, after: Place | None) -> Ask:
        order = Order(sort=sort)
        return lambda s, a: s.finder.page(a, wanted, order=order, after=after, limit=5)

    def count(wanted: PeopleFilter) -> Ask:
        return lambda s, a: _number(s.finder.count(a, wanted))

    pages = (
        page(PeopleFilter(upload_id=upload_id), sort, after)
        for sort in KEYS
        for upload_id in (None, "u1")
        for after in (None, (sort, ""))
    )
    searches = (
        page(PeopleFilter(search="pine"), "name", after)
        for after in (None, ("company_name", "p"), ("words", " "))
    )
    return tuple(
        Call("finder", method, ask, reads=True)
        for method, asks in (
            ("page", (*pages, *searches, *(page(each, "name", None) for each in FILTERS))),
            ("count", map(count, FILTERS)),
        )
        for ask in asks
    )


async def _number(counting: Awaitable[Total]) -> int:
    return (await counting).number


PEOPLE = (
    Call("marks", "mark", lambda s, a: s.marks.mark(a, [a_mark(), a_mark(OWNED)])),
    Call("marks", "get_any", lambda s, a: s.marks.get_any(a, ["bob"]), reads=True),
    Call("marks", "lists_of", lambda s, a: s.marks.lists_of(a, "bob"), reads=True),
    Call("gone", "deleted_among", lambda s, a: s.gone.deleted_among(a, [GONE]), reads=True),
    Call("tags", "add_if_new", lambda s, a: s.tags.add_if_new(a, "new")),
    Call("tags", "all", lambda s, a: s.tags.all(a), reads=True),
    Call("lists", "put", lambda s, a: s.lists.put(a_saved_list(account_id=a, id=f"l-{a}"))),
    Call("lists", "get", lambda s, a: s.lists.get(a, "l1"), reads=True),
    Call("lists", "all", lambda s, a: s.lists.all(a), reads=True),
    Call("lists", "remove", lambda s, a: s.lists.remove(a, "l1")),
    Call("merges", "add", lambda s, a: s.merges.add(a_merge(account_id=a, id=f"m-{a}"))),
    Call("merges", "get", lambda s, a: s.merges.get(a, "m1"), reads=True),
    Call("merges", "latest", lambda s, a: s.merges.latest(a, "bob", "ann"), reads=True),
    Call("merges", "undo", lambda s, a: s.merges.undo(a_merge(account_id=a), TUESDAY_10AM)),
)
CRM = (
    *PEOPLE,
    Call("edits", "change", lambda s, a: s.edits.change(an_edit(account_id=a))),
    Call("edits", "history", lambda s, a: s.edits.history(a, "bob"), reads=True),
    Call("people", "get_many", lambda s, a: s.people.get_many(a, ["bob"]), reads=True),
    *_pages_of_people(),
    Call("people", "upsert", lambda s, a: s.people.upsert([a_person()], upload_id="u2")),
    Call("companies", "add_if_new", lambda s, a: s.companies.add_if_new([a_company()])),
    *UPLOADS,
    *SUPPRESSIONS,
)
SEQUENCES = (
    Call("sequences", "get", lambda s, a: s.sequences.get(a, "s1"), reads=True),
    Call("sequences", "page", lambda s, a: s.sequences.page(a, before=None, limit=5), reads=True),
    Call(
        "sequences",
        "page",
        lambda s, a: s.sequences.page(a, before=(LATER, "x"), limit=5),
        reads=True,
    ),
    Call("sequences", "by_dropbox_id", lambda s, a: s.sequences.by_dropbox_id("ai-s1")),
    Call("sequences", "active", lambda s, a: s.sequences.active()),
    Call("sequences", "running", lambda s, a: s.sequences.running(a), reads=True),
    Call("sequences", "drafting", lambda s, a: s.sequences.drafting()),
    Call("sequences", "add_if_new", lambda s, a: s.sequences.add_if_new(a_sequence())),
    Call(
        "sequences",
        "change",
        lambda s, a: s.sequences.change(a, "s1", was=SequenceStatus.ACTIVE, people=9),
    ),
)


def _beside(forward: bool, among: list[str] | None) -> Ask:
    return lambda s, a: s.prospects.beside(a, "s1", position=-1, forward=forward, among=among)


PROSPECTS = (
    Call("prospects", "of_sequence", lambda s, a: s.prospects.of_sequence(a, "s1"), reads=True),
    Call("prospects", "get", lambda s, a: s.prospects.get(a, "s1:bob"), reads=True),
    Call("prospects", "beside", _beside(True, None), reads=True),
    Call("prospects", "beside", _beside(False, None), reads=True),
    Call("prospects", "beside", _beside(True, ["s1:bob"]), reads=True),
    Call("prospects", "count", lambda s, a: s.prospects.count(a, "s1"), reads=True),
    Call("prospects", "has_waiting", lambda s, a: s.prospects.has_waiting(a, "s1"), reads=True),
    Call("prospects", "place", lambda s, a: s.prospects.place(a, "s1", 5), reads=True),
    Call("prospects", "add_if_new", lambda s, a: s.prospects.add_if_new([a_prospect()])),
    Call("prospects", "of_address", lambda s, a: s.prospects.of_address(a, "bob@pine.test"), True),
    Call(
        "prospects",
        "named",
        lambda s, a: s.prospects.named(a, ["s1", "s2"], "bob", limit=5),
        reads=True,
    ),
    Call("prospects", "stopped", lambda s, a: s.prospects.stopped(a, "s1"), reads=True),
    Call(
        "prospects",
        "set_status",
        lambda s, a: s.prospects.set_status(
            a, ["s1:bob"], ProspectStatus.ACTIVE, was=ProspectStatus.WAITING
        ),
    ),
    Call(
        "prospects",
        "set_status",
        lambda s, a: s.prospects.set_status(a, ["s1:bob"], ProspectStatus.STOPPED),
    ),
)


TELLING = (
    Call("notices", "since", lambda s, a: s.notices.since(["c1"], TUESDAY_10AM)),
    Call("notices", "unposted", lambda s, a: s.notices.unposted("c1")),
    Call("notices", "tell", lambda s, a: s.notices.tell(a_notice())),
    Call("notices", "claim_posting", lambda s, a: s.notices.claim_posting("n1")),
    Call("mailboxes", "of_account", lambda s, a: s.mailboxes.of_account(a), reads=True),
    Call("mailboxes", "add_if_new", lambda s, a: s.mailboxes.add_if_new(a_mailbox())),
    Call("mailboxes", "set_sending", lambda s, a: s.mailboxes.set_sending(a, a_mailbox(cap=7))),
    Call("mailboxes", "pause", lambda s, a: s.mailboxes.pause(a, "m1", "revoked")),
)


def _confirm(s: Stores, a: AccountId) -> Awaitable[Any]:
    return s.proposals.move(
        a,
        "p1",
        before=ProposalState.OPEN,
        after=ProposalState.CONFIRMED,
        hash="h1",
        at=LATER,
        by="alice",
    )


PROPOSALS = (
    Call("proposals", "get", lambda s, a: s.proposals.get(a, "p1"), reads=True),
    Call("proposals", "of_sequence", lambda s, a: s.proposals.of_sequence(a, "s1"), reads=True),
    Call("proposals", "page", lambda s, a: s.proposals.page(a, before=None, limit=5), reads=True),
    Call(
        "proposals",
        "page",
        lambda s, a: s.proposals.page(a, before=(LATER, "x"), limit=5),
        reads=True,
    ),
    Call("proposals", "last_applied", lambda s, a: s.proposals.last_applied(a, ALICE), True),
    Call("proposals", "undoing_before", lambda s, a: s.proposals.undoing_before(LATER)),
    Call("proposals", "confirmed_before", lambda s, a: s.proposals.confirmed_before(LATER)),
    Call("proposals", "add", lambda s, a: s.proposals.add(a_proposal("p3"))),
    Call(
        "proposals",
        "fill",
        lambda s, a: s.proposals.fill(a, "p1", hash="h2", people=1, messages=2),
    ),
    Call("proposals", "move", _confirm),
    Call("lease", "still_mine", lambda s, a: s.lease.still_mine(a, 1), reads=True),
    Call("lease", "give_back", lambda s, a: s.lease.give_back(a, 1)),
    Call("lease", "take", lambda s, a: s.lease.take(a, at=TUESDAY_10AM, until=LATER)),
)


def _pages_of_messages() -> tuple[Call, ...]:
    def page(sequence_id: str | None, is_first: bool) -> Ask:
        return lambda s, a: s.messages.page(
            a,
            status=MessageStatus.SENT,
            sequence_id=sequence_id,
            before=None if is_first else (LATER, ""),
            limit=5,
        )

    return tuple(
        Call("messages", "page", page(sequence_id, is_first), reads=True)
        for sequence_id in (None, "s1")
        for is_first in (True, False)
    )


MESSAGES = (
    Call("ledgers", "tried", lambda s, a: s.ledgers.tried(a, after="a", limit=5), reads=True),
    Call("sent_mails", "earlier", lambda s, a: s.sent_mails.earlier(a, ["s1:ann"]), reads=True),
    Call("sent_mails", "linked", lambda s, a: s.sent_mails.linked("s1:bob:1"), reads=True),
    Call("messages", "get", lambda s, a: s.messages.get(a, "s1:bob:1"), reads=True),
    Call("touches", "of_sequence", lambda s, a: s.touches.of_sequence(a, "s1"), reads=True),
    Call("touches", "of_prospect", lambda s, a: s.touches.of_prospect(a, "s1:bob"), reads=True),
    Call(
        "touches",
        "of_account",
        lambda s, a: s.touches.of_account(a, since=TUESDAY_10AM),
        reads=True,
    ),
    Call("rulebooks", "get", lambda s, a: s.rulebooks.get(a), reads=True),
    Call("rulebooks", "put", lambda s, a: s.rulebooks.put(a, a_rulebook(version=1))),
    Call("messages", "written", lambda s, a: s.messages.written(a, "p1"), reads=True),
    Call("messages", "taken", lambda s, a: s.messages.taken(a, since=TUESDAY_10AM), reads=True),
    Call("messages", "counts", lambda s, a: s.messages.counts(a, ["s1"]), reads=True),
    *_pages_of_messages(),
    Call("messages", "add_planned", lambda s, a: s.messages.add_planned([a_message()])),
    Call("lateness", "late", lambda s, a: s.lateness.late(before=LATER, now=LATER, limit=5)),
    Call("lateness", "open_of", lambda s, a: s.lateness.open_of(a, ["s1:bob"]), reads=True),
    Call("lateness", "with_open", lambda s, a: s.lateness.with_open(a, ["s1"]), reads=True),
    Call(
        "lateness",
        "move",
        lambda s, a: s.lateness.move(a_message(), send_at=LATER, because="late", at=LATER),
    ),
    Call("outbox", "claim_due", claim_and_send),
    Call("outbox", "intend", claim_and_send),
    Call("outbox", "record", claim_and_send),
    Call("outbox", "release_expired", lambda s, a: s.outbox.release_expired(now=LATER)),
    Call("outbox", "attempted", lambda s, a: s.outbox.attempted({(a, "m1"): TUESDAY_10AM})),
    Call(
        "outbox",
        "attempted",
        lambda s, a: s.outbox.attempted({(a, "m1"): TUESDAY_10AM, (a, "m2"): TUESDAY_10AM}),
    ),
    Call("outbox", "hold_mailbox", lambda s, a: s.outbox.hold_mailbox(a, "m1", until=LATER)),
    Call(
        "messages",
        "cancel",
        lambda s, a: s.messages.cancel(a, reason="stop", at=LATER, sequence_id="s1"),
    ),
    Call(
        "messages",
        "cancel",
        lambda s, a: s.messages.cancel(a, reason="stop", at=LATER, email="bob@pine.test"),
    ),
)
CALLS = (
    *ACCOUNTS,
    *CRM,
    *IMPORTS,
    *COMPANIES,
    *SEQUENCES,
    *PROSPECTS,
    *DRAFTS,
    *TELLING,
    *PROPOSALS,
    *MAILBOXES,
    *MESSAGES,
    *DOUBTS,
    *LIFE,
    *REWRITES,
    *KNOWLEDGE,
    *WATCHING,
    *HEARING,
    *VENDORS,
    *ASSISTANT,
)
