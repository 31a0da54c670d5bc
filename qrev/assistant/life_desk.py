"""What cards about campaigns that run can ask, and the orders they give."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from qrev.accounts.models import AccountId, Actor
from qrev.accounts.service import Accounts
from qrev.assistant import life_cards as shown
from qrev.assistant.cards import Card, DraftCard, ProposalCard, StepView, TextCard
from qrev.assistant.enrolment import Enrolment
from qrev.campaigns.life.adding import Adding
from qrev.campaigns.life.approving import Approving, waiting_words
from qrev.campaigns.life.desk import OVER
from qrev.campaigns.life.models import Approval, Order, OrderKind, OrderState, Pause, Scope, Terms
from qrev.campaigns.life.orders import Orders
from qrev.campaigns.life.pausing import Pausing, country_of_place
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.life.proposals import Either, Proposals
from qrev.campaigns.life.words import GONE, narrowed
from qrev.campaigns.merging import FIELDS
from qrev.campaigns.models import MessageStatus, SequenceStatus
from qrev.campaigns.planning.hours import country_code, name_of_country, zone_named
from qrev.campaigns.ports import Mailboxes
from qrev.campaigns.sequences import Overview, Sequences
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound

VERBS = {
    OrderKind.PAUSE: "Pause",
    OrderKind.RESUME: "Resume",
    OrderKind.STOP: "Stop",
    OrderKind.STOP_PERSON: "Stop",
    OrderKind.EDIT_STEP: "Change the words",
    OrderKind.REWRITE: "Change the words",
    OrderKind.ARCHIVE: "Archive",
}
WAITING = (MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """The services behind what runs."""

    orders: Orders
    proposals: Proposals
    approving: Approving
    pausing: Pausing
    reach: Reach
    mailboxes: Mailboxes
    adding: Adding
    enrolment: Enrolment


class LifeDesk:
    def __init__(
        self, *, accounts: Accounts, sequences: Sequences, running: Running, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._sequences = sequences
        self._running = running
        self._clock = clock

    # --- orders

    async def propose(
        self, actor: Actor, ask: shown.OrderProposeAsked, *, conversation_id: str = ""
    ) -> shown.OrderCard:
        """Return a card with what would change. Nothing does by it. Raises InvalidInput."""
        kind = OrderKind(ask.order)
        terms = await self.terms(actor, ask)
        order = await self._running.orders.propose(
            actor, kind, terms, conversation_id=conversation_id
        )
        return shown.OrderCard(order_id=order.id)

    async def terms(self, actor: Actor, ask: shown.OrderProposeAsked) -> Terms:
        """Return what is ordered, checked. Raises InvalidInput for what is no such thing."""
        country = country_code(ask.country)
        if ask.country and not country:
            raise InvalidInput(f"“{ask.country}” is no country we know. Give its English name.")
        until = None
        if ask.until is not None:
            zone = await self._zone(actor)
            until = datetime.combine(ask.until, time(0), zone).astimezone(ZoneInfo("UTC"))
        return Terms(
            sequence_id=ask.sequence_id,
            mailbox_id=ask.mailbox_id,
            country=country,
            company=ask.company.strip().lstrip("@").lower(),
            person=ask.person.strip().lower(),
            until=until,
            pause_ids=(ask.pause_id,) if ask.pause_id else (),
            step=ask.step,
            subject=ask.variants[0].subject if ask.variants else "",
            body=ask.variants[0].body if ask.variants else "",
            variants=tuple((words.subject, words.body) for words in ask.variants[1:]),
        )

    async def order_get(self, actor: Actor, ask: shown.OrderAsked) -> shown.OrderView:
        """Return the newest order in the chain that one began."""
        return await self.view(actor, await self._running.orders.get(actor, ask.order_id))

    async def order_confirm(self, actor: Actor, ask: shown.OrderConfirmAsked) -> shown.OrderView:
        """Carry out what was shown, once."""
        order = await self._running.orders.confirm(actor, ask.order_id, ask.hash)
        return await self.view(actor, order)

    async def order_cancel(self, actor: Actor, ask: shown.OrderAsked) -> shown.OrderView:
        """Drop it. Nothing was changed by it."""
        return await self.view(actor, await self._running.orders.cancel(actor, ask.order_id))

    async def order_undo(self, actor: Actor, ask: shown.OrderAsked) -> shown.OrderView:
        """Take back what was done, as far as that goes."""
        return await self.view(actor, await self._running.orders.undo(actor, ask.order_id))

    async def order_again(self, actor: Actor, ask: shown.OrderAsked) -> shown.OrderCard:
        """Propose the same as things are now."""
        order = await self._running.orders.again(actor, ask.order_id)
        return shown.OrderCard(order_id=order.id)

    async def undo_last(self, actor: Actor) -> tuple[str, Card]:
        """Undo what the actor confirmed last. Return what came of it, and its card."""
        undone = await self._running.proposals.undo_last(actor)
        return self._said(undone), _card(undone)

    async def undo_held(self, actor: Actor) -> tuple[str, Card] | None:
        """Take back the Send that is still held, if there is one of the actor's."""
        held = await self._running.proposals.held(actor)
        if held is None:
            return None
        undone = await self._running.proposals.undo(actor, held.id)
        return self._said(undone), _card(undone)

    async def pause_about(
        self, account_id: AccountId, *, country: str = "", mailbox_id: str = "", company: str = ""
    ) -> str | None:
        """Return the newest pause that is for exactly that, None for none."""
        wanted = (country, mailbox_id, company)
        found = [
            pause.id
            for pause in await self._running.pausing.all(account_id)
            if (pause.country, pause.mailbox_id, pause.company) == wanted
        ]
        return found[-1] if found else None

    # --- one campaign

    async def campaign(self, actor: Actor, ask: shown.CampaignAsked) -> shown.CampaignView:
        """Return one campaign, with what can be done to it."""
        overview = await self._sequences.overview(actor, ask.sequence_id)
        pauses = [
            pause
            for pause in await self._running.pausing.all(actor.account_id)
            if pause.sequence_id in ("", ask.sequence_id)
        ]
        mailboxes = await self._running.mailboxes.of_account(actor.account_id)
        opened = await self._running.reach.tally(
            actor.account_id, Scope(sequence_id=ask.sequence_id)
        )
        places = await self._running.reach.places(actor.account_id, ask.sequence_id)
        countries = sorted({country_of_place(*place) for place in places} - {""})
        addresses = {m.id: m.email for m in mailboxes}
        return shown.CampaignView(
            **_facts(overview),
            sending=opened.get(MessageStatus.SENDING, 0),
            pauses=[_pause(pause, addresses) for pause in pauses],
            mailboxes=[shown.ChoiceRow(id=m.id, name=m.email) for m in mailboxes],
            countries=[shown.ChoiceRow(id=c, name=name_of_country(c)) for c in countries],
            **_rights(overview, pauses, may_change=actor.may_change),
        )

    async def rename(self, actor: Actor, ask: shown.CampaignNameAsked) -> shown.CampaignView:
        """Give a campaign another name."""
        await self._sequences.rename(actor, ask.sequence_id, ask.name)
        return await self.campaign(actor, shown.CampaignAsked(sequence_id=ask.sequence_id))

    async def step_words(self, actor: Actor, ask: shown.StepAsked) -> shown.StepWordsView:
        """Return what a mail says now, to be changed for everybody who has not got it."""
        sequence = await self._sequences.get(actor, ask.sequence_id)
        every = await self._running.adding.words(sequence)
        words = next((each for each in every if each.step == ask.step), None)
        if words is None:
            raise NotFound(f"“{sequence.name}” has no mail {ask.step}.")
        return shown.StepWordsView(
            step=ask.step,
            variants=[shown.StepWords(subject=s, body=b) for s, b in words.variants],
            fields=list(FIELDS),
        )

    async def add_people(self, actor: Actor, ask: shown.PeopleAddAsked) -> list[Card]:
        """Bring people in and return their drafts and the plan for them. Raises InvalidInput."""
        emails = [word for part in ask.emails.split() for word in re.split(r"[,;<>]", part)]
        return await self.add_known(actor, ask.sequence_id, [e for e in emails if "@" in e])

    async def add_known(
        self, actor: Actor, sequence_id: str, emails: Collection[str]
    ) -> list[Card]:
        """As `add_people`, of addresses."""
        added = await self._running.enrolment.add(actor, sequence_id, emails)
        cards: list[Card] = [TextCard(text=added.words), DraftCard(sequence_id=sequence_id)]
        if added.proposal is not None:
            cards.append(ProposalCard(proposal_id=added.proposal.id))
        return cards

    async def duplicate(self, actor: Actor, ask: shown.CampaignAsked) -> shown.CampaignCard:
        """Return the card of a new draft with the same mails and nobody in it."""
        copy = await self._running.adding.duplicate(actor, ask.sequence_id)
        return shown.CampaignCard(sequence_id=copy.id)

    # --- two members

    async def approvals(self, actor: Actor, ask: shown.NothingAsked) -> shown.ApprovalsView:
        """Return what waits for a second member's word."""
        found = await self._running.approving.open(actor)
        return shown.ApprovalsView(
            rows=[_approval(each, actor) for each in found],
            threshold=await self._running.approving.threshold(actor.account_id),
            is_alone=await self._running.approving.is_alone(actor),
            can_manage=actor.may_manage,
            can_change=actor.may_change,
        )

    async def approval_open(self, actor: Actor, ask: shown.ApprovalAsked) -> Card:
        """Return the card of what waits, to be read and confirmed."""
        approval = await self._running.approving.get(actor, ask.approval_id)
        if approval.is_send:
            return ProposalCard(proposal_id=approval.subject_id)
        return shown.OrderCard(order_id=approval.subject_id)

    async def approval_decline(self, actor: Actor, ask: shown.ApprovalAsked) -> shown.ApprovalsView:
        """Take what waits off the list. Nothing is done."""
        await self._running.approving.decline(actor, ask.approval_id)
        return await self.approvals(actor, shown.NothingAsked())

    async def threshold_save(self, actor: Actor, ask: shown.ThresholdAsked) -> shown.ApprovalsView:
        """Keep from how many people on a second member has to confirm."""
        await self._running.approving.save_threshold(actor, ask.people)
        return await self.approvals(actor, shown.NothingAsked())

    async def view(self, actor: Actor, order: Order) -> shown.OrderView:
        """Return an order as its card shows it."""
        waits = await self._running.approving.waits_for(actor.account_id, order.hash)
        is_open = order.state is OrderState.OPEN
        is_expired = is_open and self._clock() >= order.expires_at
        is_mine = waits is not None and waits[0].asked_by == actor.user_id
        return shown.OrderView(
            id=order.id,
            hash=order.hash,
            state="expired" if is_expired else order.state.value,
            kind=order.kind.value,
            title=order.title,
            verb=VERBS[order.kind],
            facts=list(order.facts),
            rows=[
                shown.TouchedRow(
                    name=row.name,
                    email=row.email,
                    step=row.step,
                    before=row.before,
                    after=row.after,
                )
                for row in order.rows
            ],
            touched=order.touched,
            outcome=order.outcome,
            waits_for=waiting_words(waits, is_mine=is_mine) if waits and is_open else "",
            expires_at=order.expires_at,
            can_decide=actor.may_change and not is_mine,
            can_undo=actor.may_change and order.state is OrderState.DONE,
        )

    def _said(self, undone: Either) -> str:
        what = undone.title if isinstance(undone, Order) else "your last Send"
        return f"Undone: {what}. {undone.outcome}"

    async def _zone(self, actor: Actor) -> ZoneInfo:
        account = await self._accounts.account(actor)
        return zone_named(account.timezone) or ZoneInfo("UTC")


