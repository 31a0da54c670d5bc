"""The driver's own tests, which its makers run against MongoDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pocketmongo import driver_tests
from tests.pocketmongo.driver_tests import OutcomeOf, assert_all_that_applies_passes
from tests.source_packages import NotFetched, download

MODULES = ["bulk", "collection", "cursor", "database", "session", "transactions"]
FILES = ["grid_file", "gridfs", "gridfs_bucket"]


@pytest.mark.parametrize("module", [*MODULES, *FILES])
def test_the_drivers_own_tests_pass(module: str, outcome_of: OutcomeOf) -> None:
    assert_all_that_applies_passes(module, outcome_of(module))


def test_every_reason_for_leaving_out_is_a_sentence() -> None:
    rules = driver_tests.left_out()

    reasons = [*rules.skipped.values()]
    for names in rules.left_out.values():
        reasons += names.values()

    assert all(len(reason.split()) > 2 for reason in reasons)


def test_without_an_index_the_tests_say_what_they_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_NO_INDEX", "PIP_NO_CACHE_DIR"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")

    with pytest.raises(NotFetched, match="source package of pymongo"):
        download("pymongo", tmp_path)
