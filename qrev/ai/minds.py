"""What the AI server needs of a language model, in its own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

MILLION = 1_000_000
Filled = TypeVar("Filled", bound=BaseModel)
OnWords = Callable[[str], Awaitable[None]]  # told all the words so far
Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens the model has read and written."""

    read: int = 0
    written: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(read=self.read + other.read, written=self.written + other.written)

    @property
    def tokens(self) -> int:
        return self.read + self.written


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Dollars for a million tokens."""

    read: float = 0
    written: float = 0

    def of(self, usage: Usage) -> float:
        """Return what that costs, in dollars."""
        return (usage.read * self.read + usage.written * self.written) / MILLION


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """Something the model wants done. `arguments` is JSON as it wrote it: parse before use."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage


class LlmTrouble(Exception):
    """The model was of no use. The text goes behind “because”, for the member to read.

    `usage` was paid for all the same. A lasting trouble is the next call's as well.
    """

    def __init__(self, text: str, *, usage: Usage | None = None, is_lasting: bool = False) -> None:
        super().__init__(text)
        self.usage = usage or Usage()
        self.is_lasting = is_lasting


class Llm(Protocol):
    model: str
    prices: Prices

    async def converse(
        self, messages: Messages, tools: Sequence[Mapping[str, Any]], on_words: OnWords
    ) -> Said:
        """Return what the model says, told piece by piece as it comes. Raises LlmTrouble."""

    async def fill(self, messages: Messages, kind: type[Filled]) -> tuple[Filled, Usage]:
        """Return the model's answer in that form. Raises LlmTrouble."""
