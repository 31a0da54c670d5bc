"""Stopping the drafting: at once for the member, and within a moment for the AI server."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant.intake import TakingIn
from qrev.assistant.ports import DropBox
from qrev.campaigns.models import Sequence
from qrev.campaigns.ports import SequenceBook
from qrev.campaigns.telling import Telling
from qrev.kit.errors import Conflict, NotFound

NOTHING_IS_DRAFTED = "Nothing is being drafted in this conversation just now."
LOOKED_AT = 25  # of the newest sequences; drafting takes minutes


class DraftStops:
    def __init__(
        self,
        *,
        sequences: SequenceBook,
        dropbox: DropBox,
        taking_in: TakingIn,
        telling: Telling,
    ) -> None:
        self._sequences = sequences
        self._dropbox = dropbox
        self._taking_in = taking_in
        self._telling = telling

    async def stop(self, actor: Actor, sequence_id: str) -> str:
        """End the drafting of a sequence with what is there. Return how far it got, in words.

        Raises NotFound, and Conflict if it is over.
        """
        actor.must_be_able_to_change()
        sequence = await self._sequences.get(actor.account_id, sequence_id)
        if sequence is None:
            raise NotFound("We could not find that sequence.")
        # The flag first: a server that looks between the two writes nothing we would not show.
        await self._dropbox.ask_to_stop(sequence.dropbox_id)
        is_stopped = await self._sequences.change(actor.account_id, sequence.id, is_drafting=False)
        if not is_stopped:
            raise Conflict("The drafting is over already.")
        progress = await self._taking_in.take_in(sequence.dropbox_id, is_called=False)
        ready, total = (progress.ready, progress.total) if progress else (0, 0)
        return (
            f"**Drafting is stopped.** {ready:,} of {total:,} drafts are there. Send works with "
            "those; whoever lacks one is not written to."
        )

    async def stop_and_tell(self, actor: Actor, sequence_id: str) -> None:
        """Stop as `stop` does, and say so in the conversation it came from."""
        words = await self.stop(actor, sequence_id)
        await self._telling.say(actor.account_id, sequence_id, words, about="stopped")

    async def stop_newest(self, actor: Actor, conversation_id: str) -> str:
        """Stop what is being drafted in a conversation, the newest. Return what to say."""
        newest = await self._drafting_in(actor, conversation_id)
        if newest is None:
            return NOTHING_IS_DRAFTED
        return f"{newest.name}: {await self.stop(actor, newest.id)}"

    async def _drafting_in(self, actor: Actor, conversation_id: str) -> Sequence | None:
        page = await self._sequences.page(actor.account_id, before=None, limit=LOOKED_AT)
        return next(
            (s for s in page if s.is_drafting and s.conversation_id == conversation_id), None
        )
