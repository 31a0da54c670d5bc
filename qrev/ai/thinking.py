"""A turn to actions, by a language model. It reads with tools; what it does is an action."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from qrev.ai.choosing import Whom
from qrev.ai.instructions import (
    ACTING,
    READING,
    TOOLS,
    AskBack,
    AskPlan,
    DraftCampaign,
    EditDrafts,
    LookUpNumbers,
    LookUpPeople,
    LookUpSequences,
    Propose,
    ProposeRule,
    Show,
    as_data,
    messages_of,
)
from qrev.ai.interpreter import Reading, campaign, is_nobody
from qrev.ai.lookups import LookUps
from qrev.ai.minds import Llm, LlmTrouble, OnWords, Said, ToolCall, Usage
from qrev.ai.spending import Spending
from qrev.ai.understanding import Wish
from qrev.assistant.contract import (
    Action,
    ChosenMails,
    DraftEditAction,
    LookUpRequest,
    ProposalAction,
    QueryAction,
    QuestionAction,
    TextAction,
    TurnRequest,
)

log = logging.getLogger(__name__)

MAX_ROUNDS = 6  # of reading, in one turn
MAX_REPAIRS = 1
NO_LIST = "There is no list to write to. Tell the member to drop a CSV with a column of addresses."
NOBODY = "Nobody in the list is one of these. Ask the member whether to write to everyone instead."
Told = dict[str, Any]


class Thinking:
    """Answers turns with a model. What it costs is counted, used or not."""

    def __init__(self, llm: Llm, spending: Spending, look_ups: LookUps) -> None:
        self._llm = llm
        self._spending = spending
        self._look_ups = look_ups

    async def read(self, turn: TurnRequest, key: str, on_words: OnWords) -> Reading:
        """Return what to answer, and what to draft. Raises LlmTrouble."""
        await self._spending.must_be_left(turn)
        usage = Usage()
        try:
            told = messages_of(turn)
            repairs = 0
            for _ in range(MAX_ROUNDS):
                said = await self._llm.converse(told, TOOLS, on_words)
                usage += said.usage
                told.append(_as_told(said))
                wrong, reading = _acted(turn, key, said)
                if reading is not None and not wrong:
                    return reading
                repairs += bool(wrong)
                if repairs > MAX_REPAIRS:
                    raise LlmTrouble("the language model's answer has the wrong form")
                for call in said.calls:
                    answer = wrong.get(call.id) or await self._looked_up(turn, call)
                    told.append({"role": "tool", "tool_call_id": call.id, "content": answer})
            raise LlmTrouble("the language model did not come to an end")
        finally:
            await self._spending.add(turn, usage, self._llm.prices.of(usage))

    async def _looked_up(self, turn: TurnRequest, call: ToolCall) -> str:
        kind = READING.get(call.name)
        if kind is None:
            return "Nothing was done: put right what else was wrong first."
        asked = kind.model_validate_json(call.arguments or "{}")
        return as_data(await self._look_ups.ask(turn.look_up, _question(asked)))


def _acted(turn: TurnRequest, key: str, said: Said) -> tuple[dict[str, str], Reading | None]:
    """Return what is wrong with the calls, by their id, and the reading if there is one.

    None: the model wants to read before it answers.
    """
    wrong: dict[str, str] = {}
    reading = Reading(actions=())
    is_reading_first = False
    for call in said.calls:
        kind = ACTING.get(call.name) or READING.get(call.name)
        if kind is None:
            wrong[call.id] = f"There is no tool {call.name[:50]!r}."
            continue
        try:
            filled = kind.model_validate_json(call.arguments or "{}")
        except ValidationError as error:
            wrong[call.id] = _in_words(error)
            continue
        if call.name in READING:
            is_reading_first = True
        elif isinstance(filled, DraftCampaign):
            if not turn.uploaded_data:
                wrong[call.id] = NO_LIST
                continue
            wish = _wish(filled)
            if is_nobody(turn, wish.whom):
                wrong[call.id] = NOBODY
                continue
            drafted = campaign(turn, key, wish, by_model=filled.wishes or turn.query)
            reading = Reading(actions=(*reading.actions, *drafted.actions), job=drafted.job)
        else:
            action = _ACTIONS[type(filled)](filled)
            reading = Reading(actions=(*reading.actions, action), job=reading.job)
    if is_reading_first or not (said.text or reading.actions):
        return wrong, None
    if said.text:
        actions = (TextAction(response=said.text), *reading.actions)
        reading = Reading(actions=actions, job=reading.job)
    return wrong, reading


def _wish(filled: DraftCampaign) -> Wish:
    days: list[int] = []
    for day in filled.days:
        days.append(max(day, days[-1] + 1) if days else 0)
    return Wish(
        offer=filled.offer,
        is_topic=filled.is_topic,
        days=tuple(days),
        name=filled.name,
        tone=filled.tone,
        is_short=filled.is_short,
        skipped_domains=tuple(filled.skipped_domains),
        is_campaign=True,
        whom=Whom(
            only_titles=_small(filled.only_titles),
            not_titles=_small(filled.not_titles),
            only_domains=_small(filled.only_domains),
        ),
    )


def _small(said: list[str]) -> tuple[str, ...]:
    return tuple(text for line in said if (text := line.strip().lower().lstrip("@.")))


def _question(asked: BaseModel) -> LookUpRequest:
    if isinstance(asked, LookUpPeople):
        return LookUpRequest(ticket="", about="people", contains=asked.contains, limit=asked.limit)
    if isinstance(asked, LookUpNumbers):
        return LookUpRequest(ticket="", about="numbers", sequence_id=asked.sequence_id)
    assert isinstance(asked, LookUpSequences)
    return LookUpRequest(ticket="", about="sequences", contains=asked.contains, limit=50)


def _show(filled: Show) -> Action:
    return QueryAction(entity=filled.entity, filter=dict(filled.filter))


def _ask_back(filled: AskBack) -> Action:
    return QuestionAction(response=filled.question, choices=filled.choices)


def _propose(filled: Propose) -> Action:
    return ProposalAction(kind=filled.kind, arguments=dict(filled.arguments))


def _ask_plan(filled: AskPlan) -> Action:
    asked = {name: value for name, value in filled.model_dump().items() if value not in ("", None)}
    return QueryAction(entity="plan", filter=asked)


def _propose_rule(filled: ProposeRule) -> Action:
    return ProposalAction(kind="sending_rule", arguments=filled.model_dump())


def _edit(filled: EditDrafts) -> Action:
    return DraftEditAction(
        sequence_id=filled.sequence_id,
        scope=filled.scope,
        instruction=filled.instruction,
        only=ChosenMails(
            steps=filled.steps,
            titles=list(_small(filled.only_titles)),
            not_titles=list(_small(filled.not_titles)),
            domains=list(_small(filled.only_domains)),
            companies=filled.only_companies,
            people=filled.only_people,
        ),
    )


_ACTIONS: dict[type[BaseModel], Callable[[Any], Action]] = {
    Show: _show,
    AskBack: _ask_back,
    AskPlan: _ask_plan,
    Propose: _propose,
    ProposeRule: _propose_rule,
    EditDrafts: _edit,
}


def _as_told(said: Said) -> Told:
    """Return what the model said, as it is reminded of it."""
    told: Told = {"role": "assistant", "content": said.text or None}
    if said.calls:
        told["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in said.calls
        ]
    return told


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the arguments"
    return f"{where}: {first['msg']}. Call the tool again, with the whole of it put right."
