"""Words and patterns of many languages, from the files beside this one: one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


def words(name: str) -> list[str]:
    """Return the lines of a list, without those that only explain it."""
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def any_of(name: str, *, whole: bool = False) -> re.Pattern[str]:
    """Return what finds any of a list's patterns, with `whole` as words of their own."""
    pattern = "|".join(words(name))
    return re.compile(rf"\b(?:{pattern})\b" if whole else pattern, re.I)


def numbered(name: str, *, start: int) -> Mapping[str, int]:
    """Return which line each word of a list stands in, counted from `start`."""
    lines = enumerate(words(name), start=start)
    return {word: number for number, line in lines for word in line.split()}
