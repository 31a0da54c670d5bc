"""Setting the sending rules: what would change is shown first, then done at once and whole."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from qrev.accounts.audit import Audit
from qrev.accounts.models import Account, Actor
from qrev.accounts.ports import AccountBook
from qrev.campaigns.models import OPEN, Mailbox, Touch
from qrev.campaigns.planning import MOVES, Rules
from qrev.campaigns.policies import Policy, PolicyKind, checked
from qrev.campaigns.ports import Mailboxes, SequenceBook
from qrev.campaigns.reading import Touches
from qrev.campaigns.reordering import Reordering
from qrev.campaigns.rulebook import Rulebook, Rulebooks, checked_values, rules_of
from qrev.campaigns.trials import Unfit, more_unfit, unfit
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import new_id

PAST = timedelta(days=90)  # what a rule is tried on
MAX_POLICIES = 50
CHANGED = "Someone changed the sending rules meanwhile. Here they are as they are now."


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What a change would mean. `hash` ties a confirmation to what was shown.

    `planned` are mails that would move or (for good) not leave; `past` are those of the last 90
    days that would not have left as they did. `looked_at` counts what was looked at of each.
    """

    book: Rulebook
    planned: tuple[Unfit, ...]
    past: tuple[Unfit, ...]
    looked_at: tuple[int, int]
    hash: str


