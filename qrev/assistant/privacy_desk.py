"""What the card about what is held on somebody can ask. Owners and admins only."""

from __future__ import annotations

from qrev.accounts.changes import Changes
from qrev.accounts.models import Actor
from qrev.assistant.cards import ChangeCard
from qrev.assistant.privacy_cards import PrivacyAsked, PrivacyView
from qrev.crm.privacy import Privacy, in_words
from qrev.crm.suppressions import SuppressionList


class PrivacyDesk:
    def __init__(
        self, *, privacy: Privacy, changes: Changes, suppressions: SuppressionList
    ) -> None:
        self._privacy = privacy
        self._changes = changes
        self._suppressions = suppressions

    async def look(self, actor: Actor, ask: PrivacyAsked) -> PrivacyView:
        """Return how much of what is held on an address."""
        dossier = await self._privacy.held(actor, ask.email)
        erased = await self._suppressions.erased(actor.account_id, [dossier.email])
        return PrivacyView(
            email=dossier.email,
            lines=[in_words(kind, count) for kind, count in dossier.counts.items()],
            is_erased=bool(erased),
        )

    async def erase(self, actor: Actor, ask: PrivacyAsked) -> ChangeCard:
        """Propose to erase everything about an address."""
        whom = self._privacy.whom(actor, ask.email)
        change = await self._changes.propose_erasure(actor, whom.email)
        return ChangeCard(change_id=change.id)
