"""How steps are written down: inside sequences and, copied, inside prospects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from qrev.campaigns.models import Step, StepWords
from qrev.kit.mongo import Document


def steps_to_documents(steps: Iterable[Step]) -> list[Document]:
    return [
        {
            "number": step.number,
            "delay_s": int(step.delay.total_seconds()),
            "channel": step.channel,
        }
        for step in steps
    ]


def steps_from_documents(documents: Iterable[Document]) -> tuple[Step, ...]:
    return tuple(
        Step(number=d["number"], delay=timedelta(seconds=d["delay_s"]), channel=d["channel"])
        for d in documents
    )


def words_to_documents(words: Iterable[StepWords]) -> list[Document]:
    return [{"step": each.step, "variants": [list(v) for v in each.variants]} for each in words]


def words_from_documents(documents: Iterable[Document]) -> tuple[StepWords, ...]:
    return tuple(
        StepWords(
            step=d["step"], variants=tuple((subject, body) for subject, body in d["variants"])
        )
        for d in documents
    )
