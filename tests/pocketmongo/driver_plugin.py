"""A plugin for the pytest that runs the driver's tests in a process of its own."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

LEFT_OUT = "DRIVER_TESTS_LEFT_OUT"  # names of classes and of Class.test, one a line
PATIENCE = int(os.environ.get("DRIVER_TEST_PATIENCE", "40"))  # seconds a test may take


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is named. Raises UsageError for a name that no longer exists."""
    names = set(os.environ.get(LEFT_OUT, "").split("\n")) - {""}
    found: set[str] = set()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        is_named = names & set(names_of(item))
        found |= is_named
        (left if is_named else kept).append(item)
    if names - found:
        raise pytest.UsageError(f"left out, but not there: {sorted(names - found)}")
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def names_of(item: pytest.Item) -> tuple[str, str]:
    assert isinstance(item, pytest.Function)
    assert item.cls is not None
    return item.cls.__name__, f"{item.cls.__name__}.{item.name}"


def pytest_collection_finish() -> None:
    """Spare the many collections the driver's tests ask for from walking over all tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Let a test that waits for ever fail instead."""
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def give_up(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"no end after {PATIENCE} seconds")
