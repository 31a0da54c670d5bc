"""Real servers for tests: started on loopback, stopped afterwards, nothing left behind."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parent.parent


@contextmanager
def a_database_server(folder: Path | None = None) -> Iterator[str]:
    """Yield the address of a fresh embedded database server, or of one on what a folder holds."""
    is_kept = folder is not None
    folder = folder or Path(tempfile.mkdtemp(prefix="qrev-db-"))
    child = subprocess.Popen(
        [
            sys.executable,
            *("-m", "pocketmongo", "--db", "t.sqlite", "--unix", "t.sock", "--watch-stdin"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        line = child.stdout.readline().decode()
        assert line.startswith("READY"), line
        yield f"mongodb://{quote(str(folder / 't.sock'), safe='')}/?directConnection=true"
    finally:
        child.terminate()
        child.wait(10)
        child.stdin.close()
        child.stdout.close()
        if not is_kept:
            shutil.rmtree(folder)


def a_database_name() -> str:
    return f"test_{secrets.token_hex(6)}"
