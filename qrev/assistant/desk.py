"""What cards can be asked: each question answered with a View, each change made by one service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from qrev.accounts.models import Actor
from qrev.accounts.service import Accounts
from qrev.assistant import requests as asked
from qrev.assistant.cards import (
    CampaignsView,
    DraftPage,
    DraftView,
    MailView,
    OutboxView,
    ProgressView,
    ProposalCard,
    ProposalView,
    ScheduleView,
)
from qrev.assistant.viewing import (
    campaign_row,
    draft_page,
    draft_view,
    from_cursor,
    from_moment_cursor,
    outbox_row,
    proposal_view,
    schedule,
    to_cursor,
)
from qrev.campaigns.drafts import Drafts
from qrev.campaigns.hearing.ports import EventBook
from qrev.campaigns.life.approving import Approving, waiting_words
from qrev.campaigns.mailboxes import MailboxDesk
from qrev.campaigns.models import MessageCounts, MessageStatus, Proposal, ProposalState
from qrev.campaigns.ports import Mailboxes, Messages, ProspectBook
from qrev.campaigns.proposing import Preview, Proposing
from qrev.campaigns.sequences import PAGE, Sequences
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound

OUTBOX_PAGE = 25
NO_PROGRESS = ProgressView(people=0, planned=0)


class SentMail(Protocol):
    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...

    @property
    def text(self) -> str: ...


class Copies(Protocol):
    """Keeps what left, where a channel does so."""

    async def read(self, message_id: str) -> SentMail: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """The services behind Send."""

    proposing: Proposing
    messages: Messages
    mailboxes: Mailboxes
    desk: MailboxDesk
    approving: Approving
    copies: Mapping[str, Copies]  # by channel
    hold: timedelta


class Desk:
    def __init__(
        self,
        *,
        accounts: Accounts,
        sequences: Sequences,
        drafts: Drafts,
        prospects: ProspectBook,
        events: EventBook,
        sending: Sending,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sequences = sequences
        self._drafts = drafts
        self._prospects = prospects
        self._events = events
        self._sending = sending
        self._clock = clock

    async def draft_page(self, actor: Actor, ask: asked.DraftPageAsked) -> DraftPage:
        """Return one prospect's drafts and the state of the sequence."""
        desk = await self._drafts.desk(
            actor, ask.sequence_id, ask.prospect_id, only_lacking=ask.only_missing
        )
        place = 0
        if desk.prospect is not None:
            place = await self._prospects.place(
                actor.account_id, desk.sequence.id, desk.prospect.position
            )
        return draft_page(desk, place, self._clock(), may_change=actor.may_change)

    async def draft_save(self, actor: Actor, ask: asked.DraftSaveAsked) -> DraftView:
        """Save a member's words as the next version."""
        draft = await self._drafts.save(
            actor, ask.draft_id, version=ask.version, subject=ask.subject, body=ask.body
        )
        return draft_view(draft, may_change=True)

    async def draft_reset(self, actor: Actor, ask: asked.DraftResetAsked) -> DraftView:
        """Bring the first words back."""
        draft = await self._drafts.reset(actor, ask.draft_id, version=ask.version)
        return draft_view(draft, may_change=True)

    async def sequence_send(self, actor: Actor, ask: asked.SequenceAsked) -> Proposal:
        """Begin the plan of a Send: it is made when its card looks. Nothing leaves by it."""
        account = await self._accounts.account(actor)
        await self._sending.desk.all(actor, account)
        return await self._sending.proposing.begin(actor, ask.sequence_id)

    async def send_card(self, actor: Actor, ask: asked.SequenceAsked) -> ProposalCard:
        """Return the card of a Send that is about to be planned."""
        proposal = await self.sequence_send(actor, ask)
        sequence = await self._sequences.get(actor, ask.sequence_id)
        return ProposalCard(
            proposal_id=proposal.id,
            name=sequence.name,
            people=sequence.people,
            mails=sequence.people * len(sequence.steps),
        )

    async def proposal_get(self, actor: Actor, ask: asked.ProposalAsked) -> ProposalView:
        """Return the newest plan in the chain that one began."""
        preview = await self._sending.proposing.preview(actor, ask.proposal_id)
        return await self._view(actor, preview)

    async def proposal_progress(self, actor: Actor, ask: asked.ProposalAsked) -> ProgressView:
        """Return how far the planning is. Zeros when it has not begun here, or is over."""
        found = self._sending.proposing.progress(actor, ask.proposal_id)
        return ProgressView(people=found.people, planned=found.planned) if found else NO_PROGRESS

    async def proposal_rows(self, actor: Actor, ask: asked.ScheduleAsked) -> ScheduleView:
        """Return more of the schedule."""
        start = from_cursor(ask.after, 1)
        if start is not None and not start[0].isdigit():
            raise InvalidInput("That page does not exist. Open the plan again.")
        preview = await self._sending.proposing.shown(actor, ask.proposal_id)
        rows, following = schedule(preview, int(start[0]) if start else 0)
        return ScheduleView(rows=rows, next=following)

    async def proposal_confirm(self, actor: Actor, ask: asked.ConfirmAsked) -> ProposalView:
        """Plan every mail as shown, once."""
        proposal = await self._sending.proposing.confirm(actor, ask.proposal_id, ask.hash)
        return await self.proposal_get(actor, asked.ProposalAsked(proposal_id=proposal.id))

    async def proposal_undo(self, actor: Actor, ask: asked.ProposalAsked) -> ProposalView:
        """Take a plan back while it is held."""
        proposal = await self._sending.proposing.undo(actor, ask.proposal_id)
        return await self.proposal_get(actor, asked.ProposalAsked(proposal_id=proposal.id))

    async def postal_address_save(
        self, actor: Actor, ask: asked.PostalAddressAsked
    ) -> ProposalView:
        """Keep the postal address and return the plan with it."""
        await self._accounts.save_postal_address(actor, ask.address)
        return await self.proposal_get(actor, asked.ProposalAsked(proposal_id=ask.proposal_id))

    async def campaigns_page(self, actor: Actor, ask: asked.CampaignsAsked) -> CampaignsView:
        """Return sequences, the newest first."""
        found = await self._sequences.page(actor, before=from_moment_cursor(ask.after))
        last = found[-1].sequence if len(found) == PAGE else None
        heard = await self._events.counts(actor.account_id, [each.sequence.id for each in found])
        return CampaignsView(
            rows=[
                campaign_row(each, heard.get(each.sequence.id, {}), may_change=actor.may_change)
                for each in found
            ],
            next=None if last is None else to_cursor(last.created_at.isoformat(), last.id),
        )

    async def outbox_page(self, actor: Actor, ask: asked.OutboxAsked) -> OutboxView:
        """Return what was sent, the newest first."""
        found = await self._sending.messages.page(
            actor.account_id,
            status=MessageStatus.SENT,
            sequence_id=ask.sequence_id,
            before=from_moment_cursor(ask.after),
            limit=OUTBOX_PAGE + 1,
        )
        shown = found[:OUTBOX_PAGE]
        mailboxes = {m.id: m for m in await self._sending.mailboxes.of_account(actor.account_id)}
        more = len(found) > OUTBOX_PAGE and shown[-1].sent_at is not None
        return OutboxView(
            rows=[outbox_row(message, mailboxes) for message in shown],
            next=to_cursor(str(shown[-1].sent_at), shown[-1].id) if more else None,
        )

    async def outbox_read(self, actor: Actor, ask: asked.MailAsked) -> MailView:
        """Return one mail as it left."""
        message = await self._sending.messages.get(actor.account_id, ask.message_id)
        if message is None or message.status is not MessageStatus.SENT:
            raise NotFound("We could not find that mail among those sent.")
        mailboxes = {m.id: m for m in await self._sending.mailboxes.of_account(actor.account_id)}
        mailbox = mailboxes.get(message.mailbox_id)
        copies = self._sending.copies.get(mailbox.channel if mailbox else "")
        if copies is None:
            # Sent through a server that keeps its own copy; these are the words it was given.
            headers = [("To", message.to), ("Subject", message.subject)]
            return MailView(message_id=message.id, headers=headers, text=message.body)
        mail = await copies.read(message.id)
        return MailView(message_id=message.id, headers=list(mail.headers), text=mail.text)

    async def _view(self, actor: Actor, preview: Preview) -> ProposalView:
        found = await self._sending.messages.counts(actor.account_id, [preview.sequence.id])
        counts = found.get(preview.sequence.id, MessageCounts())
        # Tens of thousands of mails are counted for it: others need not wait for that.
        view = await asyncio.to_thread(
            proposal_view, preview, counts, hold=self._sending.hold, now=self._clock()
        )
        proposal = preview.proposal
        can_undo = actor.may_change and proposal.state is ProposalState.APPLIED
        waits = await self._sending.approving.waits_for(actor.account_id, proposal.hash)
        if waits is None or proposal.state is not ProposalState.OPEN:
            return view.model_copy(update={"can_undo": can_undo})
        is_mine = waits[0].asked_by == actor.user_id
        words = waiting_words(waits, is_mine=is_mine)
        return view.model_copy(update={"waits_for": words, "is_mine": is_mine})
