"""What the card of drafts shows of what keeps them from leaving, and may ask about it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from qrev.assistant.cards import Card, _Shown
from qrev.assistant.requests import Id, _Asked
from qrev.campaigns.repairs import Repair


class RepairsCard(Card):
    """What keeps the drafts of a sequence from leaving, and what mends all of a kind at once."""

    sequence_id: str

    @property
    def key(self) -> str:
        return self.sequence_id


class ProblemView(_Shown):
    """One kind of what is wrong with drafts; `repairs` are empty for those who may only look."""

    kind: str
    words: str
    people: int
    drafts: int
    repairs: list[Repair]
    examples: list[str]


class ProblemsView(_Shown):
    sequence_name: str
    problems: list[ProblemView]


class ProblemsAsked(_Asked):
    sequence_id: Id


class MendAsked(_Asked):
    """`drafts` is how many the member saw: if it is another number now, nothing is changed."""

    sequence_id: Id
    kind: Annotated[str, Field(min_length=1, max_length=400)]
    repair: Repair
    drafts: Annotated[int, Field(ge=1)]


class MendedView(_Shown):
    people: int


class DoubtAsked(_Asked):
    draft_id: Id
    version: Annotated[int, Field(ge=1)]
    sentence: Annotated[str, Field(min_length=1, max_length=50_000)]
    is_true: bool
