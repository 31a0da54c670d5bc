"""MongoDB's specification files for reading and writing, as the driver runs them."""

from __future__ import annotations

import pytest

from tests.pocketmongo.driver_tests import (
    OutcomeOf,
    assert_all_that_applies_passes,
)


@pytest.mark.parametrize("module", ["crud_unified", "crud_v1", "collection_management"])
def test_specifications_hold(module: str, outcome_of: OutcomeOf) -> None:
    assert_all_that_applies_passes(module, outcome_of(module))
