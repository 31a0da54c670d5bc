"""What the cards of companies may ask, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Actor
from qrev.assistant import companies_cards as asked
from qrev.assistant.cards import Card
from qrev.assistant.companies_desk import CompaniesDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed

Asked = TypeVar("Asked", bound=BaseModel)


def _companies(desks: Desks) -> CompaniesDesk:
    return desks.companies


def _shown(
    asks: type[Asked], ask: Callable[[CompaniesDesk, Actor, Asked], Awaitable[Card]]
) -> Question:
    """Return a question whose answer is a card of its own."""

    async def answer(desks: Desks, actor: Actor, asked: Asked) -> Answered:
        return Answered(cards=(await ask(desks.companies, actor, asked),))

    return Question(asks=asks, answer=answer)


QUESTIONS: dict[str, Question] = {
    "companies_page": viewed(asked.CompaniesAsked, _companies, CompaniesDesk.page),
    "company_show": _shown(asked.CompanyShowAsked, CompaniesDesk.show),
    "company_get": viewed(asked.CompanyPageAsked, _companies, CompaniesDesk.get),
    "company_create": _shown(asked.CompanyNewAsked, CompaniesDesk.create),
    "company_save": viewed(asked.CompanySaveAsked, _companies, CompaniesDesk.save),
    "company_delete": viewed(asked.CompanyShowAsked, _companies, CompaniesDesk.delete),
    "company_restore": viewed(asked.CompanyShowAsked, _companies, CompaniesDesk.restore),
}
