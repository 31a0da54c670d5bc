"""A turn to actions, by rules. The words decide; what stands in cells and replies never does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qrev.ai.cells import reader_of
from qrev.ai.understanding import Wish, clean_offer, understand
from qrev.ai.writer import Brief, topic_of, write
from qrev.assistant.contract import (
    Action,
    DraftedSequence,
    DraftedStep,
    ProposalAction,
    QueryAction,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
    TimeOfDispatch,
    TurnRequest,
    UploadSummary,
)
from qrev.kit.ids import stable_id

WHAT_OFFER = "What would you like to offer these people?"
HELP = """Here is what I can do:

- **Write to a list.** Drop a CSV with names and addresses here and say what you offer, for \
example: *“Write to these people about our demand forecasting tool, in 3 steps over two weeks, \
skip Gmail addresses.”*
- **Show people.** *“Show my people.”*
- **Show campaigns.** *“How are my campaigns doing?”* or /campaigns.
- **Read what left.** /outbox shows each mail as it was sent.

Nothing leaves before you have seen the whole plan and pressed **Confirm**."""
NO_LIST = (
    "Whom should I write to? Drop a CSV with a column of email addresses into the chat and tell "
    "me what you offer, in the same message if you like."
)
DID_NOT_UNDERSTAND = (
    "I did not understand that. I can write to a list you drop here, show people and campaigns, "
    "and tell what was sent. Ask for *help* to see examples."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is to be drafted after the answer is out."""

    sequence_id: str
    brief: Brief
    steps: tuple[str, ...]
    skipped_domains: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    actions: tuple[Action, ...]
    job: Job | None = None


def interpret(turn: TurnRequest, key: str) -> Reading:
    """Return what to answer, and what to draft. The same turn and key, the same sequence id."""
    words = turn.query.strip()
    has_list = bool(turn.uploaded_data)
    answered = _offer_they_answered(turn)
    if has_list and answered:
        return _campaign(turn, key, understand(words, default_days=_own_days(turn)), answered)
    for pattern, answer in _COMMANDS:
        if pattern.search(words):
            return Reading(actions=(answer(words),))
    wish = understand(words, default_days=_own_days(turn))
    if has_list and wish.offer:
        return _campaign(turn, key, wish, wish.offer)
    if has_list:
        return Reading(actions=(_what_offer(turn),))
    if wish.is_campaign:
        return Reading(actions=(TextAction(response=NO_LIST),))
    return Reading(actions=(TextAction(response=DID_NOT_UNDERSTAND),))


def _campaign(turn: TurnRequest, key: str, wish: Wish, offer: str) -> Reading:
    sequence_id = stable_id("aiseq", turn.company_id, key)
    steps = tuple(str(number + 1) for number in range(len(wish.days)))
    brief = Brief(
        offer=offer,
        tone=wish.tone,
        is_short=wish.is_short,
        steps=len(steps),
        sender_name=turn.sender_person.name,
        sender_company=turn.sender_company.name or turn.sender_person.company,
    )
    topic = topic_of(offer)
    name = wish.name or f"{topic[:1].upper()}{topic[1:]}"[:80]
    example = write(brief, reader_of(_rows(turn)[0]), 1)
    skipped = tuple(
        dict.fromkeys((*wish.skipped_domains, *turn.default_configurations.exclude_domains))
    )
    action = SequenceDraftAction(
        title=name,
        subject=example.subject,
        body=example.body,
        sequence=DraftedSequence(
            id=sequence_id,
            name=name,
            steps=[
                DraftedStep(
                    id=step,
                    type="email",
                    time_of_dispatch=TimeOfDispatch(time_value=day, time_unit="days"),
                )
                for step, day in zip(steps, wish.days, strict=True)
            ],
        ),
    )
    return Reading(
        actions=(TextAction(response=_said(wish, skipped)), action),
        job=Job(sequence_id=sequence_id, brief=brief, steps=steps, skipped_domains=skipped),
    )


