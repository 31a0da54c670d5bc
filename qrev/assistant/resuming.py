"""Lists whose work was cut off by a crash: gone on with, and said in their conversation."""

from __future__ import annotations

from qrev.assistant.ports import Conversations
from qrev.campaigns.models import Notice
from qrev.campaigns.ports import Notices
from qrev.crm.import_work import ImportWork
from qrev.crm.imports import Import, ImportState
from qrev.kit.clock import Clock


class Resuming:
    def __init__(
        self, *, work: ImportWork, conversations: Conversations, notices: Notices, clock: Clock
    ) -> None:
        self._work = work
        self._conversations = conversations
        self._notices = notices
        self._clock = clock

    async def sweep(self) -> int:
        """Go on with every account's lists that nobody works on. Return how many came to rest."""
        ended = await self._work.sweep()
        for made in ended:
            if made.wish.conversation_id:
                await self._tell(made)
        return len(ended)

    async def _tell(self, made: Import) -> None:
        if made.state is ImportState.DONE:
            await self._conversations.set_upload(
                made.account_id, made.wish.conversation_id, made.upload_id
            )
            await self._put(made, "said", text=_words(made))
        await self._put(made, "look", card_id=made.id)

    async def _put(self, made: Import, what: str, *, text: str = "", card_id: str = "") -> None:
        await self._notices.tell(
            Notice(
                id=f"{made.id}:{made.state.value}:{made.version}:{what}",
                account_id=made.account_id,
                conversation_id=made.wish.conversation_id,
                at=self._clock(),
                card_id=card_id,
                text=text,
            )
        )


def _words(made: Import) -> str:
    tally = made.tally
    return (
        f"**{made.filename} is in:** {tally.new:,} new people, {tally.known:,} known already. I "
        "was interrupted meanwhile: say once more what you want to do with them."
    )
