"""QRev without mail: what the chat lets in and what it keeps out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.sites import a_site, some_settings


@pytest.fixture
async def base(tmp_path: Path, clock: FakeClock) -> AsyncIterator[str]:
    """Where QRev answers."""
    async with a_site(some_settings(tmp_path / "data"), clock) as address:
        yield address
