"""Reading and editing the words before Send."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Protocol

from qrev.accounts.models import Actor
from qrev.campaigns.models import Draft, DraftCounts, Prospect, ProspectStatus, Sequence
from qrev.campaigns.ports import DraftBook, ProspectBook, SequenceBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound

MAX_SUBJECT = 250
MAX_BODY = 20_000
MEETING_LINK = re.compile(r"\{\{\s*meeting_link\s*\}\}", re.IGNORECASE)


class MeetingLinks(Protocol):
    async def link(self, actor: Actor, person_id: str) -> str:
        """Return the link of the next call with somebody. Raises InvalidInput without one."""


class NoCalls:
    """Fills MeetingLinks where no calls are booked."""

    async def link(self, actor: Actor, person_id: str) -> str:
        raise InvalidInput("No calls are booked here, so {{meeting_link}} stands for nothing.")


NO_CALLS = NoCalls()


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftDesk:
    """One prospect's drafts, with the neighbours to turn to. No prospect: nobody is enrolled."""

    sequence: Sequence
    counts: DraftCounts
    prospect: Prospect | None
    previous: Prospect | None
    following: Prospect | None
    drafts: tuple[Draft, ...]


class DraftChanged(Conflict):
    """This draft was changed in the meantime. Below is how it reads now."""

    def __init__(self, message: str, fresh: Draft) -> None:
        super().__init__(message)
        self.fresh = fresh


class Drafts:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        prospects: ProspectBook,
        drafts: DraftBook,
        clock: Clock,
        links: MeetingLinks = NO_CALLS,
    ) -> None:
        self._sequences = sequences
        self._prospects = prospects
        self._drafts = drafts
        self._clock = clock
        self._links = links

    async def desk(
        self,
        actor: Actor,
        sequence_id: str,
        prospect_id: str | None = None,
        *,
        only_lacking: bool = False,
    ) -> DraftDesk:
        """Return one prospect's drafts: the asked-for one's, else the first one's.

        Five to seven queries, whatever the length of the list. Raises NotFound.
        """
        account_id = actor.account_id
        sequence = await self._sequences.get(account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        counts = await self._drafts.count(account_id, sequence.id)
        among = await self._drafts.lacking(account_id, sequence.id) if only_lacking else None
        prospect = await self._asked_for(sequence, prospect_id, among)
        if prospect is None:
            return DraftDesk(
                sequence=sequence,
                counts=counts,
                prospect=None,
                previous=None,
                following=None,
                drafts=(),
            )
        previous, following = [
            await self._prospects.beside(
                account_id,
                sequence.id,
                position=prospect.position,
                forward=forward,
                among=among,
            )
            for forward in (False, True)
        ]
        return DraftDesk(
            sequence=sequence,
            counts=counts,
            prospect=prospect,
            previous=previous,
            following=following,
            drafts=tuple(
                replace(draft, is_sealed=_is_settled(prospect))
                for draft in await self._drafts.of_prospect(account_id, prospect.id)
            ),
        )

    async def _asked_for(
        self, sequence: Sequence, prospect_id: str | None, among: list[str] | None
    ) -> Prospect | None:
        if prospect_id is None or (among is not None and prospect_id not in among):
            return await self._prospects.beside(
                sequence.account_id, sequence.id, position=-1, forward=True, among=among
            )
        prospect = await self._prospects.get(sequence.account_id, prospect_id)
        if prospect is None or prospect.sequence_id != sequence.id:
            raise NotFound("We could not find that person in this sequence.")
        return prospect

    async def save(
        self, actor: Actor, draft_id: str, *, version: int, subject: str, body: str
    ) -> Draft:
        """Return the new version. Raises DraftChanged if another was saved since `version`."""
        actor.must_be_able_to_change()
        subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
        if not subject or not body:
            raise InvalidInput("A mail needs a subject and a text. Nothing was saved.")
        if len(subject) > MAX_SUBJECT or len(body) > MAX_BODY:
            raise InvalidInput(
                f"Too long: at most {MAX_SUBJECT} characters of subject and {MAX_BODY:,} of text. "
                "Nothing was saved."
            )
        body = await self._with_link(actor, draft_id, body)
        # Before the look at the prospect: a Confirm after that look locks out whoever came earlier.
        at = self._clock()
        await self._must_be_open(actor, draft_id)
        saved = await self._drafts.save(
            actor.account_id,
            draft_id,
            version=version,
            subject=subject,
            body=body,
            at=at,
            by=actor.user_id,
            is_by_hand=True,
        )
        return saved if saved is not None else await self._refuse(actor, draft_id, version)

    async def _with_link(self, actor: Actor, draft_id: str, body: str) -> str:
        """Return the text with the link of the next call for {{meeting_link}}.

        Raises InvalidInput where none is booked: what nobody can click on must not be kept.
        """
        if MEETING_LINK.search(body) is None:
            return body
        draft = await self._drafts.get(actor.account_id, draft_id)
        prospect = draft and await self._prospects.get(actor.account_id, draft.prospect_id)
        if not prospect:
            raise NotFound("We could not find that draft.")
        link = await self._links.link(actor, prospect.person_id)
        return MEETING_LINK.sub(lambda _: link, body)

    async def reset(self, actor: Actor, draft_id: str, *, version: int) -> Draft:
        """Return a new version with the first words. Raises DraftChanged as `save` does."""
        actor.must_be_able_to_change()
        at = self._clock()
        await self._must_be_open(actor, draft_id)
        saved = await self._drafts.reset(
            actor.account_id, draft_id, version=version, at=at, by=actor.user_id
        )
        return saved if saved is not None else await self._refuse(actor, draft_id, version)

    async def _must_be_open(self, actor: Actor, draft_id: str) -> None:
        """Raise DraftChanged if the mail is planned: its words are its message's then."""
        draft = await self._drafts.get(actor.account_id, draft_id)
        if draft is None:
            raise NotFound("We could not find that draft.")
        prospect = await self._prospects.get(actor.account_id, draft.prospect_id)
        if prospect is not None and _is_settled(prospect):
            raise DraftChanged(
                "This mail is planned: its words are settled. Undo it first.",
                replace(draft, is_sealed=True),
            )

    async def _refuse(self, actor: Actor, draft_id: str, version: int) -> Draft:
        fresh = await self._drafts.get(actor.account_id, draft_id)
        if fresh is None:
            raise NotFound("We could not find that draft.")
        if fresh.version == version:
            raise DraftChanged("A Send is being confirmed just now. Try again in a moment.", fresh)
        raise DraftChanged(
            "This draft was changed in the meantime. Compare, then save again.", fresh
        )


def _is_settled(prospect: Prospect) -> bool:
    return prospect.status is not ProspectStatus.WAITING
