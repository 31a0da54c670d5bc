"""MongoDB's specification files for sessions, transactions, retries, streams and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pocketmongo.driver_tests import assert_all_that_applies_passes
from tests.pocketmongo.running import Server

MODULES = [
    "transactions_unified",
    "sessions_unified",
    "retryable_writes_unified",
    "run_command",
    "change_stream",
    "gridfs_spec",
]


@pytest.mark.parametrize("module", MODULES)
def test_specifications_hold(module: str, server: Server, tmp_path: Path) -> None:
    assert_all_that_applies_passes(module, server, tmp_path / "results.xml")
