"""A small working desk: real stores, our own time, a channel that behaves.

Alice owns Acme and one mailbox. It is Tuesday 3 March 2026, 10:00 UTC, and everyone lives in UTC.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor, Member, Role, User, UserId
from qrev.bootstrap.life import wire_adding, wire_before, wire_orders
from qrev.campaigns.drafts import Drafts
from qrev.campaigns.enacting import Enacting
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.lettering import Lettering
from qrev.campaigns.life.models import Order, OrderKind, Terms
from qrev.campaigns.mail_links import MailLinks
from qrev.campaigns.models import (
    OPEN,
    Mailbox,
    Message,
    Proposal,
    Prospect,
    Sequence,
    message_id,
)
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.rulebook import Rulebook, Rulebooks
from qrev.campaigns.sender import LEASE, Sender
from qrev.campaigns.sequences import Intake, Sequences
from qrev.campaigns.settling import Evidence
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.sweeps import Sweeps
from qrev.campaigns.telling import Telling
from qrev.crm.suppressions import SuppressionList
from qrev.kit.mongo import Document, ensure_indexes
from qrev.kit.signing import Signer
from tests.campaigns.postbox import Postbox
from tests.campaigns.stores import INDEXES, Stores, stores_of
from tests.campaigns.things import a_mailbox, a_prospect, a_sequence, an_account, drafts_for
from tests.conftest import ACME, an_actor
from tests.fakes import FakeClock

HOLD = timedelta(minutes=2)
BOB = an_actor("Bob", ACME, Role.SELLER)
LINKS = "https://mail.acme.test/u/"


class AllAtOnce:
    """The rulebooks of a world whose mailboxes may send several mails in a minute."""

    def __init__(self, rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks

    async def get(self, account_id: AccountId, sequence_id: str = "") -> Rulebook:
        book = await self._rulebooks.get(account_id, sequence_id)
        return replace(book, values={**book.values, "min_gap_minutes": 0})

    async def put(self, account_id: AccountId, rulebook: Rulebook, sequence_id: str = "") -> bool:
        return await self._rulebooks.put(account_id, rulebook, sequence_id)


@dataclass(kw_only=True)
class World:
    """One process of ours, wired as in production, on given stores."""

    stores: Stores
    clock: FakeClock
    postbox: Postbox = field(default_factory=Postbox)

    def __post_init__(self) -> None:
        s, clock = self.stores, self.clock
        self.suppressions = SuppressionList(suppressions=s.suppressions, clock=clock)
        self.telling = Telling(notices=s.notices, sequences=s.sequences, clock=clock)
        self.stopping = Stopping(
            suppressions=self.suppressions,
            messages=s.messages,
            accounts=s.accounts,
            links=MailLinks(mails=s.sent_mails, signer=Signer("secret", "opt-out")),
            clock=clock,
        )
        self.gathering = Gathering(
            accounts=s.accounts,
            prospects=s.prospects,
            drafts=s.drafts,
            remarks=s.drafts,
            mailboxes=s.mailboxes,
            messages=s.messages,
            rulebooks=s.rulebooks,
            reachability=self.suppressions,
        )
        self._wire_words()
        self.audit = Audit(entries=s.audit, clock=clock)
        self.before = wire_before(s.campaigns(), s.members, self.audit, threshold=200, clock=clock)
        self.pausing, self.approving = self.before.pausing, self.before.approving
        self.enacting = self._enacting()
        self.proposing = Proposing(
            gathering=self.gathering,
            sequences=s.sequences,
            prospects=s.prospects,
            proposals=s.proposals,
            locks=s.drafts,
            lease=s.lease,
            enacting=self.enacting,
            approving=self.approving,
            audit=self.audit,
            hold=HOLD,
            clock=clock,
        )
        self.sender = self.a_sender(AllAtOnce(s.rulebooks))
        self.sweeps = self._sweeps()
        self.evidence = Evidence(
            doubts=s.doubts,
            mailboxes=s.mailboxes,
            witnesses={"outbox": self.postbox},
            telling=self.telling,
            clock=clock,
        )
        self.adding = wire_adding(s.campaigns(), self.sequences, clock)
        self.orders = wire_orders(s.campaigns(), self.before, s.accounts, self.sweeps, clock)

    def _wire_words(self) -> None:
        s, clock = self.stores, self.clock
        self.sequences = Sequences(
            sequences=s.sequences,
            prospects=s.prospects,
            drafts=s.drafts,
            messages=s.messages,
            clock=clock,
        )
        self.intake = Intake(sequences=s.sequences, prospects=s.prospects, drafts=s.drafts)
        self.drafts = Drafts(
            sequences=s.sequences, prospects=s.prospects, drafts=s.drafts, clock=clock
        )

    def _enacting(self) -> Enacting:
        return Enacting(
            gathering=self.gathering,
            sequences=self.stores.sequences,
            prospects=self.stores.prospects,
            locks=self.stores.drafts,
            messages=self.stores.messages,
            reach=self.stores.messages,
            pausing=self.pausing,
            proposals=self.stores.proposals,
            lease=self.stores.lease,
            telling=self.telling,
            hold=HOLD,
            clock=self.clock,
        )

    def a_sender(self, rulebooks: Rulebooks, *, lease: timedelta = LEASE) -> Sender:
        """Return a worker of this world that goes by these rules."""
        return Sender(
            outbox=self.stores.messages,
            accounts=self.stores.accounts,
            mailboxes=self.stores.mailboxes,
            reachability=self.suppressions,
            rulebooks=rulebooks,
            stopping=self.stopping,
            telling=self.telling,
            channels={"outbox": self.postbox},
            lettering=Lettering(
                mails=self.stores.sent_mails,
                unsubscribe_url=lambda message: LINKS + self.stopping.link_token(message),
            ),
            clock=self.clock,
            lease=lease,
        )

    def _sweeps(self) -> Sweeps:
        return Sweeps(
            outbox=self.stores.messages,
            lateness=self.stores.messages,
            messages=self.stores.messages,
            sequences=self.stores.sequences,
            mailboxes=self.stores.mailboxes,
            accounts=self.stores.accounts,
            rulebooks=self.stores.rulebooks,
            lease=self.stores.lease,
            telling=self.telling,
            clock=self.clock,
        )

    # --- what a test sets up

    async def a_mailbox(self, mailbox: Mailbox) -> Mailbox:
        await self.stores.mailboxes.add_if_new(mailbox)
        return mailbox

    async def a_sequence(
        self, *, people: int = 3, days: tuple[int, ...] = (0,), name: str = "spring"
    ) -> Sequence:
        """Return a drafted sequence: `people` prospects with a draft for each of their days."""
        sequence = a_sequence(name=name, days=days, people=people)
        await self.stores.sequences.add_if_new(sequence)
        await self.enroll(sequence, [a_prospect(sequence, n) for n in range(people)])
        return sequence

    async def enroll(self, sequence: Sequence, prospects: list[Prospect]) -> None:
        """Bring people in, with a draft for each of their steps."""
        await self.intake.enroll(sequence, prospects)
        await self.intake.draft([d for p in prospects for d in drafts_for(p)])

    async def confirmed(self, actor: Actor, sequence: Sequence) -> Proposal:
        """Return the plan of the sequence, proposed and confirmed."""
        proposal = await self.proposing.propose(actor, sequence.id)
        return await self.proposing.confirm(actor, proposal.id, proposal.hash)

    async def ordered(self, actor: Actor, kind: OrderKind, **terms: Any) -> Order:
        """Return an order, proposed and confirmed."""
        order = await self.orders.propose(actor, kind, Terms(**terms))
        return await self.orders.confirm(actor, order.id, order.hash)

    async def stop(self, actor: Actor, sequence_id: str) -> Order:
        """Return a stop of that sequence, carried out."""
        return await self.ordered(actor, OrderKind.STOP, sequence_id=sequence_id)

    async def planned(
        self, actor: Actor, *, people: int = 3, days: tuple[int, ...] = (0,), name: str = "spring"
    ) -> list[Message]:
        """Return the messages of a confirmed sequence."""
        sequence = await self.a_sequence(people=people, days=days, name=name)
        await self.confirmed(actor, sequence)
        return await self.messages()

    async def due(self, actor: Actor, *, people: int = 1) -> list[Message]:
        """Return messages whose minute has come, each at this very moment."""
        messages = await self.planned(actor, people=people)
        self.clock.now = messages[0].send_at
        for message in messages:
            await self.stores.messages.move(
                message, send_at=self.clock.now, at=self.clock.now, because="all at once"
            )
        return await self.messages()

    async def let_days_pass(self) -> None:
        """Let the worker do all it does, for three days."""
        for _ in range(12):
            self.clock.advance(hours=6)
            await self.sweeps.settle_leases()
            await self.sweeps.replan_late()
            await self.sender.send_batch()

    async def work_until(self, then: datetime) -> None:
        """Let the worker do all it does whenever a mail is due, until then."""
        while True:
            await self.sweeps.settle_leases()
            await self.sweeps.replan_late()
            await self.sender.send_batch()
            ahead = [
                m.send_at
                for m in await self.messages()
                if m.status in OPEN and not m.paused_by and self.clock.now < m.send_at <= then
            ]
            if not ahead:
                self.clock.now = then
                return
            self.clock.now = min(ahead)

    # --- what a test looks at

    async def messages(self) -> list[Message]:
        """Return every message of Acme, the first to leave first."""
        found = [
            message
            for sequence in await self.stores.sequences.page(ACME, before=None, limit=100)
            for prospect in await self.stores.prospects.of_sequence(ACME, sequence.id)
            for step in prospect.steps
            if (message := await self.message(message_id(prospect.id, step.number))) is not None
        ]
        return sorted(found, key=lambda m: (m.send_at, m.id))

    async def message(self, message_id: str) -> Message | None:
        return await self.stores.messages.get(ACME, message_id)

    async def statuses(self) -> Counter[str]:
        return Counter(message.status.value for message in await self.messages())

    async def said(self) -> list[str]:
        """Return the sentences the conversation was told."""
        return [notice.text for notice in await self.stores.notices.unposted("conversation")]


async def a_world(database: AsyncDatabase[Document], clock: FakeClock) -> World:
    """Return Acme's world, with its account and Alice's mailbox."""
    await ensure_indexes(database, INDEXES)
    world = World(stores=stores_of(database), clock=clock)
    await world.stores.accounts.add_if_new(
        User(id=UserId("alice"), email="alice@acme.test", name="Alice", created_at=clock()),
        an_account(),
        Member(account_id=ACME, user_id=UserId("alice"), role=Role.OWNER),
    )
    await world.a_mailbox(a_mailbox())
    return world
