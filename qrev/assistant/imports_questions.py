"""What the cards of lists may ask, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Actor
from qrev.assistant import imports_cards as asked
from qrev.assistant.imports_desk import ImportsDesk, Worked
from qrev.assistant.questions import Answered, Desks, Question, viewed

Asked = TypeVar("Asked", bound=BaseModel)


def _imports(desks: Desks) -> ImportsDesk:
    return desks.imports


def _worked(
    asks: type[Asked], press: Callable[[ImportsDesk, Actor, Asked], Awaitable[Worked]]
) -> Question:
    """Return a question whose answer may take its time."""

    async def answer(desks: Desks, actor: Actor, ask: Asked) -> Answered:
        worked = await press(desks.imports, actor, ask)
        return Answered(view=worked.view, later=worked.later)

    return Question(asks=asks, answer=answer)


async def _show(desks: Desks, actor: Actor, ask: asked.ImportAsked) -> Answered:
    """Show the card of a list at the end of the conversation."""
    return Answered(cards=(await desks.imports.show(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "import_get": viewed(asked.ImportAsked, _imports, ImportsDesk.get),
    "import_show": Question(asks=asked.ImportAsked, answer=_show),
    "import_repair": _worked(asked.ImportRepairAsked, ImportsDesk.repair),
    "import_columns": _worked(asked.ImportColumnsAsked, ImportsDesk.columns),
    "import_confirm": _worked(asked.ImportVersionAsked, ImportsDesk.confirm),
    "import_stop": viewed(asked.ImportAsked, _imports, ImportsDesk.stop),
    "import_go_on": _worked(asked.ImportAsked, ImportsDesk.go_on),
    "import_cancel": viewed(asked.ImportAsked, _imports, ImportsDesk.cancel),
    "import_undo": _worked(asked.ImportAsked, ImportsDesk.undo),
    "imports_page": viewed(asked.ImportsAsked, _imports, ImportsDesk.page),
    "import_rules_save": viewed(asked.ImportRulesAsked, _imports, ImportsDesk.set_rules),
}
