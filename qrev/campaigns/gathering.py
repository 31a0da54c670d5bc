"""Collecting what a Send is made from: a handful of queries, however long the list."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.dry_run import SendInputs
from qrev.campaigns.models import Draft, ProspectStatus, Sequence
from qrev.campaigns.ports import DraftBook, Mailboxes, Messages, ProspectBook, Reachability
from qrev.kit.errors import NotFound

# How far back mails still count against the caps and the spacing of one company.
LOOK_BACK = timedelta(days=8)


class Gathering:
    def __init__(
        self,
        *,
        accounts: AccountBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        mailboxes: Mailboxes,
        messages: Messages,
        reachability: Reachability,
    ) -> None:
        self._accounts = accounts
        self._prospects = prospects
        self._drafts = drafts
        self._mailboxes = mailboxes
        self._messages = messages
        self._reachability = reachability

    async def inputs(self, sequence: Sequence, *, planned_at: datetime) -> SendInputs:
        """Return everything a plan made at `planned_at` depends on.

        What this sequence's waiting prospects already have in the ledger is left out: it is the
        part of this very plan that an interrupted Confirm had written.
        """
        account_id: AccountId = sequence.account_id
        account = await self._accounts.get_account(account_id)
        if account is None:
            raise NotFound("We could not find that workspace.")
        prospects = tuple(await self._prospects.of_sequence(account_id, sequence.id))
        drafts: dict[str, dict[int, Draft]] = defaultdict(dict)
        for draft in await self._drafts.of_sequence(account_id, sequence.id):
            drafts[draft.prospect_id][draft.step] = draft
        own = {p.id for p in prospects if p.status is ProspectStatus.WAITING}
        taken = await self._messages.taken(account_id, since=planned_at - LOOK_BACK)
        return SendInputs(
            account=account,
            sequence=sequence,
            prospects=prospects,
            drafts=drafts,
            mailboxes=tuple(await self._mailboxes.of_account(account_id)),
            unreachable=await self._reachability.unreachable(
                account_id, [p.email for p in prospects]
            ),
            taken=tuple(t for t in taken if t.prospect_id not in own),
        )
