"""The parts of the machine, opened in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pocketmongo.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data.sqlite")
    yield opened
    opened.close()
