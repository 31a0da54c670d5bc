"""What reaches many people is confirmed by two members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from qrev.accounts.audit import Audit
from qrev.accounts.models import MAY_CHANGE, AccountId, Actor, Colleague, UserId
from qrev.accounts.ports import MemberBook
from qrev.campaigns.life.models import Approval
from qrev.campaigns.life.ports import ApprovalBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import stable_id

HOLDS_FOR = timedelta(days=1)  # long enough for a colleague who is out until tomorrow
HIGHEST = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is to be confirmed. Two with one hash are the same, at whatever minute."""

    id: str
    hash: str
    is_send: bool
    title: str
    people: int
    conversation_id: str


class WaitingForSecond(Conflict):
    """A second member has to confirm this as well."""

    def __init__(self, message: str, subject: Subject) -> None:
        super().__init__(message)
        self.subject = subject


class Approving:
    def __init__(
        self,
        *,
        approvals: ApprovalBook,
        members: MemberBook,
        audit: Audit,
        usual: int,
        clock: Clock,
    ) -> None:
        self._approvals = approvals
        self._members = members
        self._audit = audit
        self._usual = usual
        self._clock = clock

    async def threshold(self, account_id: AccountId) -> int:
        """Return how many people a change may reach on one member's word. 0: always one's."""
        chosen = await self._approvals.threshold(account_id)
        return self._usual if chosen is None else chosen

    async def save_threshold(self, actor: Actor, people: int) -> int:
        """Keep from how many people on a second member has to confirm. 0 switches it off.

        Raises InvalidInput.
        """
        actor.must_be_able_to_manage()
        if not 0 <= people <= HIGHEST:
            raise InvalidInput(f"Give a number of people from 0 (never) to {HIGHEST:,}.")
        before = await self.threshold(actor.account_id)
        await self._approvals.set_threshold(actor.account_id, people)
        await self._audit.record(
            actor,
            "approvals.threshold_saved",
            actor.account_id,
            before={"people": f"{before:,}"},
            after={"people": f"{people:,}"},
        )
        return people

    async def must_be_agreed(self, actor: Actor, subject: Subject) -> None:
        """Let the actor go on, or raise WaitingForSecond: theirs is noted as the first word."""
        others = await self._others(actor.account_id, actor.user_id)
        limit = await self.threshold(actor.account_id)
        if not others or not limit or subject.people <= limit:
            return
        now = self._clock()
        first = await self._approvals.ask(
            Approval(
                id=approval_id(actor.account_id, subject.hash),
                account_id=actor.account_id,
                subject_id=subject.id,
                is_send=subject.is_send,
                title=subject.title,
                people=subject.people,
                asked_by=actor.user_id,
                asked_by_name=actor.name,
                asked_at=now,
                expires_at=now + HOLDS_FOR,
                conversation_id=subject.conversation_id,
            )
        )
        if first.asked_by == actor.user_id:
            raise WaitingForSecond(
                f"Your word is noted. It reaches {subject.people:,} people, more than {limit:,}, "
                f"so it waits for {_names(others)} to confirm it as well, with /approvals. "
                "Nothing happens before.",
                subject,
            )
        await self._approvals.close(actor.account_id, first.id)

    async def waits_for(self, account_id: AccountId, hash: str) -> tuple[Approval, str] | None:
        """Return who has confirmed something already, and whose word it waits for, if it does."""
        wanted = approval_id(account_id, hash)
        found = await self._approvals.open(account_id, at=self._clock())
        approval = next((each for each in found if each.id == wanted), None)
        if approval is None:
            return None
        return approval, _names(await self._others(account_id, approval.asked_by))

    async def open(self, actor: Actor) -> list[Approval]:
        """Return what waits for a second member, the oldest first."""
        return await self._approvals.open(actor.account_id, at=self._clock())

    async def is_alone(self, actor: Actor) -> bool:
        """Return whether nobody else may confirm, so that nothing waits."""
        return not await self._others(actor.account_id, actor.user_id)

    async def get(self, actor: Actor, approval_id: str) -> Approval:
        """Return what waits. Raises NotFound once it does not."""
        found = {each.id: each for each in await self.open(actor)}
        if approval_id not in found:
            raise NotFound("That does not wait any more. Look at the list again.")
        return found[approval_id]

    async def decline(self, actor: Actor, approval_id: str) -> Approval:
        """Take what waits off the list. It can be confirmed by a first member again."""
        actor.must_be_able_to_change()
        approval = await self.get(actor, approval_id)
        await self._approvals.close(actor.account_id, approval_id)
        return approval

    async def drop(self, actor: Actor, subject_id: str) -> None:
        """Forget that something was to be confirmed: it was cancelled."""
        for each in await self.open(actor):
            if each.subject_id == subject_id:
                await self._approvals.close(actor.account_id, each.id)

    async def _others(self, account_id: AccountId, user_id: UserId) -> list[Colleague]:
        """Return who else may confirm."""
        return [
            each
            for each in await self._members.of_account(account_id)
            if each.member.role in MAY_CHANGE and each.user.id != user_id
        ]


def approval_id(account_id: AccountId, hash: str) -> str:
    """Return the one id of the word on what has that hash: asking twice asks once."""
    return stable_id("apr", account_id, hash)


def waiting_words(waits: tuple[Approval, str], *, is_mine: bool) -> str:
    """Return what is told of something that has one member's word, to that one or to others."""
    approval, names = waits
    if is_mine:
        return f"You have confirmed this. It waits for {names} to confirm it as well."
    return f"{approval.asked_by_name} has confirmed this. It happens once you confirm it, too."


def _names(colleagues: Sequence[Colleague]) -> str:
    names = sorted(each.user.name for each in colleagues)
    if len(names) > 3:
        return f"{', '.join(names[:2])} or {len(names) - 2:,} others"
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
