"""MongoDB's specification files for reading and writing, as the driver runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pocketmongo.driver_tests import assert_all_that_applies_passes
from tests.pocketmongo.running import Server


@pytest.mark.parametrize("module", ["crud_unified", "crud_v1", "collection_management"])
def test_specifications_hold(module: str, server: Server, tmp_path: Path) -> None:
    assert_all_that_applies_passes(module, server, tmp_path / "results.xml")
