"""How steps are written down: inside sequences and, copied, inside prospects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

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
    return tuple(_step(d["number"], d["delay_s"], d["channel"]) for d in documents)


@lru_cache(maxsize=4096)
def _step(number: int, delay_s: int, channel: str) -> Step:
    """Return a step; the same one for all of a list, who have copies of the same few."""
    return Step(number=number, delay=timedelta(seconds=delay_s), channel=channel)


def words_to_documents(words: Iterable[StepWords]) -> list[Document]:
    return [{"step": each.step, "variants": [list(v) for v in each.variants]} for each in words]


def words_from_documents(documents: Iterable[Document]) -> tuple[StepWords, ...]:
    return tuple(
        StepWords(
            step=d["step"], variants=tuple((subject, body) for subject, body in d["variants"])
        )
        for d in documents
    )
