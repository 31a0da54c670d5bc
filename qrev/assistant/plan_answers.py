"""Answers about a plan, as words and a table in the chat."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qrev.accounts.models import Actor
from qrev.assistant.cards import Card, TableCard, TextCard
from qrev.assistant.contract import QueryAction
from qrev.assistant.plan_cards import PlanCard
from qrev.campaigns.inquiring import Inquiring, Inquiry, Kind
from qrev.campaigns.questions import Answer, Row

SHOWN = 200  # rows of an answer
COLUMNS = ["Leaves", "Person", "Address", "Mail", "From", "Their time", "Why"]
CANNOT_READ = (
    "I did not understand what you ask of the plan. Try *“Who gets mail on Friday?”*, *“Why does "
    "Anna get hers on Thursday?”* or *“What if the cap were 40?”*"
)


class Asked(BaseModel):
    """What an AI server asks of a plan."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: Kind
    day: str = Field(default="", max_length=100)
    person: str = Field(default="", max_length=300)
    mailbox: str = Field(default="", max_length=300)
    cap: int | None = None


async def plan_answer(
    action: QueryAction, actor: Actor, conversation_id: str, inquiring: Inquiring
) -> list[Card]:
    """Return the answer about the plan that was talked about last. Raises QrevError."""
    if action.filter.get("question", "show") == "show":
        return await _shown(actor, conversation_id, inquiring)
    try:
        asked = Asked.model_validate(action.filter)
    except ValidationError:
        return [TextCard(text=CANNOT_READ)]
    said: dict[str, Any] = asked.model_dump(exclude={"question"})
    inquiry = Inquiry(kind=asked.question, conversation_id=conversation_id, **said)
    return answer_cards(await inquiring.answer(actor, inquiry))


async def _shown(actor: Actor, conversation_id: str, inquiring: Inquiring) -> list[Card]:
    sequence_id = await inquiring.sequence_talked_about(actor, conversation_id)
    await inquiring.subject(actor, sequence_id)
    return [PlanCard(sequence_id=sequence_id)]


def answer_cards(answer: Answer) -> list[Card]:
    """Return the words, and a table of the mails they are about."""
    words: list[Card] = [TextCard(text=answer.text)]
    if not answer.rows:
        return words
    shown = answer.rows[:SHOWN]
    title = f"The first {SHOWN} of {len(answer.rows):,} mails" if shown != answer.rows else "Mails"
    zone = ZoneInfo(answer.timezone)
    rows = [_cells(row, zone) for row in shown]
    return [*words, TableCard(title=f"{title}, in {zone.key}", columns=COLUMNS, rows=rows)]


def _cells(row: Row, zone: ZoneInfo) -> list[str]:
    leaves = f"{row.send_at.astimezone(zone):%a %-d %b %H:%M}"
    # The reader's own minute has a column of its own.
    why = "; ".join(row.because.split("; ")[1:]) or row.because
    return [leaves, row.name, row.email, str(row.step), row.mailbox, row.local, why]
