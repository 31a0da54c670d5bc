"""What a draft said before, and bringing it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qrev.accounts.models import Actor
from qrev.campaigns.drafts import DraftChanged
from qrev.campaigns.models import Draft, Prospect, ProspectStatus
from qrev.campaigns.ports import DraftBook, ProspectBook
from qrev.campaigns.versions import DraftVersion, DraftVersions
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound

NO_DRAFT = "We could not find that draft."


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A draft, whose it is, and all its versions, the newest first."""

    draft: Draft
    prospect: Prospect
    versions: tuple[DraftVersion, ...]


class DraftHistory:
    def __init__(
        self,
        *,
        drafts: DraftBook,
        versions: DraftVersions,
        prospects: ProspectBook,
        clock: Clock,
    ) -> None:
        self._drafts = drafts
        self._versions = versions
        self._prospects = prospects
        self._clock = clock

    async def of(self, actor: Actor, draft_id: str) -> History:
        """Return what a draft said and says. Raises NotFound."""
        draft = await self._drafts.get(actor.account_id, draft_id)
        if draft is None:
            raise NotFound(NO_DRAFT)
        prospect = await self._prospects.get(actor.account_id, draft.prospect_id)
        if prospect is None:
            raise NotFound(NO_DRAFT)
        is_settled = prospect.status is not ProspectStatus.WAITING
        versions = await self._versions.versions(actor.account_id, draft_id)
        return History(
            draft=replace(draft, is_sealed=is_settled),
            prospect=prospect,
            versions=tuple(versions),
        )

    async def restore(self, actor: Actor, draft_id: str, *, version: int, to: int) -> Draft:
        """Bring the words of version `to` back as the newest, with what was open about them.

        Raises DraftChanged if another was saved since `version`, or the mail is planned.
        """
        actor.must_be_able_to_change()
        at = self._clock()  # before the look: a Confirm after it locks out whoever came earlier
        history = await self.of(actor, draft_id)
        if history.draft.is_sealed:
            raise DraftChanged(
                "This mail is planned: its words are settled. Undo it first.", history.draft
            )
        words = next((each for each in history.versions if each.version == to), None)
        if words is None:
            raise NotFound("There is no such version of this draft.")
        if to == 1:
            saved = await self._drafts.reset(
                actor.account_id, draft_id, version=version, at=at, by=actor.user_id
            )
        else:
            saved = await self._drafts.save(
                actor.account_id,
                draft_id,
                version=version,
                subject=words.subject,
                body=words.body,
                facts=words.facts,
                missing=words.missing,
                doubts=words.doubts,
                at=at,
                by=actor.user_id,
                is_by_hand=words.is_by_hand,
            )
        if saved is None:
            fresh = (await self.of(actor, draft_id)).draft
            raise DraftChanged("This draft was changed in the meantime. Look again.", fresh)
        return saved
