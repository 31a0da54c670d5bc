"""The garbage collector is still for a while, and goes on afterwards whatever happened."""

from __future__ import annotations

import gc

import pytest

from qrev.kit.collecting import without_collecting


def test_it_is_still_within_and_goes_on_behind() -> None:
    with without_collecting():
        within = gc.isenabled()

    assert (within, gc.isenabled()) == (False, True)


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), without_collecting():
        raise ZeroDivisionError

    assert gc.isenabled()


def test_one_within_another_changes_nothing() -> None:
    with without_collecting():
        with without_collecting():
            pass
        assert not gc.isenabled()

    assert gc.isenabled()
