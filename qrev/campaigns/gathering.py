"""Collecting what a Send is made from: a handful of queries, however long the list."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.checks import absent, by_prospect, standing_of
from qrev.campaigns.dry_run import SendInputs
from qrev.campaigns.models import Draft, Prospect, ProspectStatus, Standing
from qrev.campaigns.models import Sequence as Campaign
from qrev.campaigns.ports import DraftBook, Mailboxes, Messages, ProspectBook, Reachability
from qrev.campaigns.reading import DraftRemarks
from qrev.campaigns.rulebook import Rulebooks, look_back, rules_of
from qrev.kit.errors import NotFound


class Gathering:
    def __init__(
        self,
        *,
        accounts: AccountBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        remarks: DraftRemarks,
        mailboxes: Mailboxes,
        messages: Messages,
        rulebooks: Rulebooks,
        reachability: Reachability,
    ) -> None:
        self._accounts = accounts
        self._prospects = prospects
        self._drafts = drafts
        self._remarks = remarks
        self._mailboxes = mailboxes
        self._messages = messages
        self._rulebooks = rulebooks
        self._reachability = reachability

    async def inputs(self, sequence: Campaign, *, planned_at: datetime) -> SendInputs:
        """Return everything a plan made at `planned_at` depends on.

        What this sequence's waiting prospects already have in the ledger is left out: it is the
        part of this very plan that an interrupted Confirm had written.
        """
        account_id: AccountId = sequence.account_id
        around = await self.around(sequence)
        found, taken = await asyncio.gather(
            self._people(account_id, sequence.id),
            self._messages.taken(account_id, since=planned_at - look_back(around.rules)),
        )
        prospects, standing = found
        own = {p.id for p in prospects if p.status is ProspectStatus.WAITING}
        return SendInputs(
            account=around.account,
            sequence=sequence,
            rules=around.rules,
            prospects=prospects,
            standing=standing,
            mailboxes=around.mailboxes,
            unreachable=await self._reachability.unreachable(
                account_id, [p.email for p in prospects]
            ),
            taken=tuple(t for t in taken if t.prospect_id not in own),
        )

    async def around(self, sequence: Campaign) -> SendInputs:
        """Return what a plan depends on beside its people: enough for one that is decided."""
        account, mailboxes, whole, own = await asyncio.gather(
            self._accounts.get_account(sequence.account_id),
            self._mailboxes.of_account(sequence.account_id),
            self._rulebooks.get(sequence.account_id),
            self._rulebooks.get(sequence.account_id, sequence.id),
        )
        if account is None:
            raise NotFound("We could not find that workspace.")
        return SendInputs(
            account=account,
            sequence=sequence,
            rules=rules_of(account.timezone, whole, own),
            mailboxes=tuple(mailboxes),
        )

    async def words(self, sequence: Campaign) -> Mapping[str, Draft]:
        """Return every draft of the sequence, by its id: what is needed to send, not to plan."""
        drafts = await self._drafts.of_sequence(sequence.account_id, sequence.id)
        return {draft.id: draft for draft in drafts}

    async def _people(
        self, account_id: AccountId, sequence_id: str
    ) -> tuple[tuple[Prospect, ...], Standing]:
        """Return the people, and how their drafts stand; the two are read at the same time."""
        prospects, tally, remarks = await asyncio.gather(
            self._prospects.of_sequence(account_id, sequence_id),
            self._remarks.tally(account_id, sequence_id),
            self._remarks.remarks(account_id, sequence_id),
        )
        if not tally.is_current:  # written when the checks were others: look at the words again
            drafts = await self._drafts.of_sequence(account_id, sequence_id)
            return tuple(prospects), standing_of(drafts, prospects)
        # Nobody has a draft of a step that is none of theirs: as many as there should be are all.
        is_complete = tally.count == sum(len(p.steps) for p in prospects)
        return tuple(prospects), Standing(
            tally=tally,
            remarks=by_prospect(remarks),
            absent={} if is_complete else await self._absent(account_id, sequence_id, prospects),
        )

    async def _absent(
        self, account_id: AccountId, sequence_id: str, prospects: Sequence[Prospect]
    ) -> Mapping[str, tuple[int, ...]]:
        return absent(prospects, await self._remarks.drafted(account_id, sequence_id))
