"""What the assistant keeps of a conversation. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qrev.accounts.models import AccountId


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What a member said. `id` is the message's own: said twice, it is one turn."""

    id: str
    conversation_id: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a conversation, as the AI server is told it."""

    id: str
    account_id: AccountId
    conversation_id: str
    role: Literal["user", "assistant"]
    content: str
    at: datetime
