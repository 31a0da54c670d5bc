"""What every kind of order asks about: the workspace's wall clock, a sequence, who is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from qrev.accounts.models import Account, AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.life.models import Scope, Touched
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.life.words import moment
from qrev.campaigns.models import Message, MessageStatus, Sequence, SequenceStatus
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.ports import Mailboxes, SequenceBook
from qrev.kit.errors import Conflict, NotFound

OVER = (SequenceStatus.FINISHED, SequenceStatus.ARCHIVED)


class Around:
    """Read anew for each order."""

    def __init__(
        self,
        *,
        accounts: AccountBook,
        sequences: SequenceBook,
        mailboxes: Mailboxes,
        reach: Reach,
    ) -> None:
        self._accounts = accounts
        self._sequences = sequences
        self._mailboxes = mailboxes
        self._reach = reach

    async def account(self, account_id: AccountId) -> Account:
        """Return the workspace. Raises NotFound."""
        account = await self._accounts.get_account(account_id)
        if account is None:
            raise NotFound("We could not find that workspace.")
        return account

    async def zone(self, account_id: AccountId) -> ZoneInfo:
        """Return the time zone of the workspace's wall clock."""
        return zone_named((await self.account(account_id)).timezone) or ZoneInfo("UTC")

    async def addresses(self, account_id: AccountId) -> dict[str, str]:
        """Return the address of each mailbox."""
        return {m.id: m.email for m in await self._mailboxes.of_account(account_id)}

    async def sequence(self, account_id: AccountId, sequence_id: str) -> Sequence:
        """Return one of the account's sequences. Raises NotFound."""
        sequence = await self._sequences.get(account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that campaign.")
        return sequence

    async def begun(self, account_id: AccountId, sequence_id: str) -> Sequence:
        """Return a sequence with something planned. Raises Conflict for one without, NotFound."""
        sequence = await self.sequence(account_id, sequence_id)
        if sequence.status is SequenceStatus.DRAFT:
            raise Conflict(f"Nothing of “{sequence.name}” is planned yet, so nothing can leave.")
        if sequence.status in OVER:
            raise Conflict(f"“{sequence.name}” is over: nothing more of it leaves.")
        return sequence

    async def which(self, account_id: AccountId, sequence_id: str) -> str:
        """Return how a sentence names a sequence that runs, or all of them."""
        if not sequence_id:
            return "all campaigns"
        return f"“{(await self.begun(account_id, sequence_id)).name}”"

    async def tally(self, account_id: AccountId, scope: Scope) -> Mapping[MessageStatus, int]:
        """Return how many messages of the scope are in each state."""
        return await self._reach.tally(account_id, scope)

    async def opened(self, account_id: AccountId, scope: Scope) -> list[Message]:
        """Return what has not left of the scope, the first to leave first."""
        return await self._reach.opened(account_id, scope)


def rows(messages: Iterable[Message], zone: ZoneInfo, after: str) -> tuple[Touched, ...]:
    """Return mails with their minute before, and what becomes of it."""
    return tuple(
        Touched(
            name=m.to_name,
            email=m.to,
            step=m.step,
            before=moment(m.send_at, zone),
            after=after,
        )
        for m in messages
    )


def people_of(messages: Iterable[Message]) -> int:
    return len({m.to for m in messages})