class Ruling:
    def __init__(
        self,
        *,
        accounts: AccountBook,
        rulebooks: Rulebooks,
        sequences: SequenceBook,
        mailboxes: Mailboxes,
        touches: Touches,
        reordering: Reordering,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._rulebooks = rulebooks
        self._sequences = sequences
        self._mailboxes = mailboxes
        self._touches = touches
        self._reordering = reordering
        self._audit = audit
        self._clock = clock

    async def books(self, actor: Actor, sequence_id: str = "") -> tuple[Rulebook, ...]:
        """Return what is set: for the workspace, and for the sequence if one is named.

        Raises NotFound for a sequence that is not the actor's.
        """
        await self._must_be_theirs(actor, sequence_id)
        whole = await self._rulebooks.get(actor.account_id)
        if not sequence_id:
            return (whole,)
        return whole, await self._rulebooks.get(actor.account_id, sequence_id)

    async def try_values(
        self, actor: Actor, values: Mapping[str, Any], *, version: int, sequence_id: str = ""
    ) -> Trial:
        """Return what these settings would change. Raises InvalidInput by name, Conflict if old."""
        book = await self._with_values(actor, values, version, sequence_id)
        return await self._tried(actor, book, sequence_id)

    async def save_values(
        self,
        actor: Actor,
        values: Mapping[str, Any],
        *,
        version: int,
        hash: str = "",
        sequence_id: str = "",
    ) -> Trial:
        """Keep these settings and move the planned mails that no longer fit them.

        With `hash` only if what would change is still what was shown. Return what was changed.
        """
        book = await self._with_values(actor, values, version, sequence_id)
        before = await self._book(actor, sequence_id)
        trial = await self._done(actor, book, sequence_id, hash)
        await self._audit.record(
            actor,
            "rules.saved",
            sequence_id or actor.account_id,
            before=_facts(before),
            after=_facts(book),
        )
        return trial

    async def try_policy(self, actor: Actor, policy: Policy) -> Trial:
        """Return what a rule would mean for what left and for what is planned."""
        actor.must_be_able_to_manage()
        book = await self._with_policy(actor, policy)
        return await self._tried(actor, book, "", only=policy)

    async def add_policy(self, actor: Actor, policy: Policy, *, hash: str = "") -> Trial:
        """Have a rule count from now on: for planned mails and for every later plan."""
        actor.must_be_able_to_manage()
        book = await self._with_policy(actor, policy)
        trial = await self._done(actor, book, "", hash, only=policy)
        await self._audit.record(
            actor, "rule.added", book.policies[-1].id, after={"rule": policy.sentence}
        )
        return trial

    async def switch_policy(self, actor: Actor, policy_id: str, *, is_on: bool) -> Rulebook:
        """Switch a rule on or off. Mails that moved for it stay where they are."""
        return await self._changed(
            actor, policy_id, "rule.on" if is_on else "rule.off", lambda p: replace(p, is_on=is_on)
        )

    async def remove_policy(self, actor: Actor, policy_id: str) -> Rulebook:
        """Take a rule out of the book. Raises NotFound if it is not there."""
        return await self._changed(actor, policy_id, "rule.removed", lambda _: None)

    async def _changed(self, actor: Actor, policy_id: str, action: str, change: Any) -> Rulebook:
        actor.must_be_able_to_manage()
        book = await self._rulebooks.get(actor.account_id)
        policy = next((p for p in book.policies if p.id == policy_id), None)
        if policy is None:
            raise NotFound("We could not find that rule. It may have been removed.")
        after = [change(p) if p.id == policy_id else p for p in book.policies]
        changed = replace(book, policies=tuple(p for p in after if p is not None))
        if action == "rule.on":
            await self._done(actor, changed, "", "", only=replace(policy, is_on=True))
        elif not await self._rulebooks.put(actor.account_id, changed):
            raise Conflict(CHANGED)
        await self._audit.record(actor, action, policy_id, after={"rule": policy.sentence})
        return await self._rulebooks.get(actor.account_id)

    async def _with_policy(self, actor: Actor, policy: Policy) -> Rulebook:
        policy = checked(policy)
        book = await self._rulebooks.get(actor.account_id)
        if any(p.sentence == policy.sentence and p.is_on for p in book.policies):
            raise Conflict(f"This rule is in force already: {policy.sentence}.")
        if len(book.policies) >= MAX_POLICIES:
            raise InvalidInput(f"There are {MAX_POLICIES} rules already. Remove one first.")
        made = replace(
            policy,
            id=policy.id or f"pol_{new_id()}",
            created_by=actor.user_id,
            created_at=self._clock(),
        )
        return replace(book, policies=(*book.policies, made))

    async def _with_values(
        self, actor: Actor, values: Mapping[str, Any], version: int, sequence_id: str
    ) -> Rulebook:
        actor.must_be_able_to_manage()
        await self._must_be_theirs(actor, sequence_id)
        kept = checked_values(values, is_of_sequence=bool(sequence_id))
        book = await self._book(actor, sequence_id)
        if book.version != version:
            raise Conflict(CHANGED)
        return replace(book, values=kept)

    async def _tried(
        self, actor: Actor, book: Rulebook, sequence_id: str, *, only: Policy | None = None
    ) -> Trial:
        account = await self._account(actor)
        mailboxes, touches, before, after = await asyncio.gather(
            self._mailboxes.of_account(actor.account_id),
            self._touches.of_account(actor.account_id, since=self._clock() - PAST),
            self._rules(account, sequence_id, None),
            self._rules(account, sequence_id, book),
        )
        if sequence_id:
            mine = await self._touches.of_sequence(actor.account_id, sequence_id)
            ids = {t.prospect_id for t in mine}
            touches = [t for t in touches if t.prospect_id in ids]
        return await asyncio.to_thread(_trial, book, touches, mailboxes, before, after, only)

    async def _done(
        self,
        actor: Actor,
        book: Rulebook,
        sequence_id: str,
        hash: str,
        *,
        only: Policy | None = None,
    ) -> Trial:
        """Keep the book, and have what is planned follow it."""
        trial = await self._tried(actor, book, sequence_id, only=only)
        if hash and trial.hash != hash:
            raise Conflict("What this would change is not the same any more. Look again, please.")
        # Alone from before it is kept: nobody plans by the old rules what the new ones miss.
        async with self._reordering.alone(actor) as follow:
            if not await self._rulebooks.put(actor.account_id, book, sequence_id):
                raise Conflict(CHANGED)
            await follow(trial.planned)
        return trial

    async def _rules(self, account: Account, sequence_id: str, book: Rulebook | None) -> Rules:
        """Return the rules in force, with `book` in the place of its own kind."""
        whole = await self._rulebooks.get(account.id)
        if not sequence_id:
            return rules_of(account.timezone, book or whole)
        own = book or await self._rulebooks.get(account.id, sequence_id)
        return rules_of(account.timezone, whole, own)

    async def _book(self, actor: Actor, sequence_id: str) -> Rulebook:
        return await self._rulebooks.get(actor.account_id, sequence_id)

    async def _account(self, actor: Actor) -> Account:
        account = await self._accounts.get_account(actor.account_id)
        if account is None:
            raise NotFound("We could not find that workspace.")
        return account

    async def _must_be_theirs(self, actor: Actor, sequence_id: str) -> None:
        if sequence_id and await self._sequences.get(actor.account_id, sequence_id) is None:
            raise NotFound("We could not find that sequence.")


def _trial(
    book: Rulebook,
    touches: Sequence[Touch],
    mailboxes: Collection[Mailbox],
    before: Rules,
    after: Rules,
    only: Policy | None,
) -> Trial:
    ahead = [t for t in touches if t.status in OPEN]
    gone = [t for t in touches if t.status not in OPEN]
    # What left counts for those who are ahead, as it does in a plan.
    found = more_unfit(touches, mailboxes, before, after)
    planned = tuple(u for u in found if u.touch.status in OPEN)
    past: tuple[Unfit, ...] = ()
    if only is not None:
        of_it = {only.reason} | ({MOVES["full"]} if only.kind is PolicyKind.DAILY else set())
        past = tuple(u for u in unfit(gone, mailboxes, after) if u.reason in of_it)
    return Trial(
        book=book,
        planned=planned,
        past=past,
        looked_at=(len(ahead), len(gone)),
        hash=_hash(planned),
    )


def _hash(planned: Iterable[Unfit]) -> str:
    rows = [(u.touch.prospect_id, u.touch.step, u.touch.send_at.isoformat()) for u in planned]
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def _facts(book: Rulebook) -> dict[str, Any]:
    return {name: str(value)[:200] for name, value in book.values.items()}
