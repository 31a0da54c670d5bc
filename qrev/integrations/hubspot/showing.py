"""How far HubSpot and the account are, in words. Fills the desk's Syncing."""

from __future__ import annotations

import asyncio

from qrev.accounts.models import Actor
from qrev.assistant.integrations_cards import SyncShown
from qrev.integrations.hubspot.models import Sync, SyncState
from qrev.integrations.hubspot.syncing import Syncing


class ShownSyncing:
    def __init__(self, syncing: Syncing) -> None:
        self._syncing = syncing
        self._going_on: set[asyncio.Task[int]] = set()

    async def shown(self, actor: Actor) -> SyncShown | None:
        sync = await self._syncing.status(actor)
        if sync is None:
            return None
        return SyncShown(
            state=sync.state.value,
            words=words_of(sync),
            problem=sync.problem,
            import_id=sync.import_id if sync.state is SyncState.PROPOSED else "",
            is_pushing=sync.is_pushing,
            runs_by_itself=sync.since is not None,
            last_at=sync.last_at,
        )

    async def pull(self, actor: Actor, *, list_number: str) -> Sync:
        begun = await self._syncing.pull(actor, list_number=list_number)
        # At once: who pressed is looking. If this process dies, the sweep goes on with it.
        task = asyncio.create_task(self._syncing.sweep())
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        return begun

    async def stop_pushing(self, actor: Actor) -> Sync:
        return await self._syncing.stop_pushing(actor)


def words_of(sync: Sync) -> str:
    """Return one sentence for what is going on."""
    if sync.state is SyncState.PULLING:
        people = f"{sync.rows:,} contact{'' if sync.rows == 1 else 's'}"
        return f"Reading: {people} so far. Nothing is written yet."
    if sync.state is SyncState.PROPOSED:
        return "Read. Look at what would change here, and confirm it."
    if sync.state is SyncState.COMPANIES:
        return "Confirmed. Owners and companies follow."
    if sync.state is SyncState.PUSHING:
        return "Writing your people to HubSpot."
    if sync.since is not None:
        return "What changes in HubSpot comes here every quarter of an hour."
    return "Nothing of HubSpot's was brought here yet."
