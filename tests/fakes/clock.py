"""Time that moves only when told to."""

from __future__ import annotations

from datetime import datetime, timedelta


class FakeClock:
    """Time that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)
