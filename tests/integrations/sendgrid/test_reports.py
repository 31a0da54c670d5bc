"""Error reports: one for each fault an hour, and nobody waits for them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap.reporting import reporting
from qrev.integrations.sendgrid.reports import (
    WAITING,
    ReportMail,
    SendGrid,
    SendGridReports,
)
from qrev.kit.mongo import Document
from qrev.kit.reporting import LoggedReports
from qrev.settings import Settings
from tests.fakes import FakeClock
from tests.integrations.sendgrid.conftest import RecordingSendGrid
from tests.integrations.sendgrid.test_faults import broken_in_ours, caught
from tests.sites import start

pytestmark = pytest.mark.anyio
KEY = "SG.a-key-nobody-knows"


def a_mail(server: RecordingSendGrid) -> ReportMail:
    return ReportMail(
        api_key=KEY,
        host=server.host,
        template_id="d-1",
        sender="qrev@acme.test",
        recipients=("ops@acme.test", "boss@acme.test", "ops@acme.test"),
    )


def mail_settings(server: RecordingSendGrid) -> dict[str, Any]:
    return {
        "sendgrid_api_key": KEY,
        "sendgrid_host": server.host,
        "sendgrid_report_error_template_id": "d-1",
        "primary_report_email": "ops@acme.test",
        "secondary_report_email": "boss@acme.test",
        "report_from_email": "qrev@acme.test",
    }


def reports_to(server: RecordingSendGrid, *, timeout: float = 5.0) -> SendGridReports:
    sender = SendGrid(a_mail(server), timeout=timeout)
    reports = SendGridReports(sender, is_first=lambda _: True)
    reports.start()
    return reports


def test_a_fault_becomes_one_mail_by_the_template(sendgrid: RecordingSendGrid) -> None:
    reports = reports_to(sendgrid)

    for _ in range(3):
        reports.report("job send_due", broken_in_ours(), "0123456789")
    reports.stop()

    [mail] = sendgrid.mails
    [person] = mail["personalizations"]
    assert sendgrid.keys == [f"Bearer {KEY}"]
    assert (mail["template_id"], mail["from"]) == ("d-1", {"email": "qrev@acme.test"})
    assert person["to"] == [{"email": "ops@acme.test"}, {"email": "boss@acme.test"}]
    assert set(person["dynamic_template_data"]) == {
        *("transaction_id", "location", "message", "subject")
    }
    assert person["dynamic_template_data"]["transaction_id"] == "0123456789"


def test_another_fault_is_another_mail(sendgrid: RecordingSendGrid) -> None:
    reports = reports_to(sendgrid)

    reports.report("turn", broken_in_ours())
    reports.report("turn", caught(ValueError("x")))
    reports.stop()

    assert len(sendgrid.mails) == 2


def test_nobody_waits_for_a_slow_sendgrid_and_no_queue_grows(
    sendgrid: RecordingSendGrid, caplog: pytest.LogCaptureFixture
) -> None:
    sendgrid.pause = 0.5
    reports = reports_to(sendgrid, timeout=0.2)
    kinds = [type(f"E{i}", (Exception,), {}) for i in range(WAITING + 20)]

    began = time.monotonic()
    for kind in kinds:
        reports.report("turn", caught(kind()))
    took = time.monotonic() - began
    reports.stop()

    assert took < 2.0
    assert "too many faults wait" in caplog.text


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_sendgrid_that_refuses_costs_a_line_in_the_log(
    sendgrid: RecordingSendGrid, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    sendgrid.status = status
    reports = reports_to(sendgrid)

    reports.report("turn", broken_in_ours())
    reports.stop()

    assert f"SendGrid refused it with status {status}." in caplog.text
    assert KEY not in caplog.text


def test_an_error_that_breaks_when_it_is_looked_at_does_no_harm(
    sendgrid: RecordingSendGrid,
) -> None:
    class Nasty(Exception):
        @property
        def errno(self) -> int:
            raise RuntimeError("no")

    reports = reports_to(sendgrid)

    reports.report("turn", caught(Nasty()))
    reports.report("turn", broken_in_ours())
    reports.stop()

    assert len(sendgrid.mails) == 1


async def test_two_processes_tell_of_one_fault_once_an_hour(
    sendgrid: RecordingSendGrid, mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    settings = Settings(_env_file=None, **mail_settings(sendgrid))

    for _ in range(2):
        async with reporting(settings, mongo, clock=clock) as reports:
            reports.report("turn", broken_in_ours())
    assert len(sendgrid.mails) == 1

    clock.advance(hours=1)
    async with reporting(settings, mongo, clock=clock) as reports:
        reports.report("turn", broken_in_ours())

    assert len(sendgrid.mails) == 2


@pytest.mark.parametrize("changes", [{"environment_type": "dev"}, {"sendgrid_api_key": ""}])
async def test_where_nobody_is_to_be_told_faults_are_logged(
    sendgrid: RecordingSendGrid,
    mongo: AsyncDatabase[Document],
    changes: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = Settings(_env_file=None, **(mail_settings(sendgrid) | changes))

    async with reporting(settings, mongo) as reports:
        reports.report("turn", broken_in_ours(), "0123456789")

    assert isinstance(reports, LoggedReports)
    assert sendgrid.mails == []
    assert "turn failed (0123456789)" in caplog.text


def test_a_report_can_be_tried_from_the_command_line(
    sendgrid: RecordingSendGrid,
    tmp_path: Path,
) -> None:
    env = {name.upper(): value for name, value in mail_settings(sendgrid).items()}

    with start("-m", "qrev", "report-test", cwd=tmp_path, **env) as child:
        said, _ = child.communicate(timeout=30)
    sendgrid.status = 403
    with start("-m", "qrev", "report-test", cwd=tmp_path, **env) as child:
        _, refused = child.communicate(timeout=30)

    told = sendgrid.mails[0]["personalizations"][0]["dynamic_template_data"]
    assert f"has accepted the report {told['transaction_id']} for ops@acme.test" in said.decode()
    assert refused.decode().strip().endswith("SendGrid refused it with status 403.")
