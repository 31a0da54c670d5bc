"""What is held on somebody, on the screen."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card


class PrivacyCard(Card):
    """Asks for an address, says what is held on it, and has it downloaded or erased."""

    email: str = ""

    @property
    def key(self) -> str:
        return "privacy"


class PrivacyAsked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    email: Annotated[str, Field(max_length=320)]


class PrivacyView(BaseModel):
    """`lines` say how many of what there is, “3 mails”; none when nothing is held."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str
    lines: list[str]
    is_erased: bool
