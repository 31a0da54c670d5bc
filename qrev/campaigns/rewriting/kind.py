"""The order that applies a rewrite: each mail gets its new words, unless it changed meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qrev.accounts.models import AccountId
from qrev.campaigns.life.desk import OVER, Around
from qrev.campaigns.life.models import Order, Scope, Terms, Touched
from qrev.campaigns.life.orders import ROWS, Look
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.life.words import had_left, mails, persons
from qrev.campaigns.models import Draft, Message, MessageStatus, ProspectStatus, Sequence
from qrev.campaigns.ports import DraftBook, ProspectBook
from qrev.campaigns.rewriting.diff import summary
from qrev.campaigns.rewriting.models import Rewrite, Rewritten, Words
from qrev.campaigns.rewriting.ports import RewriteBook, RewrittenRows
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound

OPEN = (MessageStatus.PLANNED, MessageStatus.HELD)
SHOWN = 90  # characters of a mail in a row
GONE = "it left, or is about to"
CHANGED = "it was changed meanwhile"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Now:
    """What of a rewrite can be applied as things are. A planned mail has its message."""

    rewrite: Rewrite
    sequence: Sequence
    good: tuple[tuple[Rewritten, Message | None], ...]
    kept: Counter[str]  # why some keep their words, and how many
    done: Counter[bool]  # how many have the new words already; True: those of planned mails

    @property
    def people(self) -> int:
        return len({row.prospect_id for row, _ in self.good})


class RewriteKind:
    def __init__(
        self,
        *,
        rewrites: RewriteBook,
        rows: RewrittenRows,
        prospects: ProspectBook,
        drafts: DraftBook,
        reach: Reach,
        around: Around,
        clock: Clock,
    ) -> None:
        self._rewrites = rewrites
        self._rows = rows
        self._prospects = prospects
        self._drafts = drafts
        self._reach = reach
        self._around = around
        self._clock = clock

    async def look(self, account_id: AccountId, terms: Terms, **_: object) -> Look:
        """Return whose mail would say what. Raises Conflict if none would say anything else."""
        now = await self._now(account_id, terms)
        if not now.good:
            raise Conflict("None of these mails would say anything else any more.")
        return Look(
            title=f"New words in “{now.sequence.name}”: {_short(now.rewrite.instruction)}",
            facts=tuple(await self._facts(account_id, now)),
            rows=tuple(_touched(row) for row, _ in now.good[:ROWS]),
            touched=len(now.good),
            people=now.people,
            data=tuple(
                (r.draft_id, r.version, r.old.subject, r.old.body, r.new.subject, r.new.body)
                for r, _ in now.good
            ),
            conversation_id=now.rewrite.conversation_id,
        )

    async def carry_out(self, order: Order) -> str:
        """Give each mail its new words, and say how many got them."""
        now = await self._now(order.account_id, order.terms)
        at = self._clock()
        # What a process that died half-way has done is done.
        reworded, drafted = now.done[True], now.done[False]
        for row, message in now.good:
            if message is not None:
                reworded += await self._reach.reword(
                    message,
                    subject=row.new.subject,
                    body=row.new.body,
                    note=order.id,
                    at=at,
                )
            else:
                drafted += await self._save(order, row, row.version, row.new)
        said = f"{mails(drafted)} not planned yet"
        if reworded:
            said += f" and {mails(reworded)} planned"
        has = "has" if drafted + reworded == 1 else "have"
        all_ = sum(now.kept.values()) + len(now.good) + sum(now.done.values())
        kept = all_ - drafted - reworded
        rest = f" {mails(kept)} kept the words they had." if kept else ""
        return f"{said} {has} the new words.{rest}"

    async def undo(self, order: Order) -> str:
        """Bring the earlier words back where nobody has changed them since."""
        back = await self._reach.give_words_back(
            order.account_id, order.terms.sequence_id, order.id, at=self._clock()
        )
        people = await self._waiting(order.account_id, order.terms.sequence_id)
        drafts = await self._drafts_of(order.account_id, order.terms.sequence_id)
        for row in await self._rows.changed(order.account_id, order.terms.rewrite_id):
            draft = drafts.get(row.draft_id)
            is_ours = draft is not None and draft.version == row.version + 1
            if is_ours and row.prospect_id in people and _says(draft, row.new):
                back += await self._save(
                    order, row, row.version + 1, row.old, is_by_hand=row.is_by_hand
                )
        counts = await self._around.tally(
            order.account_id, Scope(sequence_id=order.terms.sequence_id)
        )
        have = "has its" if back == 1 else "have their"
        return f"{mails(back)} {have} earlier words again. {had_left(counts)}"

    async def _facts(self, account_id: AccountId, now: _Now) -> list[str]:
        groups = Counter(row.parts for row, _ in now.good)
        planned = sum(message is not None for _, message in now.good)
        facts = [
            f"{summary(groups)}.",
            f"{mails(len(now.good))} to {persons(now.people)}: {len(now.good) - planned:,} not "
            f"planned yet, {planned:,} planned. Minutes stay as they are.",
        ]
        if by_hand := sum(row.is_by_hand for row, _ in now.good):
            were = "was" if by_hand == 1 else "were"
            facts.append(f"{by_hand:,} of them {were} edited by hand: those words change as well.")
        if doubtful := sum(bool(row.new.doubts) for row, _ in now.good):
            facts.append(
                f"{doubtful:,} would say something nothing backs: they are marked and wait for you."
            )
        tally = await self._rows.tally(account_id, now.rewrite.id)
        kept = now.kept + Counter(dict(tally.whys))
        kept["the wish changes nothing in it"] += tally.same
        kept["the assistant was stopped before it"] += tally.waiting
        facts += [_kept(count, why) for why, count in kept.most_common() if count]
        if planned:
            counts = await self._around.tally(account_id, Scope(sequence_id=now.sequence.id))
            facts.append(had_left(counts))
        return facts

    async def _now(self, account_id: AccountId, terms: Terms) -> _Now:
        rewrite = await self._rewrites.get(account_id, terms.rewrite_id)
        if rewrite is None:
            raise NotFound("We could not find that change of words.")
        sequence = await self._around.sequence(account_id, rewrite.sequence_id)
        if sequence.status in OVER:
            raise Conflict(f"“{sequence.name}” is over: nothing more of it leaves.")
        rows = await self._rows.changed(account_id, rewrite.id)
        opened: dict[str, Message] = {}
        if any(row.is_planned for row in rows):
            found = await self._reach.opened(account_id, Scope(sequence_id=sequence.id))
            opened = {message.id: message for message in found if message.status in OPEN}
        waiting = await self._waiting(account_id, sequence.id)
        drafts = await self._drafts_of(account_id, sequence.id)
        good: list[tuple[Rewritten, Message | None]] = []
        kept: Counter[str] = Counter()
        done: Counter[bool] = Counter()
        for row in rows:
            message, draft = opened.get(row.draft_id), drafts.get(row.draft_id)
            if row.is_planned and message is None:
                kept[GONE] += 1
            elif _says(message if row.is_planned else draft, row.new):
                done[row.is_planned] += 1
            elif row.is_planned and _says(message, row.old):
                good.append((row, message))
            elif (
                not row.is_planned
                and row.prospect_id in waiting
                and draft is not None
                and draft.version == row.version
            ):
                good.append((row, None))
            else:
                kept[CHANGED] += 1
        return _Now(rewrite=rewrite, sequence=sequence, good=tuple(good), kept=kept, done=done)

    async def _waiting(self, account_id: AccountId, sequence_id: str) -> set[str]:
        people = await self._prospects.of_sequence(account_id, sequence_id)
        return {p.id for p in people if p.status is ProspectStatus.WAITING}

    async def _drafts_of(self, account_id: AccountId, sequence_id: str) -> dict[str, Draft]:
        found = await self._drafts.of_sequence(account_id, sequence_id)
        return {draft.id: draft for draft in found}

    async def _save(
        self, order: Order, row: Rewritten, version: int, words: Words, *, is_by_hand: bool = False
    ) -> int:
        """Write the next version of a draft, and return whether somebody had not, as a number."""
        saved = await self._drafts.save(
            order.account_id,
            row.draft_id,
            version=version,
            subject=words.subject,
            body=words.body,
            facts=words.facts,
            missing=words.missing,
            doubts=words.doubts,
            at=self._clock(),
            by=order.confirmed_by or order.created_by,
            is_by_hand=is_by_hand,
        )
        return int(saved is not None)


def _kept(count: int, why: str) -> str:
    keep = "keeps its" if count == 1 else "keep their"
    return f"{mails(count)} {keep} words: {why.rstrip('.')}."


def _says(mail: Message | Draft | None, words: Words) -> bool:
    return mail is not None and (mail.subject, mail.body) == (words.subject, words.body)


def _touched(row: Rewritten) -> Touched:
    return Touched(
        name=row.name,
        email=row.email,
        step=row.step,
        before=_short(f"{row.old.subject}: {row.old.body}"),
        after=_short(f"{row.new.subject}: {row.new.body}"),
    )


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
