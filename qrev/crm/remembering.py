"""What the columns of a kind of list were said to be, so that nobody is asked twice. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from qrev.crm.columns import FIELDS, KEEP, LEAVE, OURS
from qrev.crm.repairs import Plan
from qrev.kit.errors import InvalidInput

CHOICES = (*FIELDS, KEEP, LEAVE)


def header_key(titles: Sequence[str]) -> str:
    """Return what a header is known by: its titles, in whichever order and case."""
    plain = sorted(" ".join(title.lower().split()) for title in titles if title not in OURS)
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:24]


def choices_with(plan: Plan, remembered: Mapping[str, str]) -> tuple[str, ...]:
    """Return the plan's choices as they were made for such a list before."""
    choices: list[str] = []
    for title, usual in zip(plan.titles, plan.choices, strict=True):
        choice = remembered.get(title, usual)
        is_taken = choice in FIELDS and choice in choices
        choices.append(KEEP if is_taken else choice)
    return tuple(choices) if "email" in choices else plan.choices


def checked(plan: Plan, choices: Sequence[str]) -> tuple[str, ...]:
    """Return choices for the plan's columns. Raises InvalidInput, saying which do not go."""
    if len(choices) != len(plan.titles) or not set(choices) <= set(CHOICES):
        raise InvalidInput("Those are not the columns of this list. Look at it again.")
    for field in FIELDS:
        titles = [t for t, c in zip(plan.titles, choices, strict=True) if c == field]
        if len(titles) > 1:
            named = " and ".join(f"“{title[:40]}”" for title in titles[:3])
            raise InvalidInput(f"{named} cannot both be “{field.replace('_', ' ')}”. Choose one.")
    if "email" not in choices:
        raise InvalidInput("One column must hold the email addresses. Choose which.")
    return tuple(choices)
