"""A plugin for the pytest that runs the driver's tests in a process of its own."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

PATIENCE = int(os.environ.get("DRIVER_TEST_PATIENCE", "15"))  # seconds a test may take


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
