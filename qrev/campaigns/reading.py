"""What is read of drafts and of the ledger without their words, and what unmakes copies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import DraftTally, Remark, Touch


class DraftRemarks(Protocol):
    """What is known of drafts without reading their words."""

    async def tally(self, account_id: AccountId, sequence_id: str) -> DraftTally: ...

    async def remarks(self, account_id: AccountId, sequence_id: str) -> list[Remark]:
        """Return one for each draft of which there is something to say."""

    async def drafted(self, account_id: AccountId, sequence_id: str) -> Mapping[str, set[int]]:
        """Return the steps that are drafted, by prospect."""


class Touches(Protocol):
    """The ledger as someone reads it who asks what leaves when, and why."""

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Touch]:
        """Return every mail of a sequence that is ahead or left, in no order."""

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Touch]:
        """Return all mails of one person in a sequence, whatever became of them, by step."""

    async def of_account(self, account_id: AccountId, *, since: datetime) -> list[Touch]:
        """Return every mail of the account that leaves or left after that, in no order."""


class Shredder(Protocol):
    async def remove(self, message_id: str) -> None:
        """Delete the copy of a mail that left, where one is kept."""
