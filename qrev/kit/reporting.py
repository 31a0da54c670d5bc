"""Where it is told that something went wrong which should not have."""

from __future__ import annotations

import logging
import secrets
from typing import Protocol

log = logging.getLogger(__name__)


def new_transaction_id() -> str:
    """Return a name for a fault that somebody met, short enough to be read out."""
    return secrets.token_hex(5)


class Reports(Protocol):
    """Never raises and waits for nobody: who reports a fault has enough to do."""

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        """Tell of a fault. `location` says where it was, as in “job send_due”.

        `transaction_id` is what the person who met it was shown, "" where nobody was.
        """


class LoggedReports:
    """Fills Reports where nobody else is told: the log is what there is."""

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        named = f" ({transaction_id})" if transaction_id else ""
        log.error("%s failed%s: %r", location, named, error, exc_info=error)
