"""Turns as the backend sends them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

from hypothesis import settings

from qrev.assistant.contract import (
    ConversationSoFar,
    Defaults,
    SenderCompany,
    SenderPerson,
    TurnRequest,
    UploadSummary,
    Utterance,
)

SAMPLE_FILE = Path(__file__).parents[2] / "docs" / "sample.csv"
with SAMPLE_FILE.open(encoding="utf-8", newline="") as _file:
    SAMPLE: list[dict[str, str]] = list(csv.DictReader(_file))
# A machine that is busy makes no example wrong.
often = settings(max_examples=60, deadline=None)
CALLBACK = "http://backend.test/api/campaign/update_sequence_messages"


def a_turn(
    words: str,
    *,
    rows: list[dict[str, str]] | UploadSummary | None = None,
    before: list[tuple[Literal["user", "assistant"], str]] | None = None,
    defaults: Defaults | None = None,
    company: str = "Acme Analytics",
    account_id: str = "acme",
    callback: str = CALLBACK,
) -> TurnRequest:
    """Return a turn of Alice's. `before` is what was said before these words."""
    said = [Utterance(role=role, content=content) for role, content in before or []]
    return TurnRequest(
        query=words,
        company_id=account_id,
        user_id="alice",
        asynchronous=callback,
        conversation=ConversationSoFar(
            conversation_id="c1", messages=[*said, Utterance(role="user", content=words)]
        ),
        sender_company=SenderCompany(name=company),
        sender_person=SenderPerson(name="Alice Moreau", email="alice@acme.test"),
        default_configurations=defaults or Defaults(),
        uploaded_data=rows,
    )
