"""Who is told that something went wrong, as the settings have it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from pymongo.asynchronous.database import AsyncDatabase

from qrev.integrations.sendgrid.reports import ReportMail, SendGrid, SendGridReports
from qrev.kit.clock import Clock, utc_now
from qrev.kit.errors import TooMany
from qrev.kit.limits import Limit, Limits
from qrev.kit.mongo import Document
from qrev.kit.reporting import LoggedReports, Reports
from qrev.settings import Settings

ONCE = Limit(1, timedelta(hours=1))
ASKED_WITHIN = 5.0  # seconds; a database that is away must not keep a fault from being told


def report_mail(settings: Settings) -> ReportMail | None:
    """Return how reports are mailed, None where nobody is to be told."""
    api_key = settings.sendgrid_api_key.get_secret_value()
    if not api_key or settings.environment_type == "dev":
        return None
    recipients = (settings.primary_report_email, settings.secondary_report_email)
    return ReportMail(
        api_key=api_key,
        host=settings.sendgrid_host,
        template_id=settings.sendgrid_report_error_template_id,
        sender=settings.report_from_email,
        recipients=tuple(address for address in recipients if address),
    )


@asynccontextmanager
async def reporting(
    settings: Settings, database: AsyncDatabase[Document], *, clock: Clock = utc_now
) -> AsyncIterator[Reports]:
    """Yield where faults are told. What waits at the end is told for two seconds more."""
    mail = report_mail(settings)
    if mail is None:
        yield LoggedReports()
        return
    is_first = _once_an_hour(Limits(database, clock))
    reports = SendGridReports(SendGrid(mail), is_first=is_first)
    reports.start()
    try:
        yield reports
    finally:
        await asyncio.to_thread(reports.stop)


def _once_an_hour(limits: Limits) -> Callable[[str], bool]:
    """Return what says in a thread whether no process has told of a fault within the hour."""
    loop = asyncio.get_running_loop()

    def is_first(fingerprint: str) -> bool:
        asked = limits.count("report", fingerprint, ONCE)
        try:
            counting = asyncio.run_coroutine_threadsafe(asked, loop)
        except RuntimeError:  # the loop has ended: there is nobody to ask any more
            asked.close()
            return True
        try:
            counting.result(ASKED_WITHIN)
        except TooMany:
            return False
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            counting.cancel()
        except Exception:  # the database is away, which may be the very fault
            return True
        return True

    return is_first