def _card(done: Either) -> Card:
    if isinstance(done, Order):
        return shown.OrderCard(order_id=done.id)
    return ProposalCard(proposal_id=done.id)


def _facts(overview: Overview) -> dict[str, object]:
    sequence, counts = overview.sequence, overview.counts
    by = counts.by_status
    return {
        "id": sequence.id,
        "name": sequence.name,
        "status": sequence.status.value,
        "people": sequence.people,
        "steps": [StepView(number=step.number, day=step.day) for step in sequence.steps],
        "left": sum(by.get(status, 0) for status in GONE),
        "waiting": sum(by.get(status, 0) for status in WAITING),
        "failed": by.get(MessageStatus.FAILED, 0),
        "cancelled": by.get(MessageStatus.CANCELLED, 0),
        "next_at": counts.next_at,
        "last_at": counts.last_at,
    }


def _rights(overview: Overview, pauses: list[Pause], *, may_change: bool) -> dict[str, bool]:
    status = overview.sequence.status
    has_begun = status is not SequenceStatus.DRAFT and status not in OVER
    is_waiting = any(overview.counts.by_status.get(each) for each in WAITING)
    return {
        "can_change": may_change,
        "can_pause": may_change and has_begun and is_waiting,
        "can_resume": may_change and has_begun and any(p.sequence_id for p in pauses),
        "can_stop": may_change and has_begun,
        "can_edit": may_change and status not in OVER,
        "can_archive": may_change and status is not SequenceStatus.ARCHIVED,
    }


def _pause(pause: Pause, addresses: dict[str, str]) -> shown.PauseRow:
    return shown.PauseRow(
        id=pause.id,
        what=narrowed(pause, addresses).strip().capitalize() or "Everything",
        until=pause.until,
        by=pause.by_name,
        is_here=bool(pause.sequence_id),
    )


def _approval(approval: Approval, actor: Actor) -> shown.ApprovalRow:
    return shown.ApprovalRow(
        id=approval.id,
        subject_id=approval.subject_id,
        is_send=approval.is_send,
        title=approval.title,
        people=approval.people,
        asked_by=approval.asked_by_name,
        asked_at=approval.asked_at,
        is_mine=approval.asked_by == actor.user_id,
    )
