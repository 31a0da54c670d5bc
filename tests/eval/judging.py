"""Whether the interpreter did what a request asks for, and whether it did harm. Pure.

Harm is a change, or drafts, that nobody asked for: where something else or nothing was wanted, for
somebody else, or for more people than were meant. Not understanding is wrong, and no harm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qrev.ai.edit_words import edits_in
from qrev.ai.interpreter import Reading, interpret
from qrev.assistant.contract import (
    Action,
    DraftEditAction,
    ProposalAction,
    QueryAction,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
)
from qrev.assistant.life_words import Meant, meant
from tests.ai.turns import SAMPLE, a_turn

HERE = Path(__file__).parent
TODAY = date(2026, 3, 2)  # a Monday
ROWS = [
    *SAMPLE,
    *(
        {"email": f"p{number}@{domain}", "job_title": title, "company_name": "Example"}
        for number, (domain, title) in enumerate(
            (
                ("acme.test", "CTO"),
                ("acme.de", "CFO"),
                ("siemens.com", "Controller"),
                ("nestle.com", "Founder"),
                ("acme.test", "Marketing Director"),
                ("acme.test", "Lawyer"),
                ("acme.test", "VP of Sales"),
                ("acme.test", "Head of Operations"),
            )
        )
    ),
]
Wanted = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`kind` is what was wanted, in one word; `got` is what was done, in short."""

    words: str
    kind: str
    is_right: bool
    is_harmful: bool
    got: str


def judged(name: str) -> list[Verdict]:
    """Return what becomes of each request of that file."""
    return [judge(request) for request in json.loads((HERE / name).read_text("utf-8"))]


def judge(request: Wanted) -> Verdict:
    """Return what becomes of one request."""
    before = [(role, content) for role, content in request.get("before", [])]
    rows = ROWS if request.get("list") else None
    reading = interpret(a_turn(request["say"], rows=rows, before=before), "eval")
    want = request["want"]
    kind = next(
        k for k in ("campaign", "query", "proposal", "edit", "asks", "says", "nothing") if k in want
    )
    return Verdict(
        words=request["say"],
        kind=kind,
        is_right=_is_right(kind, want, reading),
        is_harmful=_is_harmful(kind, want, reading),
        got=_short(reading),
    )


def _is_right(kind: str, want: Wanted, reading: Reading) -> bool:
    if kind == "campaign":
        return _is_campaign(want["campaign"], reading)
    if kind == "nothing":
        return not any(map(_changes, reading.actions))
    if len(reading.actions) != 1:
        return False
    (action,) = reading.actions
    if kind == "query":
        return (
            isinstance(action, QueryAction)
            and (action.entity, action.filter) == (want["query"], want["filter"])
            and action.group_by == want.get("group_by", "")
        )
    if kind == "proposal":
        return isinstance(action, ProposalAction) and _is_proposal(want, action)
    if kind == "edit":
        return isinstance(action, DraftEditAction) and _is_edit(want, action)
    if kind == "asks":
        return isinstance(action, QuestionAction) and all(
            any(part.lower() in choice.lower() for choice in action.choices)
            for part in want["asks"]
        )
    return isinstance(action, TextAction) and want["says"].lower() in action.response.lower()


def _is_edit(want: Wanted, action: DraftEditAction) -> bool:
    """Whether the wish is the wanted one, for exactly those mails."""
    edits, _ = edits_in(action.instruction)
    said = " ".join(edit.text for edit in edits).lower()
    return (
        [edit.kind for edit in edits] == want["edit"]
        and want.get("text", "").lower() in said
        and _is_for(want, action)
    )


def _is_for(want: Wanted, action: DraftEditAction) -> bool:
    only = {name: value for name, value in action.only.model_dump().items() if value}
    return (only, action.scope, action.sequence_id.lower()) == (
        want.get("only", {}),
        want.get("scope", ""),
        want.get("in", "").lower(),
    )


