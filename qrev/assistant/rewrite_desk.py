"""What the cards about other words can ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from qrev.accounts.members import Members
from qrev.accounts.models import Actor
from qrev.assistant import rewrite_cards as shown
from qrev.assistant.cards import Card
from qrev.assistant.life_desk import LifeDesk
from qrev.assistant.viewing import draft_view
from qrev.campaigns.draft_history import DraftHistory
from qrev.campaigns.life.orders import Orders
from qrev.campaigns.rewriting.choosing import Wish
from qrev.campaigns.rewriting.diff import Piece, in_words, pieces
from qrev.campaigns.rewriting.models import Chosen, Rewrite, RewriteState, Rewritten, Which
from qrev.campaigns.rewriting.ports import Tally
from qrev.campaigns.rewriting.service import Rewriting
from qrev.campaigns.sequences import Sequences
from qrev.campaigns.versions import DraftVersion
from qrev.kit.errors import InvalidInput

ROWS = 5
SAME = "None of these mails would say anything else."


class RewriteDesk:
    def __init__(
        self,
        *,
        rewriting: Rewriting,
        orders: Orders,
        life: LifeDesk,
        sequences: Sequences,
        history: DraftHistory,
        members: Members,
    ) -> None:
        self._rewriting = rewriting
        self._orders = orders
        self._life = life
        self._sequences = sequences
        self._history = history
        self._members = members

    async def begin(self, actor: Actor, ask: shown.RewriteBeginAsked) -> Card:
        """Return a card with other words for one mail. Nothing changes by it."""
        wish = Wish(
            instruction=ask.instruction,
            sequence_id=ask.sequence_id,
            which=Which.NOT_SENT,
            chosen=Chosen(draft_id=ask.draft_id),
        )
        return await self.begun(actor, wish)

    async def begun(self, actor: Actor, wish: Wish) -> Card:
        """Return the card of a wish. Whoever shows it has it written. Raises Conflict, NotFound."""
        rewrite = await self._rewriting.begin(actor, wish)
        return shown.RewriteCard(rewrite_id=rewrite.id)

    async def rewrite_get(self, actor: Actor, ask: shown.RewriteAsked) -> shown.RewriteView:
        """Return how far it is, and once it is written, what would change."""
        return await self._view(actor, await self._rewriting.proposed(actor, ask.rewrite_id))

    async def work(self, actor: Actor, ask: shown.RewriteAsked) -> AsyncIterator[Card]:
        """Have it written. Yields nothing: its card looks for itself."""
        rewrite = await self._rewriting.get(actor, ask.rewrite_id)
        if actor.may_change:
            await self._rewriting.work(actor.account_id, rewrite.id)
        none: tuple[Card, ...] = ()
        for card in none:
            yield card

    async def rewrite_stop(self, actor: Actor, ask: shown.RewriteAsked) -> shown.RewriteView:
        """Write no more of it."""
        await self._rewriting.stop(actor, ask.rewrite_id)
        return await self.rewrite_get(actor, ask)

    async def rewrite_rows(
        self, actor: Actor, ask: shown.RewriteRowsAsked
    ) -> shown.RewriteRowsView:
        """Return mails that change, each as a diff."""
        found = await self._rewriting.page(
            actor, ask.rewrite_id, parts=ask.parts, after=_place(ask.after), limit=ROWS + 1
        )
        rows = found[:ROWS]
        more = str(rows[-1].place) if len(found) > ROWS else None
        return shown.RewriteRowsView(rows=[_row(row) for row in rows], next=more)

    async def versions(self, actor: Actor, ask: shown.VersionsAsked) -> Card:
        """Return the card of what a draft said before."""
        draft = (await self._history.of(actor, ask.draft_id)).draft
        return shown.VersionsCard(draft_id=draft.id)

    async def versions_get(self, actor: Actor, ask: shown.VersionsAsked) -> shown.VersionsView:
        """Return every version of a draft, each with what it changed."""
        history = await self._history.of(actor, ask.draft_id)
        names = await self._names(actor, [v.by for v in history.versions])
        older = (*history.versions[1:], None)
        return shown.VersionsView(
            draft_id=history.draft.id,
            name=history.prospect.name or history.prospect.email,
            step=history.draft.step,
            version=history.draft.version,
            rows=[
                _version(version, before, names, is_newest=version is history.versions[0])
                for version, before in zip(history.versions, older, strict=True)
            ],
            can_restore=actor.may_change and not history.draft.is_sealed,
        )

    async def version_restore(
        self, actor: Actor, ask: shown.VersionRestoreAsked
    ) -> shown.RestoredView:
        """Bring an earlier version back, as the newest one."""
        draft = await self._history.restore(actor, ask.draft_id, version=ask.version, to=ask.to)
        return shown.RestoredView(draft=draft_view(draft, may_change=True))

    async def _view(self, actor: Actor, rewrite: Rewrite) -> shown.RewriteView:
        sequence = await self._sequences.get(actor, rewrite.sequence_id)
        tally = await self._rewriting.tally(rewrite)
        order = None
        if rewrite.order_id:
            order = await self._life.view(actor, await self._orders.get(actor, rewrite.order_id))
        return shown.RewriteView(
            id=rewrite.id,
            sequence_name=sequence.name,
            instruction=rewrite.instruction,
            which=rewrite.which.value,
            state=rewrite.state.value,
            reason=rewrite.reason,
            done=rewrite.done,
            total=rewrite.total,
            groups=[
                shown.GroupView(parts=parts, words=in_words(parts, count), count=count)
                for parts, count in sorted(tally.parts.items(), key=lambda g: (-g[1], g[0]))
            ],
            order=order,
            nothing=_nothing(rewrite, tally),
            can_change=actor.may_change,
        )

    async def _names(self, actor: Actor, ids: Sequence[str]) -> dict[str, str]:
        if not any(ids):
            return {}
        return {m.user.id: m.user.name or m.user.email for m in await self._members.all(actor)}


def _nothing(rewrite: Rewrite, tally: Tally) -> str:
    """Return why there is nothing to confirm, "" while there may be."""
    if rewrite.state not in (RewriteState.READY, RewriteState.STOPPED) or tally.changed:
        return ""
    if not tally.same and not tally.whys:
        return "It was stopped before the first mail. Nothing was changed."
    return " ".join([SAME, *(f"{count:,} ×: {why}" for why, count in tally.whys.items())])


def _row(row: Rewritten) -> shown.RewriteRow:
    return shown.RewriteRow(
        draft_id=row.draft_id,
        name=row.name,
        email=row.email,
        step=row.step,
        is_planned=row.is_planned,
        is_by_hand=row.is_by_hand,
        doubts=list(row.new.doubts),
        subject=_pieces(pieces(row.old.subject, row.new.subject)),
        body=_pieces(pieces(row.old.body, row.new.body)),
    )


def _version(
    version: DraftVersion, before: DraftVersion | None, names: dict[str, str], *, is_newest: bool
) -> shown.VersionRow:
    old = before or version
    return shown.VersionRow(
        version=version.version,
        made=_made(version, names),
        at=version.at,
        subject=_pieces(pieces(old.subject, version.subject)),
        body=_pieces(pieces(old.body, version.body)),
        is_newest=is_newest,
    )


def _made(version: DraftVersion, names: dict[str, str]) -> str:
    if version.version == 1:
        return "The assistant"
    name = names.get(version.by, "A colleague who left")
    return f"{name}, by hand" if version.is_by_hand else name


def _pieces(found: Sequence[Piece]) -> list[shown.PieceView]:
    return [shown.PieceView(kind=piece.kind, text=piece.text) for piece in found]


def _place(after: str | None) -> int:
    if after is None:
        return -1
    if not after.isdecimal() or len(after) > 9:
        raise InvalidInput("That is no place in this list.")
    return int(after)
