"""What everything that is said between backend and AI server is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Short = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=50_000)]


class Spoken(BaseModel):
    """What the other side adds is ignored, not refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SourcedFact(Spoken):
    text: Annotated[str, Field(max_length=1000)]
    source: Short = ""
