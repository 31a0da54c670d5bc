"""MongoDB's specification files for sessions, transactions, retries, streams and files."""

from __future__ import annotations

import pytest

from tests.pocketmongo.driver_tests import (
    OutcomeOf,
    assert_all_that_applies_passes,
)

MODULES = [
    "transactions_unified",
    "change_stream",
    "run_command",
    "gridfs_spec",
    "retryable_writes_unified",
    "sessions_unified",
]


@pytest.mark.parametrize("module", MODULES)
def test_specifications_hold(module: str, outcome_of: OutcomeOf) -> None:
    assert_all_that_applies_passes(module, outcome_of(module))
