"""In a process of its own: setting up the log takes over the whole process's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from qrev.kit.log import CHATTY

SAY = """
import logging
from qrev.kit.log import set_up
set_up({level!r})
for name in {names!r}:
    logger = logging.getLogger(name)
    for level in ("debug", "info", "warning"):
        getattr(logger, level)("%s from %s", level, name)
"""


def written(level: str, *names: str) -> str:
    """Return what appears on stderr when these loggers say all they can."""
    done = subprocess.run(
        [sys.executable, "-c", SAY.format(level=level, names=names)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_ours_are_written_from_the_asked_for_level_up(level: str) -> None:
    text = written(level, "qrev.worker.beat")

    levels = ["debug", "info", "warning"]
    expected = levels[levels.index(level) :]
    assert [line.split(": ")[1].split()[0] for line in text.splitlines()] == expected


def test_a_line_tells_when_how_bad_and_where() -> None:
    [line] = written("warning", "qrev.worker.beat").splitlines()

    assert line[4] == "-"
    assert line.endswith(" WARNING qrev.worker.beat: warning from qrev.worker.beat")


def test_libraries_that_log_addresses_and_documents_are_kept_quiet_even_when_we_debug() -> None:
    text = written("debug", *CHATTY, "httpx.client", "pymongo.command", "taskiq.receiver")

    assert "debug from" not in text
    assert "info from" not in text
    assert text.count("warning from") == len(CHATTY) + 3