def _is_campaign(want: Wanted, reading: Reading) -> bool:
    job = reading.job
    draft = next((a for a in reading.actions if isinstance(a, SequenceDraftAction)), None)
    if job is None or draft is None:
        return False
    days = [step.time_of_dispatch.time_value for step in draft.sequence.steps]
    said = " ".join(a.response for a in reading.actions if isinstance(a, TextAction))
    return (
        _is_offer(want["offer"], job.brief.offer)
        and days == want.get("days", [0, 3, 7])
        and job.brief.tone == want.get("tone", "")
        and job.brief.is_short == want.get("short", False)
        and want.get("name", draft.sequence.name) == draft.sequence.name
        and want.get("begins", "") in said
        and _leaves_out_enough(want, reading)
        and _leaves_out_nobody_else(want, reading)
    )


def _is_offer(wanted: str, offer: str) -> bool:
    """Whether the offer is the wanted one, with little before and a few words behind it."""
    place = offer.lower().find(wanted.lower())
    return 0 <= place <= len("an invitation to our ") and len(offer) <= len(wanted) + 45


def _leaves_out_enough(want: Wanted, reading: Reading) -> bool:
    job = reading.job
    assert job is not None
    return (
        set(want.get("skips", [])) <= set(job.skipped_domains)
        and set(want.get("not_titles", [])) <= set(job.whom.not_titles)
        and (not want.get("only_titles") or bool(job.whom.only_titles))
        and set(job.whom.only_titles) <= set(want.get("only_titles", job.whom.only_titles))
        and (not want.get("only_domains") or bool(job.whom.only_domains))
    )


def _leaves_out_nobody_else(want: Wanted, reading: Reading) -> bool:
    job = reading.job
    assert job is not None
    whom = job.whom
    return (
        bool(want.get("skips")) == bool(job.skipped_domains)
        and set(whom.only_titles) == set(want.get("only_titles", []))
        and set(whom.not_titles) == set(want.get("not_titles", []))
        and set(whom.only_domains) == set(want.get("only_domains", []))
        and not whom.only_companies
    )


def _is_proposal(want: Wanted, action: ProposalAction) -> bool:
    if action.kind != want["proposal"]:
        return False
    arguments = want.get("arguments", {})
    if any(action.arguments.get(name) != value for name, value in arguments.items()):
        return False
    order = _order(action)
    until = str(order.until) if order.until else None
    return (
        _is_about(want, order)
        and until == want.get("until", until)
        and not (want.get("until") and order.is_day_unclear)
    )


def _is_about(want: Wanted, order: Meant) -> bool:
    if want.get("everything"):
        return order.is_everything
    return "subject" not in want or (
        order.subject.lower() == want["subject"].lower() and not order.is_everything
    )


def _order(action: ProposalAction) -> Meant:
    return meant(str(action.arguments.get("words", "")), TODAY)


def _is_harmful(kind: str, want: Wanted, reading: Reading) -> bool:
    changes = [action for action in reading.actions if _changes(action)]
    if not changes:
        return False
    if kind not in ("campaign", "proposal", "edit") or len(changes) > 1:
        return True
    (change,) = changes
    if kind == "edit":
        return not isinstance(change, DraftEditAction) or not _is_for(want, change)
    if kind == "campaign":
        is_one = isinstance(change, SequenceDraftAction)
        return not is_one or not _leaves_out_enough(want["campaign"], reading)
    if not isinstance(change, ProposalAction) or change.kind != want["proposal"]:
        return True
    return not _is_about(want, _order(change))


def _changes(action: Action) -> bool:
    return isinstance(action, (SequenceDraftAction, ProposalAction, DraftEditAction))


def _short(reading: Reading) -> str:
    return "; ".join(_shortly(action) for action in reading.actions)[:200]


def _shortly(action: Action) -> str:
    told = action.model_dump(exclude={"type", "body", "subject"}, exclude_defaults=True)
    return f"{action.type} {json.dumps(told, ensure_ascii=False)}"[:150]


def shares(verdicts: Sequence[Verdict]) -> tuple[float, int]:
    """Return which part of the verdicts is right, and how many are harmful."""
    return (
        sum(v.is_right for v in verdicts) / len(verdicts),
        sum(v.is_harmful for v in verdicts),
    )