def _said(wish: Wish, skipped: tuple[str, ...]) -> str:
    days = ", ".join(str(day) for day in wish.days[:-1])
    when = f"days {days} and {wish.days[-1]}" if days else "one day"
    count = len(wish.days)
    mails = "one mail" if count == 1 else f"{count} mails"
    left_out = f" I leave out {', '.join(skipped)}." if skipped else ""
    return (
        f"I am drafting {mails} for each person ({when}).{left_out} I use the built-in writer, "
        "no language model: read the drafts, change what you like, then press **Send** to see the "
        "whole plan. Nothing leaves before you confirm it."
    )


def _what_offer(turn: TurnRequest) -> QuestionAction:
    company = turn.sender_company.name
    about = f"A short call about what {company} does" if company else "A free first consultation"
    return QuestionAction(
        response=WHAT_OFFER,
        choices=[about, "A product demo", "An invitation to our next webinar"],
    )


def _offer_they_answered(turn: TurnRequest) -> str:
    """Return their words as the offer if they answer our question for it, else ""."""
    said = [m for m in turn.conversation.messages if m.content.strip() != turn.query.strip()]
    if not said or said[-1].role != "assistant" or WHAT_OFFER not in said[-1].content:
        return ""
    return understand(turn.query).offer or clean_offer(turn.query.partition("\n")[0])


def _own_days(turn: TurnRequest) -> tuple[int, ...]:
    template = turn.default_configurations.sequence_steps_template
    return tuple(step.time_of_dispatch.span().days for step in template)


def _rows(turn: TurnRequest) -> list[dict[str, str]]:
    data = turn.uploaded_data
    rows = data.sample if isinstance(data, UploadSummary) else data
    return rows or [{}]


def _query(entity: str, **filter: str) -> Callable[[str], Action]:
    def answer(_: str) -> Action:
        return QueryAction.model_validate({"type": "query", "entity": entity, "filter": filter})

    return answer


def _proposal(kind: str) -> Callable[[str], Action]:
    def answer(words: str) -> Action:
        return ProposalAction(kind=kind, arguments={"words": words[:300]})

    return answer


def _matching(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


# The first that matches answers. Questions and orders about what is there come before new work.
_COMMANDS: tuple[tuple[re.Pattern[str], Callable[[str], Action]], ...] = (
    (
        _matching(r"^\W*(?:/?help|hi|hello|hey|what can you do|how does this work)\b.{0,20}$"),
        lambda _: TextAction(response=HELP),
    ),
    (
        _matching(r"\bwho\b.*\brepl|\breplies\b|\bwho (?:has )?answered\b"),
        _query("events", kind="replied"),
    ),
    (_matching(r"\bwho\b.*\bopened\b|\bopens\b"), _query("events", kind="opened")),
    (_matching(r"\bbounced?\b|\bbounces\b"), _query("events", kind="bounced")),
    (_matching(r"^\W*(?:please\s+)?pause\b"), _proposal("pause")),
    (_matching(r"^\W*(?:please\s+)?resume\b"), _proposal("resume")),
    (_matching(r"^\W*(?:please\s+)?(?:stop|cancel)\b"), _proposal("stop")),
    (_matching(r"^\W*(?:please\s+)?invite\s+\S+@\S+"), _proposal("invite")),
    (
        _matching(
            r"\b(?:show|list|see|find|how many|who are)\b.*\b(?:people|persons|contacts|leads)\b"
        ),
        _query("people"),
    ),
    (_matching(r"\b(?:show|list|see)\b.*\bcompanies\b"), _query("companies")),
    (
        _matching(
            r"\b(?:show|list|see|how (?:is|are|did)|status of|what about)\b.*"
            r"\b(?:campaigns?|sequences?|outreach)\b"
        ),
        _query("sequences"),
    ),
    (
        _matching(r"\b(?:what|which|show)\b.*\b(?:sent|outbox|left)\b"),
        _query("messages", status="sent"),
    ),
)
