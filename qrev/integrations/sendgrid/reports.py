"""Error reports by SendGrid: one mail for each fault an hour, and nobody waits for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from qrev.integrations.sendgrid.faults import Fault, fault_of
from qrev.kit.errors import Unavailable
from qrev.kit.reporting import LoggedReports

log = logging.getLogger(__name__)

AN_HOUR = 3600.0
WAITING = 100  # faults that wait to be told; more are only logged
REMEMBERED = 1000
TIMEOUT = 10.0  # seconds
STOP_WITHIN = 2.0
IsFirst = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportMail:
    """Who is told, by whom, with which of SendGrid's dynamic templates."""

    api_key: str = field(repr=False)
    host: str
    template_id: str
    sender: str
    recipients: tuple[str, ...]


class SendGrid:
    """What a report is sent with. Blocks: call it from a thread."""

    def __init__(self, mail: ReportMail, *, timeout: float = TIMEOUT) -> None:
        self._mail = mail
        self._timeout = timeout

    def send(self, fault: Fault) -> None:
        """Tell of a fault. Raises Unavailable, with SendGrid's status and no word of the mail."""
        client = SendGridAPIClient(self._mail.api_key, host=self._mail.host).client
        try:
            client.mail.send.post(request_body=self._body(fault), timeout=self._timeout)
        except HTTPError as error:
            raise Unavailable(f"SendGrid refused it with status {error.status_code}.") from error
        except (OSError, ValueError) as error:
            kind = type(error).__name__
            raise Unavailable(f"SendGrid could not be reached ({kind}).") from error

    def _body(self, fault: Fault) -> dict[str, object]:
        data = {
            "transaction_id": fault.transaction_id,
            "location": fault.location,
            "message": fault.message,
            "subject": fault.subject,
        }
        recipients = [{"email": address} for address in dict.fromkeys(self._mail.recipients)]
        return {
            "from": {"email": self._mail.sender},
            "template_id": self._mail.template_id,
            "personalizations": [{"to": recipients, "dynamic_template_data": data}],
        }


class SendGridReports:
    """Fills Reports. `start` and `stop` once each.

    `is_first` says whether no other process told of that fingerprint within the hour. It is asked
    in the thread and may wait.
    """

    def __init__(self, sendgrid: SendGrid, *, is_first: IsFirst) -> None:
        self._sendgrid = sendgrid
        self._is_first = is_first
        self._logged = LoggedReports()
        self._waiting: queue.Queue[Fault | None] = queue.Queue(WAITING)
        self._told: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell what waits, for two seconds at most."""
        try:
            self._waiting.put(None, timeout=STOP_WITHIN)
        except queue.Full:
            return
        self._thread.join(STOP_WITHIN)

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        """Log a fault, and have it told of. Never raises, never waits."""
        self._logged.report(location, error, transaction_id)
        try:
            self._waiting.put_nowait(fault_of(location, error, transaction_id))
        except queue.Full:
            log.warning("too many faults wait to be reported: one is only in this log")
        except Exception as broken:  # an error may break while it is looked at
            log.error("a fault could not be reported: %s", type(broken).__name__)

    def _run(self) -> None:
        while (fault := self._waiting.get()) is not None:
            try:
                if self._is_new(fault.fingerprint):
                    self._sendgrid.send(fault)
            except Exception as error:  # the thread must outlive whatever it meets
                log.warning("a report was not sent: %s", error)

    def _is_new(self, fingerprint: str) -> bool:
        """Return whether nobody told of it within the hour: asked here first, then of all."""
        now = time.monotonic()
        if self._told.get(fingerprint, -AN_HOUR) > now - AN_HOUR:
            return False
        if len(self._told) >= REMEMBERED:
            self._told.clear()
        self._told[fingerprint] = now
        return self._is_first(fingerprint)
