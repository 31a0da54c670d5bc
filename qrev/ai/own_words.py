"""A row of the drop box from our own writer."""

from __future__ import annotations

from collections.abc import Mapping

from qrev.ai.cells import Reader, reader_of
from qrev.ai.interpreter import Job
from qrev.ai.writer import write
from qrev.assistant.contract import MessageRow


def draft_of(job: Job, row: Mapping[str, str], step: int, step_id: str) -> MessageRow:
    """Return the mail of that step (from 1) for whoever the row is about."""
    return draft_for(job, reader_of(row), step, step_id)


def draft_for(job: Job, reader: Reader, step: int, step_id: str) -> MessageRow:
    """As `draft_of`, for a row that was read before."""
    written = write(job.brief, reader, step)
    return MessageRow(
        sequence_id=job.sequence_id,
        step_id=step_id,
        step=step,
        email=reader.email,
        subject=written.subject,
        body=written.body,
        facts=list(written.facts),
        missing=list(written.missing),
    )
