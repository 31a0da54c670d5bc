"""What came of each job: counted, and told of where it should not have been."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

from qrev.kit.pulse import Tally
from qrev.kit.reporting import Reports

log = logging.getLogger(__name__)


class Faults(TaskiqMiddleware):
    """Sits on the broker, where every job passes that runs in this process."""

    def __init__(self, reports: Reports, tally: Tally) -> None:
        super().__init__()
        self._reports = reports
        self._tally = tally

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[Any]) -> None:
        if not result.is_err:
            self._tally.ran(message.task_name)

    def on_error(
        self, message: TaskiqMessage, result: TaskiqResult[Any], exception: BaseException
    ) -> None:
        if isinstance(exception, asyncio.CancelledError):
            return  # it is us who are stopped
        log.error("job %s failed: %r", _named(message), exception)
        self._tally.failed(message.task_name)
        self._reports.report(f"job {message.task_name}", exception)


def _named(message: TaskiqMessage) -> str:
    """Return the job's name with the ids it was about."""
    ids = [str(each) for each in (*message.args, *message.kwargs.values())]
    return f"{message.task_name} ({', '.join(ids)})" if ids else message.task_name
