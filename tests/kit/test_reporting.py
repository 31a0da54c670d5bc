from __future__ import annotations

import pytest

from qrev.kit.reporting import LoggedReports


def test_a_fault_is_in_the_log_with_its_place_its_number_and_the_way_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        raise RuntimeError("the disk is full")
    except RuntimeError as error:
        LoggedReports().report("job send_due", error, "7f3a")

    assert "job send_due failed (7f3a): RuntimeError('the disk is full')" in caplog.text
    assert "Traceback" in caplog.text
