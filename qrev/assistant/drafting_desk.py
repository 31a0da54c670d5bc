"""What the card of drafts can ask about all of them at once."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.cards import SequenceView
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.viewing import sequence_view
from qrev.campaigns.sequences import Sequences
from qrev.kit.clock import Clock


class DraftingDesk:
    def __init__(self, *, stops: DraftStops, sequences: Sequences, clock: Clock) -> None:
        self._stops = stops
        self._sequences = sequences
        self._clock = clock

    async def drafting_stop(self, actor: Actor, ask: asked.SequenceAsked) -> SequenceView:
        """Write no more drafts than there are."""
        await self._stops.stop_and_tell(actor, ask.sequence_id)
        sequence = await self._sequences.get(actor, ask.sequence_id)
        counts = await self._sequences.progress(sequence)
        return sequence_view(sequence, counts, self._clock())
