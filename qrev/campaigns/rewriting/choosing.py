"""Which mails of which campaign a wish is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qrev.accounts.models import AccountId
from qrev.campaigns.life.desk import OVER
from qrev.campaigns.life.models import Scope
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Message,
    MessageStatus,
    Prospect,
    ProspectStatus,
    Sequence,
    message_id,
    sequence_id,
)
from qrev.campaigns.ports import DraftBook, ProspectBook, SequenceBook
from qrev.campaigns.rewriting.models import Chosen, Rewritten, Which, Words, row_id
from qrev.kit.errors import Conflict, NotFound

OPEN = (MessageStatus.PLANNED, MessageStatus.HELD)
EVERYBODY = Chosen()
NOBODY = "No mail is meant by that: all of them have left, or nobody fits. Nothing was changed."


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a member wants. An empty `sequence_id` means the conversation's newest campaign."""

    instruction: str
    sequence_id: str = ""
    conversation_id: str = ""
    which: Which | None = None  # None: the drafts, and if there are none, what is not yet sent
    chosen: Chosen = EVERYBODY


@dataclass(frozen=True, kw_only=True, slots=True)
class Mails:
    """Where mails are, planned or not."""

    sequences: SequenceBook
    prospects: ProspectBook
    drafts: DraftBook
    reach: Reach


class Choosing:
    def __init__(self, mails: Mails) -> None:
        self._mails = mails

    async def campaign(self, account_id: AccountId, wish: Wish) -> Sequence:
        """Return the campaign that is meant. Raises NotFound, Conflict for one that is over."""
        if wish.sequence_id:
            sequence = await self._named(account_id, wish.sequence_id)
        else:
            every = await self._open(account_id)
            here = [s for s in every if s.conversation_id == wish.conversation_id]
            sequence = next(iter(here or every), None)
        if sequence is None:
            raise NotFound("We could not find that campaign. Say its name as /campaigns shows it.")
        if sequence.status in OVER:
            raise Conflict(f"“{sequence.name}” is over: nothing more of it leaves.")
        if sequence.is_drafting:
            raise Conflict(
                f"“{sequence.name}” is still being drafted. Wait until that is done, or stop it."
            )
        return sequence

    async def rows(
        self, sequence: Sequence, rewrite_id: str, wish: Wish
    ) -> tuple[Which, list[Rewritten]]:
        """Return the mails that are meant, in order, and as which. Raises Conflict for none."""
        for which in (Which.DRAFTS, Which.NOT_SENT) if wish.which is None else (wish.which,):
            rows = await self._rows(sequence, rewrite_id, wish.chosen, which)
            if rows:
                return which, rows
        raise Conflict(NOBODY)

    async def _rows(
        self, sequence: Sequence, rewrite_id: str, chosen: Chosen, which: Which
    ) -> list[Rewritten]:
        account_id = sequence.account_id
        planned: dict[str, Message] = {}
        if which is not Which.DRAFTS:
            opened = await self._mails.reach.opened(account_id, Scope(sequence_id=sequence.id))
            planned = {message.id: message for message in opened if message.status in OPEN}
        people = await self._mails.prospects.of_sequence(account_id, sequence.id)
        meant = {p.id: p for p in people if chosen.includes(p)}
        if which is Which.NEW_PEOPLE:
            meant = {id_: p for id_, p in meant.items() if _has_got_nothing(p, planned)}
        places = {id_: place for place, id_ in enumerate(meant)}
        drafts = [
            draft
            for draft in await self._mails.drafts.of_sequence(account_id, sequence.id)
            if draft.prospect_id in meant
            and draft.status is DraftStatus.READY
            and chosen.includes_step(draft.step)
            and chosen.draft_id in ("", draft.id)
            and (draft.id in planned or meant[draft.prospect_id].status is ProspectStatus.WAITING)
        ]
        drafts.sort(key=lambda draft: (places[draft.prospect_id], draft.step))
        return [
            _row(rewrite_id, place, draft, meant[draft.prospect_id], planned.get(draft.id))
            for place, draft in enumerate(drafts)
        ]

    async def _named(self, account_id: AccountId, said: str) -> Sequence | None:
        """Return the campaign of that id, ours or the AI server's, or of that name."""
        for id_ in (said, sequence_id(account_id, said)):
            found = await self._mails.sequences.get(account_id, id_)
            if found is not None:
                return found
        called = [s for s in await self._open(account_id) if s.name.lower() == said.strip().lower()]
        return called[0] if len(called) == 1 else None

    async def _open(self, account_id: AccountId) -> list[Sequence]:
        """Return those that are not over, the newest first."""
        every = await self._mails.sequences.page(account_id, before=None, limit=100)
        return [sequence for sequence in every if sequence.status not in OVER]


def _row(
    rewrite_id: str, place: int, draft: Draft, prospect: Prospect, message: Message | None
) -> Rewritten:
    said = message or draft
    return Rewritten(
        id=row_id(rewrite_id, draft.id),
        account_id=draft.account_id,
        rewrite_id=rewrite_id,
        draft_id=draft.id,
        prospect_id=prospect.id,
        name=prospect.name,
        email=prospect.email,
        step=draft.step,
        place=place,
        is_planned=message is not None,
        is_by_hand=draft.is_by_hand,
        version=draft.version,
        old=Words(
            subject=said.subject,
            body=said.body,
            facts=draft.facts,
            missing=() if message else draft.missing,
            doubts=() if message else draft.doubts,
        ),
    )


def _has_got_nothing(prospect: Prospect, planned: Mapping[str, Message]) -> bool:
    """Return whether somebody's first mail has not left."""
    first = message_id(prospect.id, prospect.steps[0].number)
    return prospect.status is ProspectStatus.WAITING or first in planned
