"""A turn to actions, by rules. The words decide; what stands in cells and replies never does."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qrev.ai.cells import reader_of
from qrev.ai.choosing import EVERYONE, Whom, choose
from qrev.ai.commands import command_in
from qrev.ai.understanding import Wish, answered_offer, understand
from qrev.ai.writer import Brief, write
from qrev.assistant.contract import (
    Action,
    DraftedSequence,
    DraftedStep,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
    TimeOfDispatch,
    TurnRequest,
    UploadSummary,
)
from qrev.kit.ids import stable_id

WHAT_OFFER = "What would you like to offer these people?"
NO_LIST = (
    "Whom should I write to? Drop a CSV with a column of email addresses into the chat and tell "
    "me what you offer, in the same message if you like."
)
DID_NOT_UNDERSTAND = (
    "I did not understand that. I can write to a list you drop here, show people and campaigns, "
    "and tell what was sent. Ask for *help* to see examples."
)
NOTHING_THEN = "Fine, I write to nobody. Tell me what you offer whenever you like."
BEGINS = (
    "You asked for **{day}**: the drafts are made now, and the first mails leave in the sending "
    "hours after you confirm the plan. So press **Send** that day."
)
# Of a mail that a member shows us: what it says is said by somebody else.
QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.M)
MAX_CHOICE = 300  # characters
NO_OFFER = re.compile(
    r"^\W*(?:no|none|nothing|never\s?mind|nobody|forget it|not now|later|i don['’]?t know|dunno"
    r"|no idea|wait|skip it|yes|ok(?:ay)?|sure|thanks?)\b[\s\w,]{0,20}\W*$",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is to be drafted after the answer is out.

    `by_model` is what the member asked for, where a language model writes; "" for our own writer.
    """

    sequence_id: str
    brief: Brief
    steps: tuple[str, ...]
    skipped_domains: tuple[str, ...]
    by_model: str = ""
    whom: Whom = EVERYONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    actions: tuple[Action, ...]
    job: Job | None = None


def interpret(turn: TurnRequest, key: str) -> Reading:
    """Return what to answer, and what to draft. The same turn and key, the same sequence id."""
    words = QUOTED_LINE.sub("", turn.query).strip()
    has_list = bool(turn.uploaded_data)
    if (command := command_in(words, has_list=has_list)) is not None:
        return Reading(actions=(command,))
    if has_list and (wish := _wish_answered(turn)) is not None:
        return _campaign_or_question(turn, key, wish) if wish.offer else _saying(NOTHING_THEN)
    wish = understand(words, default_days=_own_days(turn))
    if has_list:
        if wish.offer:
            return _campaign_or_question(turn, key, wish)
        return Reading(actions=(_what_offer(),))
    return _saying(NO_LIST if wish.is_campaign else DID_NOT_UNDERSTAND)


def _saying(text: str) -> Reading:
    return Reading(actions=(TextAction(response=text),))


def _campaign_or_question(turn: TurnRequest, key: str, wish: Wish) -> Reading:
    """Return the campaign, or ask back if nobody of a list that is all here would get it."""
    if not is_nobody(turn, wish.whom):
        return campaign(turn, key, wish)
    everyone = choose(turn.query.strip()).rest[:MAX_CHOICE]
    said = wish.whom.said().replace("*", "")  # a question's text is no markdown
    text = f"{said} Nobody in this list is left then. Shall I write to everyone?"
    return Reading(actions=(QuestionAction(response=text, choices=[everyone, "Never mind"]),))


def is_nobody(turn: TurnRequest, whom: Whom) -> bool:
    """Return whether nobody is meant in a list that is all here."""
    data = turn.uploaded_data
    return not isinstance(data, UploadSummary) and not any(map(whom.includes, data or []))


def campaign(turn: TurnRequest, key: str, wish: Wish, *, by_model: str = "") -> Reading:
    """Return a campaign for the list. `by_model` is what a language model is told to heed."""
    sequence_id = stable_id("aiseq", turn.company_id, key)
    steps = tuple(str(number + 1) for number in range(len(wish.days)))
    brief = _brief(turn, wish)
    title = brief.pitch.headline or brief.pitch.topic
    name = wish.name or f"{title[:1].upper()}{title[1:]}"[:80]
    example = write(brief, reader_of(_first_meant(turn, wish.whom)), 1)
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
        actions=(TextAction(response=_said(wish, skipped, by_model)), action),
        job=Job(
            sequence_id=sequence_id,
            brief=brief,
            steps=steps,
            skipped_domains=skipped,
            by_model=by_model,
            whom=wish.whom,
        ),
    )


def _brief(turn: TurnRequest, wish: Wish) -> Brief:
    return Brief(
        offer=wish.offer,
        is_topic=wish.is_topic,
        tone=wish.tone,
        is_short=wish.is_short,
        steps=len(wish.days),
        sender_name=_line(turn.sender_person.name),
        sender_company=_line(turn.sender_company.name or turn.sender_person.company),
    )


def _said(wish: Wish, skipped: tuple[str, ...], by_model: str) -> str:
    days = ", ".join(str(day) for day in wish.days[:-1])
    when = f"days {days} and {wish.days[-1]}" if days else "one day"
    count = len(wish.days)
    mails = "one mail" if count == 1 else f"{count} mails"
    left_out = f" I leave out {', '.join(skipped[:20])}." if skipped else ""
    who = "" if by_model else " I use the built-in writer, no language model."
    whom = f" {wish.whom.said()}" if wish.whom.said() else ""
    begins = f" {BEGINS.format(day=wish.begins)}" if wish.begins else ""
    return (
        f"I am drafting {mails} for each person ({when}).{whom}{left_out}{who}{begins} Read the "
        "drafts, change what you like, then press **Send** to see the whole plan. Nothing leaves "
        "before you confirm it."
    )


def _what_offer() -> QuestionAction:
    return QuestionAction(
        response=WHAT_OFFER,
        choices=[
            "A free first consultation",
            "A product demo",
            "An invitation to our next webinar",
        ],
    )


def _wish_answered(turn: TurnRequest) -> Wish | None:
    """Return the wish if these words answer our question for the offer; no offer if they decline.

    How it is to be sent may have been said before we asked.
    """
    query = turn.query.strip()
    said = [m for m in turn.conversation.messages if m.content.strip() != query]
    if not said or said[-1].role != "assistant" or WHAT_OFFER not in said[-1].content:
        return None
    before = next((m.content for m in reversed(said) if m.role == "user"), "")
    offer, is_topic = ("", False) if NO_OFFER.match(query) else answered_offer(query)
    how = query.replace(offer, " ") if offer else query
    wish = understand(f"{before.strip()}\n{how}", default_days=_own_days(turn))
    return replace(wish, offer=offer, is_topic=is_topic)


def _own_days(turn: TurnRequest) -> tuple[int, ...]:
    """Return the days of the workspace's own template, each later than the one before."""
    days: list[int] = []
    for step in turn.default_configurations.sequence_steps_template:
        day = step.time_of_dispatch.span().days
        days.append(max(day, days[-1] + 1) if days else 0)
    return tuple(days)


def _rows(turn: TurnRequest) -> list[dict[str, str]]:
    data = turn.uploaded_data
    rows = data.sample if isinstance(data, UploadSummary) else data
    return rows or [{}]


def _first_meant(turn: TurnRequest, whom: Whom) -> dict[str, str]:
    rows = _rows(turn)
    return next((row for row in rows if whom.includes(row)), rows[0])


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]
