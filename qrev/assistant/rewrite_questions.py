"""What the cards about other words may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import rewrite_cards as asked
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.rewrite_desk import RewriteDesk


def _rewriting(desks: Desks) -> RewriteDesk:
    return desks.rewriting


async def _begin(desks: Desks, actor: Actor, ask: asked.RewriteBeginAsked) -> Answered:
    """Show what would change in one mail, as a card of its own."""
    return Answered(cards=(await desks.rewriting.begin(actor, ask),))


async def _work(desks: Desks, actor: Actor, ask: asked.RewriteAsked) -> Answered:
    """Have it written while its card looks on."""
    view = await desks.rewriting.rewrite_get(actor, ask)
    return Answered(view=view, later=desks.rewriting.work(actor, ask))


async def _versions(desks: Desks, actor: Actor, ask: asked.VersionsAsked) -> Answered:
    """Show what a draft said before, as a card of its own."""
    return Answered(cards=(await desks.rewriting.versions(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "rewrite_begin": Question(asks=asked.RewriteBeginAsked, answer=_begin),
    "rewrite_work": Question(asks=asked.RewriteAsked, answer=_work),
    "rewrite_get": viewed(asked.RewriteAsked, _rewriting, RewriteDesk.rewrite_get),
    "rewrite_stop": viewed(asked.RewriteAsked, _rewriting, RewriteDesk.rewrite_stop),
    "rewrite_rows": viewed(asked.RewriteRowsAsked, _rewriting, RewriteDesk.rewrite_rows),
    "draft_versions": Question(asks=asked.VersionsAsked, answer=_versions),
    "versions_get": viewed(asked.VersionsAsked, _rewriting, RewriteDesk.versions_get),
    "version_restore": viewed(asked.VersionRestoreAsked, _rewriting, RewriteDesk.version_restore),
}
