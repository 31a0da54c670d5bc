"""What a measurement says, and the line it is printed as."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

# Every world that is measured is drawn from this, so that two runs measure the same one.
SEED = 20260302


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """`is_ok` is whether `value` keeps its target; `more` explains the value."""

    value: float
    unit: str
    target: float
    is_ok: bool
    more: Mapping[str, Any] = field(default_factory=dict)


Measure = Callable[[], Measured]


def load() -> float:
    """Return how busy the machine was in the last minute: above its cores, times say little."""
    return round(os.getloadavg()[0], 2)


def line(name: str, measured: Measured, load1: float) -> str:
    """Return a figure as one line of JSON."""
    return _line(
        name,
        load1,
        value=rounded(measured.value),
        unit=measured.unit,
        target=measured.target,
        ok=measured.is_ok,
        **measured.more,
    )


def failure(name: str, error: Exception, load1: float) -> str:
    """Return the line of a figure that could not be measured."""
    said = str(error) or type(error).__name__
    return _line(name, load1, value=None, unit="", target=None, ok=False, error=said)


def rounded(value: float) -> float:
    return round(value, 3)


def _line(name: str, load1: float, **said: Any) -> str:
    about = {"machine": machine(), "seed": SEED, "load1": load1}
    return json.dumps({"figure": name, **said, **about}, ensure_ascii=False)


@lru_cache(maxsize=1)
def machine() -> str:
    """Return the processor, its cores and the Python that runs on it."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.machine()
